/* leap -- see leap.h. */
#include "tests/month/leap.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static _Atomic int64_t leaped; /* seconds */
static _Atomic int64_t began;  /* monotonic seconds of the first look; 0: nobody has looked */

void leap_by(int64_t seconds)
{
    if (seconds > 0)
        leaped += seconds;
}

void leap_to(time_t moment)
{
    leap_by(moment - time(NULL));
}

static int64_t since_the_first_look(const struct timespec *monotonic)
{
    int64_t none = 0;

    atomic_compare_exchange_strong(&began, &none, (int64_t)monotonic->tv_sec);
    return (int64_t)monotonic->tv_sec - began;
}

int clock_gettime(clockid_t which, struct timespec *at)
{
    if (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE) {
        int result = (int)syscall(SYS_clock_gettime, which, at);
        if (which == CLOCK_BOOTTIME)
            at->tv_sec += leaped;
        return result;
    }
    int result = (int)syscall(SYS_clock_gettime, CLOCK_BOOTTIME, at);
    at->tv_sec = LEAP_START + leaped + since_the_first_look(at);
    return result;
}

time_t time(time_t *place)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    if (place)
        *place = at.tv_sec;
    return at.tv_sec;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *at = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
    return 0;
}

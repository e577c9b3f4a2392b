/* skew -- preloaded into a daemon: a wall clock that is wrong by what the file $SKEW says (a
 * number of seconds, mapped), and jumps when the file changes. What counts on by itself
 * (monotonic, boot time) stays right, as when somebody sets the clock of a machine.
 *
 * The name is read before main(), which clears the environment; libfaketime would ask for its
 * file again and again, and find none.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *SECONDS;

__attribute__((constructor)) static void skew_open(void)
{
    const char *path = getenv("SKEW");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    void *place = mmap(NULL, sizeof(*SECONDS), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (place != MAP_FAILED)
        SECONDS = place;
}

static int64_t skew_seconds(void)
{
    return SECONDS ? *SECONDS : 0;
}

int clock_gettime(clockid_t which, struct timespec *at)
{
    int result = (int)syscall(SYS_clock_gettime, which, at);

    if (result == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        at->tv_sec += skew_seconds();
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

/* leap -- a wall clock that can be set ahead, for the whole process and all its libraries.
 *
 * It begins at LEAP_START, whatever the machine thinks, and runs on by itself. A leap takes
 * boot time along, so that it looks as if the time had passed and nobody had set a clock.
 * What only measures (monotonic) stays right: deadlines of exchanges are not touched.
 *
 * Linking it is enough: its time(), gettimeofday() and clock_gettime() come before those of
 * the C library (tests/fault/skew.c does the same from outside).
 */
#ifndef TESTS_MONTH_LEAP_H
#define TESTS_MONTH_LEAP_H

#include <stdint.h>
#include <time.h>

#define LEAP_START 1796022000 /* 2026-11-30T07:00:00Z, a Monday */
#define LEAP_DAY 86400

void leap_by(int64_t seconds);
/* Never back. */
void leap_to(time_t moment);

#endif

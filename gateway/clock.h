/* clock -- the one place that asks what time it is. */
#ifndef GATEWAY_CLOCK_H
#define GATEWAY_CLOCK_H

#include <stdint.h>
#include <time.h>

time_t clock_now(void);           /* wall clock, UTC */
int64_t clock_now_ms(void);       /* the same in milliseconds, for ids */
int64_t clock_monotonic_ms(void); /* for measuring and waiting: never jumps */
int64_t clock_boot_ms(void);      /* the same, and counts on while the machine sleeps */

#endif

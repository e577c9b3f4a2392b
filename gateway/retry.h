/* retry -- how long to wait after a failure: exponential with full jitter, one rule for all.
 */
#ifndef GATEWAY_RETRY_H
#define GATEWAY_RETRY_H

#include <stdint.h>

/* A random wait of 1 .. min(longest, first * 2^(attempts-1)) seconds; attempts counts from 1.
 * `random` is any 32 random bits (retry_random() outside tests). */
int64_t retry_wait(int attempts, int first_seconds, int longest_seconds, uint32_t random);
uint32_t retry_random(void);

#endif

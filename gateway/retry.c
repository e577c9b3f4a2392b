/* retry -- see retry.h. Full jitter spreads what a long outage held back. */
#include "gateway/retry.h"

#include <stdlib.h>

#include <openssl/rand.h>

int64_t retry_wait(int attempts, int first_seconds, int longest_seconds, uint32_t random)
{
    int doublings = attempts < 1 ? 0 : attempts > 20 ? 19 : attempts - 1;
    int64_t ceiling = (int64_t)first_seconds << doublings;

    if (ceiling > longest_seconds)
        ceiling = longest_seconds;
    return 1 + (int64_t)(random % (uint64_t)ceiling);
}

uint32_t retry_random(void)
{
    uint32_t random;

    if (RAND_bytes((unsigned char *)&random, sizeof(random)) != 1)
        abort();
    return random;
}

/* merger -- see merger.h. */
#include "tests/month/merger.h"

#include "gateway/clock.h"
#include "peers/gemeente.h"
#include "tests/month/leap.h"

/* clang-format off */
/* Instead of the real one, which the linker then leaves out. */
const struct gemeente GEMEENTE_TABEL[] = {
    { "0009", "Ten Boer", "0014", "2019-01-01" },
    { "0010", "Delfzijl", "1979", "2021-01-01" },
    { "0014", "Groningen", NULL, NULL },
    { "0141", "Almelo", NULL, NULL },
    { "0344", "Utrecht", NULL, NULL },
    { "0363", "Amsterdam", NULL, NULL },
    { "0393", "Haarlemmerliede en Spaarnwoude", "0394", "2019-01-01" },
    { "0394", "Haarlemmermeer", NULL, NULL },
    { "1979", "Eemsdelta", "0014", MERGER_DATE },
    { 0 },
};
/* clang-format on */

int merger_now(int town)
{
    time_t midnight = LEAP_START - LEAP_START % LEAP_DAY + (time_t)MERGER_DAY * LEAP_DAY;

    return town == MERGER_ENDS && clock_now() >= midnight ? MERGER_SUCCESSOR : town;
}

bool merger_same(int town, int other)
{
    return merger_now(town) == merger_now(other);
}

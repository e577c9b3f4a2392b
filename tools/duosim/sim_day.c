/* sim_day -- see sim_day.h. */
#include "tools/duosim/sim_day.h"

#include <string.h>
#include <time.h>

#include "codecs/datum.h"

#define DAY_1970 719163L /* 1970-01-01, counted as datum.h does */
#define DAY_SECONDS 86400L

const char *sim_day_text(long day, char text[SIM_DAY_SIZE])
{
    time_t at = (day - DAY_1970) * DAY_SECONDS;
    struct tm parts;

    gmtime_r(&at, &parts);
    (void)strftime(text, SIM_DAY_SIZE, "%Y-%m-%d", &parts);
    return text;
}

bool sim_day_whole(const char *text)
{
    return text && strlen(text) == SIM_DAY_SIZE - 1 && datum_day(text) != 0;
}

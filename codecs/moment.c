/* moment -- see moment.h. */
#include "codecs/moment.h"

#include <stdio.h>
#include <string.h>

void moment_format(time_t at, char text[MOMENT_SIZE])
{
    struct tm tm;

    gmtime_r(&at, &tm);
    if (strftime(text, MOMENT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) != MOMENT_SIZE - 1)
        snprintf(text, MOMENT_SIZE, "1970-01-01T00:00:00Z");
}

static bool has_form(const char *text)
{
    static const char FORM[] = "dddd-dd-ddTdd:dd:ddZ";

    if (strlen(text) != sizeof(FORM) - 1)
        return false;
    for (size_t i = 0; FORM[i]; i++)
        if (FORM[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != FORM[i])
            return false;
    return true;
}

bool moment_parse(const char *text, time_t *at)
{
    struct tm tm = { 0 };
    char again[MOMENT_SIZE];

    if (!has_form(text) || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        return false;
    *at = timegm(&tm);
    moment_format(*at, again);
    return *at >= 0 && strcmp(again, text) == 0; /* 31 February does not come back the same */
}

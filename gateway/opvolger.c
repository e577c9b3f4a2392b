/* opvolger -- see opvolger.h. */
#include "gateway/opvolger.h"

#include "codecs/datum.h"
#include "gateway/clock.h"
#include "peers/gemeente.h"

static const char *today(char text[11])
{
    datum_format(datum_today(clock_now()), text);
    return text;
}

const char *opvolger_now(const char *code)
{
    char text[11];

    return gemeente_successor(code, today(text));
}

bool opvolger_is(const char *code, const char *asked)
{
    char text[11];

    return gemeente_is(code, asked, today(text));
}

/* sim_checks_deel -- MAP-1 to MAP-11 and PVT-1 to PVT-11: one part, two names.
 *
 * "The termijn is exceeded" is read as: the part was done on or behind its end, or, while it
 * is not done, that day has come. Read of today alone, 8 and 9 would contradict each other for
 * a part that was done in time and is reported late.
 */
#include <string.h>

#include "codecs/datum.h"
#include "tools/duosim/sim_checks.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_state.h"

static bool is_map(const struct sim_case *c)
{
    return strcmp(c->operation->name, "map.melden") == 0;
}

static const char *date_name(const struct sim_case *c)
{
    return is_map(c) ? "datumEindgesprekMap" : "datumOndertekeningPvt";
}

static long date(const struct sim_case *c)
{
    return sim_state_day(c->body, date_name(c));
}

static bool is_verwijtbaar(const struct sim_case *c, const char *value)
{
    return strcmp(sim_state_text(c->body, "verwijtbaar"), value) == 0;
}

static bool is_exceeded(const struct sim_case *c)
{
    long end = sim_persoon_termijn_einde(c->person);

    return end && (date(c) ? date(c) : c->today) >= end;
}

static long zroute_done(const struct sim_case *c)
{
    return sim_state_day(json_object_get(c->person, "zroute"), "datumAfrondingZroute");
}

bool sim_checks_deel_1(const struct sim_case *c)
{
    const json_t *known = json_object_get(c->person, is_map(c) ? "map" : "pvt");
    long before = sim_state_day(known, date_name(c));

    return !before || before == date(c)
           || strcmp(sim_state_text(known, "gemeentecode"), c->gemeentecode) == 0;
}

bool sim_checks_deel_2(const struct sim_case *c)
{
    return strcmp(sim_state_text(sim_persoon_pip(c->person, 0), "gemeentecode"),
                  c->gemeentecode)
           == 0;
}

bool sim_checks_deel_3(const struct sim_case *c)
{
    const json_t *duty = json_object_get(c->person, "inburgeringsplicht");
    const char *why = sim_state_text(duty, "redenGeenInburgeringsplicht");

    return strcmp(why, "Inburgeringsplicht voldaan") != 0
           || strcmp(sim_persoon_leerroute(c->person), "Z") != 0;
}

bool sim_checks_deel_4(const struct sim_case *c)
{
    return !date(c) || date(c) >= sim_persoon_termijn_start(c->person);
}

bool sim_checks_deel_5(const struct sim_case *c)
{
    return !zroute_done(c) || date(c) <= zroute_done(c);
}

bool sim_checks_deel_6(const struct sim_case *c)
{
    return date(c) <= c->today;
}

bool sim_checks_deel_7(const struct sim_case *c)
{
    return date(c) || !zroute_done(c);
}

bool sim_checks_deel_8(const struct sim_case *c)
{
    return json_object_get(c->body, "verwijtbaar") || !is_exceeded(c);
}

bool sim_checks_deel_9(const struct sim_case *c)
{
    return !date(c) || date(c) >= sim_persoon_termijn_einde(c->person)
           || !json_object_get(c->body, "verwijtbaar");
}

/* Within two months of today: of what is not said. */
bool sim_checks_deel_10(const struct sim_case *c)
{
    return !is_verwijtbaar(c, "Nee") || is_exceeded(c)
           || sim_persoon_termijn_einde(c->person) <= datum_add_months(c->today, 2);
}

bool sim_checks_deel_11(const struct sim_case *c)
{
    return !is_verwijtbaar(c, "Ja") || is_exceeded(c);
}

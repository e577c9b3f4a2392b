/* sim_do -- see sim_do.h. Reads are members of the state; what is reported is put there. */
#include "tools/duosim/sim_do.h"

#include <string.h>

#include "codecs/datum.h"
#include "tools/duosim/sim_contact.h"
#include "tools/duosim/sim_day.h"
#include "tools/duosim/sim_event.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_state.h"

enum { TERMIJN_MONTHS = 36 };

struct row {
    const char *name;
    void (*run)(struct sim_case *c, const struct row *row);
    const char *member; /* of the person or, for what is about nobody, of the state */
};

static void done(struct sim_case *c)
{
    c->status = c->operation->success;
}

static void not_found(struct sim_case *c)
{
    c->status = 404;
}

/* --- reading ------------------------------------------------------------------------- */

static void read_member(struct sim_case *c, const struct row *row)
{
    json_t *value = json_object_get(c->person ? c->person : c->state, row->member);

    if (!value) {
        not_found(c);
        return;
    }
    c->answer = json_deep_copy(value);
    done(c);
}

/* PIP-1: whoever made it. */
static void read_pip(struct sim_case *c, const struct row *row)
{
    const json_t *pip = sim_persoon_pip(c->person, 0);

    (void)row;
    if (!pip) {
        not_found(c);
        return;
    }
    c->answer = json_deep_copy(pip);
    json_object_del(c->answer, "geregistreerd");
    done(c);
}

/* Neither the municipality nor `verwijtbaar` is shown. */
static void read_date(struct sim_case *c, const struct row *row)
{
    const char *name =
        strcmp(row->member, "map") == 0 ? "datumEindgesprekMap" : "datumOndertekeningPvt";
    json_t *date = json_object_get(json_object_get(c->person, row->member), name);

    if (!date) {
        not_found(c);
        return;
    }
    c->answer = json_pack("{s:O}", name, date);
    done(c);
}

/* --- PIP ----------------------------------------------------------------------------- */

/* The day behind the dagtekening, three years; the municipality hears SS102. */
static void start_termijn(struct sim_case *c, long dagtekening)
{
    char from[SIM_DAY_SIZE], until[SIM_DAY_SIZE], today[SIM_DAY_SIZE];

    json_object_set_new(
        c->person, "inburgeringstermijn",
        json_pack("{s:s, s:s, s:s}", "startdatum", sim_day_text(dagtekening + 1, from),
                  "einddatum",
                  sim_day_text(datum_add_months(dagtekening + 1, TERMIJN_MONTHS), until),
                  "wijzigingsdatum", sim_day_text(c->today, today)));
    sim_event_happen(c->state, c->person, sim_persoon_gemeente(c->person, c->today), "SS102");
}

static void take_pip(struct sim_case *c, const struct row *row)
{
    json_t *pip = json_deep_copy(c->body);
    char today[SIM_DAY_SIZE];

    (void)row;
    /* PIP-9 */
    if (!json_object_get(pip, "niveau") && strcmp(sim_state_text(pip, "leerroute"), "Z") != 0)
        json_object_set_new(pip, "niveau", json_string("B1"));
    json_array_append_new(sim_state_list(c->person, "pips"),
                          json_pack("{s:s, s:s, s:o}", "gemeentecode", c->gemeentecode,
                                    "geregistreerd", sim_day_text(c->today, today), "pip",
                                    pip));
    if (!sim_persoon_termijn_start(c->person))
        start_termijn(c, sim_state_day(pip, "dagtekeningPip"));
    done(c);
}

static void drop_pip(struct sim_case *c, const struct row *row)
{
    json_t *pips = json_object_get(c->person, "pips");

    (void)row;
    json_array_remove(pips, json_array_size(pips) - 1);
    done(c);
}

/* --- LBT, MAP, PVT, Z-route ---------------------------------------------------------- */

static void drop_member(struct sim_case *c, const struct row *row)
{
    json_object_del(c->person, row->member);
    done(c);
}

/* MAP-12, PVT-12: the whole of it, and what is left out is withdrawn. */
static void take_whole(struct sim_case *c, const struct row *row)
{
    json_t *whole = json_deep_copy(c->body);

    json_object_set_new(whole, "gemeentecode", json_string(c->gemeentecode));
    json_object_set_new(c->person, row->member, whole);
    done(c);
}

/* --- the offer ----------------------------------------------------------------------- */

static json_t *find_aanbod(const struct sim_case *c)
{
    json_t *one;
    size_t i;

    json_array_foreach (json_object_get(c->person, "aanbod"), i, one)
        if (!json_is_true(json_object_get(one, "ingetrokken"))
            && strcmp(sim_state_text(one, "instellingsnummer"), c->address.instellingsnummer)
                   == 0)
            return one;
    return NULL;
}

/* IA-7: one for each institution; the new one overwrites. */
static void take_aanbod(struct sim_case *c, const struct row *row)
{
    json_t *before = find_aanbod(c);

    (void)row;
    if (!before) {
        before = json_object();
        json_array_append_new(sim_state_list(c->person, "aanbod"), before);
    }
    json_object_clear(before);
    json_object_update(before, (json_t *)c->body);
    json_object_set_new(before, "gemeentecode", json_string(c->gemeentecode));
    json_object_set_new(before, "instellingsnummer",
                        json_string(c->address.instellingsnummer));
    done(c);
}

static void drop_aanbod(struct sim_case *c, const struct row *row)
{
    json_t *before = find_aanbod(c);

    (void)row;
    if (!before) {
        not_found(c);
        return;
    }
    json_object_set_new(before, "ingetrokken", json_true());
    done(c);
}

/* --- hours --------------------------------------------------------------------------- */

static bool is_item_of(const struct sim_case *c, const json_t *item, const char *member)
{
    const json_t *institution = json_object_get(item, "TaallesEnKnmInstelling");

    if (strcmp(sim_state_text(item, "gemeentecode"), c->gemeentecode) != 0)
        return false;
    if (strcmp(member, "TaallesEnKnmInstelling") != 0)
        return !institution;
    return strcmp(sim_state_text(institution, "instellingsnummer"),
                  c->address.instellingsnummer)
           == 0;
}

/* An item for each institution of a municipality, and one for what is at none. */
static json_t *find_item(struct sim_case *c, const char *member)
{
    json_t *list = sim_state_list(c->person, "uren"), *item;
    size_t i;

    json_array_foreach (list, i, item)
        if (is_item_of(c, item, member))
            return item;
    json_array_append_new(list, json_pack("{s:s}", "gemeentecode", c->gemeentecode));
    return json_array_get(list, json_array_size(list) - 1);
}

/* DUO fills in a date when none is sent; by which rule it does not say. Here: today. */
static void take_hours(struct sim_case *c, const struct row *row)
{
    json_t *item = find_item(c, row->member), *hours = json_deep_copy(c->body);
    json_t *until = json_object_get(hours, "bekendTot");
    char today[SIM_DAY_SIZE];

    json_object_set_new(item, "bekendTot",
                        until ? json_incref(until)
                              : json_string(sim_day_text(c->today, today)));
    json_object_del(hours, "bekendTot");
    if (c->address.instellingsnummer[0])
        json_object_set_new(hours, "instellingsnummer",
                            json_string(c->address.instellingsnummer));
    json_object_set_new(item, row->member, hours);
    done(c);
}

static void contact(struct sim_case *c, const struct row *row)
{
    (void)row;
    sim_contact_do(c);
}

/* clang-format off */
static const struct row ROWS[] = {
    { "inburgeringsplicht.lezen",           read_member, "inburgeringsplicht" },
    { "inburgeringsplicht-historie.lezen",  read_member, "inburgeringsplichtHistorie" },
    { "doelgroep.lezen",                    read_member, "doelgroep" },
    { "doelgroep-historie.lezen",           read_member, "doelgroepHistorie" },
    { "lbt-examennummer.lezen",             read_member, "examennummer" },
    { "lbt-examennummer.intrekken",         drop_member, "examennummer" },
    { "lbt-resultaten.lezen",               read_member, "lbtResultaten" },
    { "inburgeringstermijn.lezen",          read_member, "inburgeringstermijn" },
    { "inburgeringstermijn-historie.lezen", read_member, "inburgeringstermijnHistorie" },
    { "verlengingsgronden.lezen",           read_member, "verlengingsgronden" },
    { "gebeurtenissen.lezen",               read_member, "gebeurtenissen" },
    { "verlengingen.lezen",                 read_member, "verlengingen" },
    { "vrijstellingen.lezen",               read_member, "vrijstellingen" },
    { "ontheffingen.lezen",                 read_member, "ontheffingen" },
    { "pip.lezen",                          read_pip,    NULL },
    { "pip.melden",                         take_pip,    NULL },
    { "pip.intrekken",                      drop_pip,    "pips" },
    { "contactpersoon.melden",              contact,     NULL },
    { "contactpersoon.wijzigen",            contact,     NULL },
    { "contactpersoon.intrekken",           contact,     NULL },
    { "contactpersoon.koppelen",            contact,     NULL },
    { "contactpersoon.ontkoppelen",         contact,     NULL },
    { "instellingen.lezen",                 read_member, "instellingen" },
    { "aanbod.melden",                      take_aanbod, NULL },
    { "aanbod.intrekken",                   drop_aanbod, NULL },
    { "map.lezen",                          read_date,   "map" },
    { "map.melden",                         take_whole,  "map" },
    { "pvt.lezen",                          read_date,   "pvt" },
    { "pvt.melden",                         take_whole,  "pvt" },
    { "zroute.melden",                      take_whole,  "zroute" },
    { "uren.lezen",                         read_member, "uren" },
    { "uren-bredeintake.melden",            take_hours,  "TaallesEnKnmBredeIntake" },
    { "uren-participatie.melden",           take_hours,  "ParticipatieactiviteitenBredeIntake" },
    { "uren-taalles.melden",                take_hours,  "ParticipatieAlsTaalles" },
    { "uren-instelling.melden",             take_hours,  "TaallesEnKnmInstelling" },
    { "examenresultaten.lezen",             read_member, "examenresultaten" },
    { "gratispogingen.lezen",               read_member, "gratispogingen" },
    { "boetes.lezen",                       read_member, "boetes" },
};
/* clang-format on */

/* What is withdrawn must be there. */
static bool is_missing(const struct sim_case *c, const struct row *row)
{
    const json_t *member = row->member ? json_object_get(c->person, row->member) : NULL;

    return row->member && strcmp(c->operation->method, "DELETE") == 0
           && (!member || (json_is_array(member) && json_array_size(member) == 0));
}

bool sim_do_operation(struct sim_case *c)
{
    for (const struct row *row = ROWS; row < ROWS + sizeof(ROWS) / sizeof(ROWS[0]); row++) {
        if (strcmp(row->name, c->operation->name) != 0)
            continue;
        if (is_missing(c, row))
            not_found(c);
        else
            row->run(c, row);
        return true;
    }
    return false;
}

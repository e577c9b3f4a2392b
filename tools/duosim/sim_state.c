/* sim_state -- see sim_state.h. */
#include "tools/duosim/sim_state.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "gateway/clock.h"
#include "peers/file.h"
#include "tools/duosim/sim_day.h"

#define STATE_MAX (64 << 20)

/* clang-format off */
static const char FRESH[] =
    "{\"personen\":{},\"contactpersonen\":{},\"notificaties\":[],\"instellingen\":["
    "{\"instellingsnummer\":\"0000000101\",\"naam\":\"Taalhuis De Brug\",\"postcode\":\"7607AB\","
      "\"huisnummer\":12,\"plaatsnaam\":\"Almelo\",\"bow\":\"4711\","
      "\"indicatieBowKeurmerk\":true,\"indicatieTstKeurmerk\":false},"
    "{\"instellingsnummer\":\"0000000102\",\"naam\":\"Taalschakel Midden\",\"postcode\":\"3511AX\","
      "\"huisnummer\":3,\"huisnummertoevoeging\":\"bis\",\"plaatsnaam\":\"Utrecht\",\"brin\":\"25PZ\","
      "\"indicatieBowKeurmerk\":false,\"indicatieTstKeurmerk\":true},"
    "{\"instellingsnummer\":\"0000000103\",\"naam\":\"Lescentrum Zonder Keurmerk\","
      "\"postcode\":\"1012JS\",\"huisnummer\":1,\"plaatsnaam\":\"Amsterdam\","
      "\"indicatieBowKeurmerk\":false,\"indicatieTstKeurmerk\":false}],"
    "\"verlengingsgronden\":["
    "{\"code\":\"A1\",\"omschrijving\":\"Alfabetiseringsonderwijs gevolgd\"},"
    "{\"code\":\"Z1\",\"omschrijving\":\"Langdurige ziekte\"},"
    "{\"code\":\"W1\",\"omschrijving\":\"Wachttijd bij een instelling\"}]}";

static const struct {
    const char *name;
    json_type type;
} MEMBERS[] = {
    { "bsn", JSON_STRING },           { "vNummer", JSON_INTEGER },
    { "wet", JSON_INTEGER },          { "woonplaatsen", JSON_ARRAY },
    { "coa", JSON_OBJECT },           { "inburgeringsplicht", JSON_OBJECT },
    { "inburgeringsplichtHistorie", JSON_ARRAY },
    { "doelgroep", JSON_OBJECT },     { "doelgroepHistorie", JSON_ARRAY },
    { "examennummer", JSON_OBJECT },  { "lbtResultaten", JSON_ARRAY },
    { "inburgeringstermijn", JSON_OBJECT },
    { "inburgeringstermijnHistorie", JSON_ARRAY },
    { "gebeurtenissen", JSON_ARRAY }, { "verlengingen", JSON_ARRAY },
    { "vrijstellingen", JSON_ARRAY }, { "ontheffingen", JSON_ARRAY },
    { "pips", JSON_ARRAY },           { "aanbod", JSON_ARRAY },
    { "map", JSON_OBJECT },           { "pvt", JSON_OBJECT },
    { "zroute", JSON_OBJECT },        { "uren", JSON_ARRAY },
    { "examenresultaten", JSON_ARRAY }, { "gratispogingen", JSON_ARRAY },
    { "boetes", JSON_ARRAY },         { "contactpersoon", JSON_INTEGER },
};
/* clang-format on */

json_t *sim_state_create(void)
{
    json_t *state = json_loads(FRESH, JSON_REJECT_DUPLICATES, NULL);

    if (!state)
        abort(); /* no memory */
    return state;
}

bool sim_state_load(const char *path, json_t **state, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };

    if (!file_exists(path)) {
        *state = sim_state_create();
        return true;
    }
    if (!file_read(path, STATE_MAX, &text, fault))
        return false;
    *state = json_loadb(buf_text(&text), text.size, JSON_REJECT_DUPLICATES, NULL);
    return json_is_object(json_object_get(*state, "personen"))
           || fault_set(fault, FAULT_DOCUMENT, "%s is not a state of duosim", path);
}

bool sim_state_save(const char *path, const json_t *state, struct fault *fault)
{
    SCOPED_MEM char *text = json_dumps(state, JSON_INDENT(1) | JSON_SORT_KEYS);

    if (!text)
        abort(); /* no memory */
    return file_write(path, 0600, text, strlen(text), fault);
}

const char *sim_state_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));

    return text ? text : "";
}

long sim_state_day(const json_t *object, const char *member)
{
    return datum_day(sim_state_text(object, member));
}

json_t *sim_state_list(json_t *object, const char *member)
{
    json_t *list = json_object_get(object, member);

    if (json_is_array(list))
        return list;
    json_object_set_new(object, member, json_array());
    return json_object_get(object, member);
}

long sim_state_today(const json_t *state)
{
    long set = sim_state_day(state, "vandaag");

    return set ? set : datum_today(clock_now());
}

json_t *sim_state_person(const json_t *state, const char *bsn)
{
    return json_object_get(json_object_get(state, "personen"), bsn);
}

const json_t *sim_state_institution(const json_t *state, const char *instellingsnummer)
{
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(state, "instellingen"), i, one)
        if (strcmp(sim_state_text(one, "instellingsnummer"), instellingsnummer) == 0)
            return one;
    return NULL;
}

/* --- putting people in --------------------------------------------------------------- */

static bool is_member(const char *name, const json_t *value)
{
    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
        if (strcmp(MEMBERS[i].name, name) == 0)
            return json_typeof(value) == MEMBERS[i].type;
    return false;
}

bool sim_state_set(json_t *person, const char *member, json_t *value, struct fault *fault)
{
    if (!value) {
        json_object_del(person, member);
        return true;
    }
    if (!is_member(member, value)) {
        json_decref(value);
        return fault_set(fault, FAULT_DOCUMENT,
                         "%.40s is no member of a person, or of another type", member);
    }
    json_object_set_new(person, member, value);
    return true;
}

static bool check_members(json_t *person, struct fault *fault)
{
    const char *name;
    json_t *value;

    json_object_foreach (person, name, value)
        if (!is_member(name, value))
            return fault_set(fault, FAULT_DOCUMENT,
                             "%.40s is no member of a person, or of another type", name);
    return true;
}

/* "gemeentecode" and "vestiging" become the one woonplaats. */
static void settle(json_t *person)
{
    json_t *code = json_object_get(person, "gemeentecode");
    json_t *since = json_object_get(person, "vestiging");

    if (json_is_string(code) && json_is_string(since))
        json_object_set_new(person, "woonplaatsen",
                            json_pack("[{s:O, s:O}]", "gemeentecode", code, "vanaf", since));
    json_object_del(person, "gemeentecode");
    json_object_del(person, "vestiging");
}

bool sim_state_put(json_t *state, json_t *person, struct fault *fault)
{
    const char *bsn = sim_state_text(person, "bsn");

    settle(person);
    bool good = dossier_bsn_valid(bsn)
                || fault_set(fault, FAULT_DOCUMENT, "bsn is missing or fails the 11-test");
    good = good && check_members(person, fault);
    if (good)
        json_object_set(json_object_get(state, "personen"), bsn, person);
    json_decref(person);
    return good;
}

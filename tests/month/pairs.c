/* pairs -- see pairs.h. */
#include "tests/month/pairs.h"

#include <string.h>

#include "tests/month/people.h"
#include "tests/month/plan.h"

static const char HANDOVERS[] =
    "SELECT id, rol, state, coalesce(peer, ''), reden, lower(hex(coalesce(bsn_index, '')))"
    " FROM overdracht";

static json_t *handovers[TOWNS];
static json_t *aliases[TOWNS]; /* {alias: [alias, id]} */
static json_t *called[TOWNS];  /* {id: [alias, ...]} */

const char *pairs_column(const json_t *row, size_t index)
{
    const char *text = json_string_value(json_array_get(row, index));

    return text ? text : "";
}

const char *pairs_story(int town, const char *index)
{
    const struct person *person = people_by_index(town, index);

    return person ? person->story->name : *index ? "?" : "(wiped)";
}

int pairs_town(const char *oin)
{
    for (int i = 0; i < TOWNS; i++)
        if (strcmp(region_towns[i].oin, oin) == 0)
            return i;
    return NOWHERE;
}

bool pairs_ended(const char *state)
{
    static const char *const ENDS[] = { "overgenomen", "geweigerd", "afgewezen", "ingetrokken",
                                        "verlopen" };

    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
        if (strcmp(ENDS[i], state) == 0)
            return true;
    return false;
}

json_t *pairs_rows(int town, const char *query)
{
    json_auto_t *rows = region_rows(town, query);
    json_t *by_id = json_object(), *row;
    size_t i;

    json_array_foreach (rows, i, row)
        json_object_set(by_id, pairs_column(row, 0), row);
    return by_id;
}

static json_t *turn_round(const json_t *of_town)
{
    json_t *by_id = json_object();
    const char *alias;
    json_t *row;

    json_object_foreach ((json_t *)of_town, alias, row) {
        json_t *list = json_object_get(by_id, pairs_column(row, 1));
        if (!list) {
            list = json_array();
            json_object_set_new(by_id, pairs_column(row, 1), list);
        }
        json_array_append_new(list, json_string(alias));
    }
    return by_id;
}

void pairs_read(void)
{
    for (int i = 0; i < TOWNS; i++) {
        json_decref(handovers[i]);
        json_decref(aliases[i]);
        json_decref(called[i]);
        handovers[i] = pairs_rows(i, HANDOVERS);
        aliases[i] = pairs_rows(i, "SELECT alias, overdracht FROM overdracht_alias");
        called[i] = turn_round(aliases[i]);
    }
}

json_t *pairs_of(int town)
{
    return handovers[town];
}

/* Of the handover at the other side; NULL: there is none. */
static const json_t *find_there(int town, const char *id)
{
    const json_t *alias = json_object_get(aliases[town], id);

    return json_object_get(handovers[town], alias ? pairs_column(alias, 1) : id);
}

const json_t *pairs_other(int town, const json_t *row)
{
    const json_t *names = json_object_get(called[town], pairs_column(row, PAIRS_ID)), *name;
    int there = pairs_town(pairs_column(row, PAIRS_PEER));
    size_t i;

    if (there == NOWHERE)
        return NULL;
    const json_t *other = find_there(there, pairs_column(row, PAIRS_ID));
    json_array_foreach (names, i, name)
        if (!other)
            other = find_there(there, json_string_value(name));
    return other;
}

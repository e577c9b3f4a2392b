/* ledger -- see ledger.h. */
#include "tests/month/ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/sql.h"
#include "tests/month/people.h"
#include "tests/month/plan.h"

#define LINES_MAX 40 /* that are written out of each kind */

static size_t wrong;

static void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void complain(const char *format, ...)
{
    va_list args;

    if (wrong++ >= LINES_MAX)
        return;
    printf("  WRONG ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

/* --- reading ----------------------------------------------------------------------------- */

static const char *column(const json_t *row, size_t index)
{
    const char *text = json_string_value(json_array_get(row, index));

    return text ? text : "";
}

static const char *story_of(int town, const char *index)
{
    const struct person *person = people_by_index(town, index);

    return person ? person->story->name : *index ? "?" : "(wiped)";
}

static int town_of(const char *oin)
{
    for (int i = 0; i < TOWNS; i++)
        if (strcmp(region_towns[i].oin, oin) == 0)
            return i;
    return NOWHERE;
}

/* {first column: row}; the caller's. */
static json_t *rows_by_id(int town, const char *query)
{
    json_auto_t *rows = region_rows(town, query);
    json_t *by_id = json_object(), *row;
    size_t i;

    json_array_foreach (rows, i, row)
        json_object_set(by_id, column(row, 0), row);
    return by_id;
}

enum { ID, ROL, STATE, PEER, REDEN, INDEX, OORZAAK };
static const char HANDOVERS[] =
    "SELECT id, rol, state, coalesce(peer, ''), reden, lower(hex(coalesce(bsn_index, ''))),"
    " oorzaak FROM overdracht";

static json_t *handovers[TOWNS], *aliases[TOWNS];

static void read_handovers(void)
{
    for (int i = 0; i < TOWNS; i++) {
        json_decref(handovers[i]);
        json_decref(aliases[i]);
        handovers[i] = rows_by_id(i, HANDOVERS);
        aliases[i] = rows_by_id(i, "SELECT alias, overdracht FROM overdracht_alias");
    }
}

/* Of the handover at the other side; NULL: there is none. */
static const json_t *find_there(int town, const char *id)
{
    const json_t *alias = json_object_get(aliases[town], id);

    return json_object_get(handovers[town], alias ? column(alias, 1) : id);
}

static const json_t *find_other(int town, const json_t *row)
{
    int there = town_of(column(row, PEER));
    const json_t *other = there == NOWHERE ? NULL : find_there(there, column(row, ID));
    const char *id;
    const json_t *alias;

    if (other || there == NOWHERE)
        return other;
    json_object_foreach (aliases[town], id, alias)
        if (!other && strcmp(column(alias, 1), column(row, ID)) == 0)
            other = find_there(there, id);
    return other;
}

/* --- each in one end ----------------------------------------------------------------------
 */

static bool has_ended(const char *state)
{
    static const char *const ENDS[] = { "overgenomen", "geweigerd", "afgewezen", "ingetrokken",
                                        "verlopen" };

    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
        if (strcmp(ENDS[i], state) == 0)
            return true;
    return false;
}

static void check_end(int town, const json_t *row)
{
    const char *state = column(row, STATE);

    if (!has_ended(state))
        complain("%s: a handover (%s, story %s) is still %s: %s", region_towns[town].naam,
                 column(row, ROL), story_of(town, column(row, INDEX)), state,
                 column(row, REDEN));
    else if (strcmp(state, "overgenomen") != 0 && !*column(row, REDEN))
        complain("%s: a handover (%s, story %s) is %s for no reason", region_towns[town].naam,
                 column(row, ROL), story_of(town, column(row, INDEX)), state);
}

/* --- both sides agree ---------------------------------------------------------------------
 */

/* clang-format off */
/* "-": it never came to be there. */
static const struct agree {
    const char *ontvanger, *verstrekker;
} AGREE[] = {
    { "overgenomen", "overgenomen" },
    { "geweigerd",   "geweigerd" },
    { "afgewezen",   "afgewezen" },
    { "ingetrokken", "ingetrokken" },
    { "verlopen",    "verlopen" },
    { "afgewezen",   "-" },           /* the request was refused by receipt */
    { "ingetrokken", "-" },
    { "verlopen",    "-" },
    { "-",           "geweigerd" },   /* the dossier was refused by receipt */
    { "-",           "ingetrokken" },
    { "-",           "verlopen" },
};
/* clang-format on */

static void check_pair(int town, const json_t *row)
{
    const json_t *other = find_other(town, row);
    bool receives = strcmp(column(row, ROL), "ontvanger") == 0;
    const char *here = column(row, STATE), *there = other ? column(other, STATE) : "-";

    if (other
        && (strcmp(column(row, ROL), column(other, ROL)) == 0
            || town_of(column(other, PEER)) != town))
        complain("%s: a handover (%s) has another rol or peer there", region_towns[town].naam,
                 story_of(town, column(row, INDEX)));
    for (size_t i = 0; i < sizeof(AGREE) / sizeof(AGREE[0]); i++)
        if (strcmp(AGREE[i].ontvanger, receives ? here : there) == 0
            && strcmp(AGREE[i].verstrekker, receives ? there : here) == 0)
            return;
    complain("%s %s: %s (%s), and there %s (%s); story %s", region_towns[town].naam,
             column(row, ROL), here, column(row, REDEN), there,
             other ? column(other, REDEN) : "", story_of(town, column(row, INDEX)));
}

/* --- nothing lost, nothing doubled ----------------------------------------------------------
 */

static json_t *arrived[TOWNS]; /* {message: [message, sender, code]} */

static void read_arrived(void)
{
    for (int i = 0; i < TOWNS; i++) {
        json_decref(arrived[i]);
        arrived[i] = rows_by_id(i, "SELECT id, sender, code FROM inbox");
        if ((int64_t)json_object_size(arrived[i])
            != town_count(&region_towns[i], "SELECT count(*) FROM inbox"))
            complain("%s: a message stands twice in the inbox", region_towns[i].naam);
    }
}

/* [message, state, peer, soort] */
static void check_sent(int town, const json_t *row)
{
    int there = town_of(column(row, 2));
    const json_t *got =
        there == NOWHERE ? NULL : json_object_get(arrived[there], column(row, 0));
    const char *state = column(row, 1);
    bool delivered = strcmp(state, "delivered") == 0, refused = strcmp(state, "refused") == 0;

    if ((delivered || refused) && (!got || (*column(got, 2) != '\0') != refused))
        complain("%s: a %s is %s, and there it is %s", region_towns[town].naam, column(row, 3),
                 state,
                 !got              ? "not"
                 : *column(got, 2) ? column(got, 2)
                                   : "aangenomen");
    if (got && town_of(column(got, 1)) != town)
        complain("%s: a %s came from somebody else", region_towns[there].naam, column(row, 3));
}

static void check_messages(void)
{
    size_t sent = 0, came = 0, i;
    const json_t *row;

    read_arrived();
    for (int town = 0; town < TOWNS; town++) {
        json_auto_t *rows = region_rows(
            town, "SELECT id, state, peer, soort FROM outbox WHERE peer IS NOT NULL");
        json_array_foreach (rows, i, row) {
            int there = town_of(column(row, 2));
            check_sent(town, row);
            sent += there != NOWHERE && json_object_get(arrived[there], column(row, 0));
        }
        came += json_object_size(arrived[town]);
    }
    if (sent != came)
        complain("%zu messages came that nobody sent", came - sent);
}

/* --- the store ----------------------------------------------------------------------------
 */

static bool verify_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return audit_verify(db, argument, fault);
}

static void expect_none(int town, const char *query, const char *what)
{
    int64_t count = town_count(&region_towns[town], query);

    if (count > 0)
        complain("%s: %lld %s", region_towns[town].naam, (long long)count, what);
}

static void check_store(int town)
{
    struct fault fault = { 0 };
    int64_t rows;

    if (!store_run(region_towns[town].gateway.store, verify_work, &rows, &fault))
        complain("%s: %s", region_towns[town].naam, fault.text);
    expect_none(town,
                "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
                "damaged pages");
    expect_none(town, "SELECT count(*) FROM pragma_foreign_key_check",
                "rows refer to nothing");
    expect_none(town, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')",
                "messages wait still");
    expect_none(town, "SELECT count(*) FROM taak WHERE done IS NULL", "tasks are open");
    expect_none(town, "SELECT count(*) FROM notificatie WHERE handled IS NULL",
                "notifications were not dealt with");
}

/* --- DUO ----------------------------------------------------------------------------------
 */

/* Of whom did DUO take the PIP that was reported with the overname? {index: [index]} */
static json_t *reported_by(int town)
{
    return rows_by_id(town, "SELECT DISTINCT lower(hex(h.bsn_index)) FROM outbox o"
                            " JOIN overdracht h ON h.id = o.overdracht"
                            " WHERE o.soort = 'pip.melden' AND o.state = 'delivered'");
}

/* The present PIP is of exactly the municipality that took over and reported it. */
static void check_pip(int town, const struct person *person)
{
    json_auto_t *pips = json_loads(region_say("show %s pips", person->bsn), 0, NULL);
    const json_t *last = json_array_get(pips, json_array_size(pips) - 1);
    const char *code = json_string_value(json_object_get(last, "gemeentecode"));

    if (!code || strcmp(code, region_towns[town].code) != 0)
        complain("DUO has the PIP of %s; %s took over (story %s)", code ? code : "nobody",
                 region_towns[town].code, person->story->name);
}

static void check_duo(int town)
{
    json_auto_t *reported = reported_by(town);
    const char *index;
    json_t *row;

    json_object_foreach (reported, index, row) {
        const struct person *person = people_by_index(town, index);
        if (person && person->taken_by == town)
            check_pip(town, person);
        else if (!person && *index) /* "": what was withdrawn is about nobody any more */
            complain("%s reported a PIP of nobody", region_towns[town].naam);
    }
}

/* --- all of it -----------------------------------------------------------------------------
 */

size_t ledger_open(void)
{
    int64_t open = 0;

    for (int i = 0; i < TOWNS; i++)
        open += town_count(&region_towns[i],
                           "SELECT (SELECT count(*) FROM overdracht WHERE state NOT IN"
                           "  ('overgenomen', 'geweigerd', 'afgewezen', 'ingetrokken',"
                           "  'verlopen'))"
                           " + (SELECT count(*) FROM taak WHERE done IS NULL)"
                           " + (SELECT count(*) FROM outbox WHERE state IN ('queued',"
                           "  'sending'))");
    return (size_t)open;
}

/* Nine days hold three working days, also around Christmas. */
#define SHOWN_DAYS "9"

static const char WAITING[] =
    "SELECT id, rol || ' ' || state, lower(hex(coalesce(bsn_index, ''))) FROM overdracht"
    " WHERE state NOT IN ('overgenomen', 'geweigerd', 'afgewezen', 'ingetrokken', 'verlopen')"
    " AND sinds < unixepoch() - " SHOWN_DAYS " * 86400"
    " AND (verwacht = '' OR verwacht < date())";

static json_t *shown_at(int town)
{
    json_t *ids = json_object(), *item;
    struct fault fault = { 0 };
    size_t i;

    json_auto_t *result =
        region_ask(town, call_overdracht_list, json_pack("{s:s}", "attention", "ja"), &fault);
    if (!result)
        complain("%s: the list cannot be shown: %s", region_towns[town].naam, fault.text);
    json_array_foreach (json_object_get(result, "aandacht"), i, item)
        json_object_set_new(ids, json_string_value(json_object_get(item, "overdracht")),
                            json_true());
    return ids;
}

static void watch_town(int town)
{
    json_auto_t *shown = shown_at(town);
    json_auto_t *waiting = rows_by_id(town, WAITING);
    const char *id;
    json_t *row;

    json_object_foreach (waiting, id, row)
        if (!json_object_get(shown, id))
            complain("%s: %s (story %s) waits unseen", region_towns[town].naam, column(row, 1),
                     story_of(town, column(row, 2)));
}

size_t ledger_watch(void)
{
    wrong = 0;
    for (int town = 0; town < TOWNS; town++)
        watch_town(town);
    return wrong;
}

size_t ledger_check(void)
{
    const char *id;
    const json_t *row;

    wrong = 0;
    read_handovers();
    for (int town = 0; town < TOWNS; town++) {
        json_object_foreach (handovers[town], id, row) {
            check_end(town, row);
            if (*column(row, PEER))
                check_pair(town, row);
        }
        check_store(town);
        check_duo(town);
    }
    check_messages();
    return wrong;
}

size_t ledger_handovers(void)
{
    size_t count = 0;

    for (int i = 0; i < TOWNS; i++)
        count += (size_t)town_count(&region_towns[i], "SELECT count(*) FROM overdracht");
    return count;
}

size_t ledger_messages(void)
{
    size_t count = 0;

    for (int i = 0; i < TOWNS; i++)
        count += (size_t)town_count(&region_towns[i], "SELECT count(*) FROM inbox");
    return count;
}

/* {story: {"ontvanger / verstrekker": how many}} */
static void tally_one(json_t *tally, int town, const json_t *row)
{
    const json_t *other = *column(row, PEER) ? find_other(town, row) : NULL;
    bool receives = strcmp(column(row, ROL), "ontvanger") == 0;
    const char *here = column(row, STATE), *there = other ? column(other, STATE) : "-";
    const char *story = story_of(town, column(row, INDEX));
    char pair[64];

    if (other && !receives)
        return; /* it is counted there */
    snprintf(pair, sizeof(pair), "%-13s %-13s", receives ? here : there,
             receives ? there : here);
    json_t *ends = json_object_get(tally, story);
    if (!ends) {
        ends = json_object();
        json_object_set_new(tally, story, ends);
    }
    json_object_set_new(ends, pair,
                        json_integer(json_integer_value(json_object_get(ends, pair)) + 1));
}

/* No handover is wrong, and yet: the person lives here and the dossier is there. */
static void tell_left_behind(void)
{
    json_auto_t *stories = json_object();
    const char *story;
    json_t *count;

    for (size_t i = 0; i < people_count; i++) {
        const struct person *person = &people[i];
        const char *name = person->story->name;
        if (person->holder == person->lives)
            continue;
        json_object_set_new(
            stories, name,
            json_integer(json_integer_value(json_object_get(stories, name)) + 1));
    }
    printf("\nthe dossier is not where the person lives:\n");
    json_object_foreach (stories, story, count)
        printf("%6lld  %s\n", (long long)json_integer_value(count), story);
}

void ledger_report(void)
{
    json_auto_t *tally = json_object();
    const char *story, *pair;
    json_t *ends, *count;

    read_handovers();
    for (int town = 0; town < TOWNS; town++) {
        const char *id;
        const json_t *row;
        json_object_foreach (handovers[town], id, row)
            tally_one(tally, town, row);
    }
    printf("%-15s %-13s %-13s %6s\n", "story", "ontvanger", "verstrekker", "times");
    json_object_foreach (tally, story, ends)
        json_object_foreach (ends, pair, count)
            printf("%-15s %s %6lld\n", story, pair, (long long)json_integer_value(count));
    tell_left_behind();
}

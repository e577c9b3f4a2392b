/* ledger -- see ledger.h. */
#include "tests/month/ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/sql.h"
#include "tests/month/merger.h"
#include "tests/month/pairs.h"
#include "tests/month/people.h"
#include "tests/month/plan.h"
#include "tests/month/supply.h"

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

/* --- each in one end ----------------------------------------------------------------------
 */

static void check_end(int town, const json_t *row)
{
    const char *state = pairs_column(row, PAIRS_STATE);

    if (!pairs_ended(state))
        complain("%s: a handover (%s, story %s) is still %s: %s", region_towns[town].naam,
                 pairs_column(row, PAIRS_ROL),
                 pairs_story(town, pairs_column(row, PAIRS_INDEX)), state,
                 pairs_column(row, PAIRS_REDEN));
    else if (strcmp(state, "overgenomen") != 0 && !*pairs_column(row, PAIRS_REDEN))
        complain("%s: a handover (%s, story %s) is %s for no reason", region_towns[town].naam,
                 pairs_column(row, PAIRS_ROL),
                 pairs_story(town, pairs_column(row, PAIRS_INDEX)), state);
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
    const json_t *other = pairs_other(town, row);
    bool receives = strcmp(pairs_column(row, PAIRS_ROL), "ontvanger") == 0;
    const char *here = pairs_column(row, PAIRS_STATE),
               *there = other ? pairs_column(other, PAIRS_STATE) : "-";

    if (other
        && (strcmp(pairs_column(row, PAIRS_ROL), pairs_column(other, PAIRS_ROL)) == 0
            || pairs_town(pairs_column(other, PAIRS_PEER)) != town))
        complain("%s: a handover (%s) has another rol or peer there", region_towns[town].naam,
                 pairs_story(town, pairs_column(row, PAIRS_INDEX)));
    for (size_t i = 0; i < sizeof(AGREE) / sizeof(AGREE[0]); i++)
        if (strcmp(AGREE[i].ontvanger, receives ? here : there) == 0
            && strcmp(AGREE[i].verstrekker, receives ? there : here) == 0)
            return;
    complain("%s %s: %s (%s), and there %s (%s); story %s", region_towns[town].naam,
             pairs_column(row, PAIRS_ROL), here, pairs_column(row, PAIRS_REDEN), there,
             other ? pairs_column(other, PAIRS_REDEN) : "",
             pairs_story(town, pairs_column(row, PAIRS_INDEX)));
}

/* --- nothing lost, nothing doubled ----------------------------------------------------------
 */

static json_t *arrived[TOWNS]; /* {message: [message, sender, code]} */

static void read_arrived(void)
{
    for (int i = 0; i < TOWNS; i++) {
        json_decref(arrived[i]);
        arrived[i] = pairs_rows(i, "SELECT id, sender, code FROM inbox");
        if ((int64_t)json_object_size(arrived[i])
            != town_count(&region_towns[i], "SELECT count(*) FROM inbox"))
            complain("%s: a message stands twice in the inbox", region_towns[i].naam);
    }
}

/* [message, state, peer, soort] */
static void check_sent(int town, const json_t *row)
{
    int there = pairs_town(pairs_column(row, 2));
    const json_t *got =
        there == NOWHERE ? NULL : json_object_get(arrived[there], pairs_column(row, 0));
    const char *state = pairs_column(row, 1);
    bool delivered = strcmp(state, "delivered") == 0, refused = strcmp(state, "refused") == 0;

    if ((delivered || refused) && (!got || (*pairs_column(got, 2) != '\0') != refused))
        complain("%s: a %s is %s, and there it is %s", region_towns[town].naam,
                 pairs_column(row, 3), state,
                 !got                    ? "not"
                 : *pairs_column(got, 2) ? pairs_column(got, 2)
                                         : "aangenomen");
    if (got && pairs_town(pairs_column(got, 1)) != town)
        complain("%s: a %s came from somebody else", region_towns[there].naam,
                 pairs_column(row, 3));
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
            int there = pairs_town(pairs_column(row, 2));
            check_sent(town, row);
            sent += there != NOWHERE && json_object_get(arrived[there], pairs_column(row, 0));
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
    return pairs_rows(town, "SELECT DISTINCT lower(hex(h.bsn_index)) FROM outbox o"
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

size_t ledger_check(void)
{
    const char *id;
    const json_t *row;

    wrong = 0;
    pairs_read();
    for (int town = 0; town < TOWNS; town++) {
        json_object_foreach (pairs_of(town), id, row) {
            check_end(town, row);
            if (*pairs_column(row, PAIRS_PEER))
                check_pair(town, row);
        }
        check_store(town);
        check_duo(town);
    }
    check_messages();
    supply_check(complain);
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
    const json_t *other = *pairs_column(row, PAIRS_PEER) ? pairs_other(town, row) : NULL;
    bool receives = strcmp(pairs_column(row, PAIRS_ROL), "ontvanger") == 0;
    const char *here = pairs_column(row, PAIRS_STATE),
               *there = other ? pairs_column(other, PAIRS_STATE) : "-";
    const char *story = pairs_story(town, pairs_column(row, PAIRS_INDEX));
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
        if (merger_same(person->holder, person->lives))
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

    pairs_read();
    for (int town = 0; town < TOWNS; town++) {
        const char *id;
        const json_t *row;
        json_object_foreach (pairs_of(town), id, row)
            tally_one(tally, town, row);
    }
    printf("%-15s %-13s %-13s %6s\n", "story", "ontvanger", "verstrekker", "times");
    json_object_foreach (tally, story, ends)
        json_object_foreach (ends, pair, count)
            printf("%-15s %s %6lld\n", story, pair, (long long)json_integer_value(count));
    tell_left_behind();
    supply_report();
}

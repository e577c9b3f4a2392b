/* watch -- see watch.h. */
#include "tests/month/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/datum.h"
#include "gateway/clock.h"
#include "tests/month/pairs.h"
#include "tests/month/region.h"

#define LINES_MAX 40

/* The messages that are a question; of ours, of theirs. */
#define QUESTIONS "('dossierverzoek', 'weigering')"
#define NEWEST_IN(kinds)                                                                      \
    " coalesce((SELECT max(received) FROM inbox WHERE overdracht = h.id AND code = ''"        \
    "  AND soort IN " kinds "), 0),"
#define NEWEST_OUT(kinds)                                                                     \
    " coalesce((SELECT max(settled) FROM outbox WHERE overdracht = h.id"                      \
    "  AND state = 'delivered' AND soort IN " kinds "), 0),"
#define WAITS " FROM outbox WHERE overdracht = h.id AND state IN ('queued', 'sending')"

enum {
    ID,
    ROL,
    STATE,
    SINCE,
    PROMISED,
    REDEN,
    INDEX,
    ASKED_US,
    WE_ASKED,
    GOT,
    GAVE,
    UNDER_WAY,
    AT_DUO
};
static const char OPEN[] =
    "SELECT id, rol, state, sinds, verwacht, reden, lower(hex(coalesce(bsn_index, "
    "'')))," NEWEST_IN(QUESTIONS) NEWEST_OUT(QUESTIONS) NEWEST_IN("('dossier')")
        NEWEST_OUT("('dossier')") " coalesce((SELECT group_concat(soort)" WAITS
                                  "  AND peer IS NOT NULL), ''), (SELECT count(*)" WAITS
                                  " AND peer IS NULL)"
                                  " FROM overdracht h WHERE state IN ('gesignaleerd', "
                                  "'verzocht', 'ontvangen', 'gevraagd',"
                                  "  'verzonden', 'bezorgd')";

static json_t *waiting[TOWNS]; /* {id: row} */
static json_t *shown[TOWNS];   /* {id: true when a clock says so, false when only a task} */
static json_t *tasks[TOWNS];   /* {number: true}, as shown */
static size_t wrong, looked_at, seen;

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

static void complain_of(int town, const json_t *row, const char *what)
{
    complain("%s: %s %s (story %s) %s", region_towns[town].naam, pairs_column(row, ROL),
             pairs_column(row, STATE), pairs_story(town, pairs_column(row, INDEX)), what);
}

static bool is(const json_t *row, size_t index, const char *text)
{
    return strcmp(pairs_column(row, index), text) == 0;
}

static bool under_way(const json_t *row, const char *soort)
{
    return strstr(pairs_column(row, UNDER_WAY), soort) != NULL;
}

static int64_t number(const json_t *row, size_t index)
{
    return strtoll(pairs_column(row, index), NULL, 10);
}

/* --- days --------------------------------------------------------------------------------
 */

static bool is_holiday(long day)
{
    static const char *const DAYS[] = {
        "2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29",
        "2027-04-27", "2027-05-05", "2027-05-06", "2027-05-17"
    };

    for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++)
        if (datum_day(DAYS[i]) == day)
            return true;
    return false;
}

/* Nothing happens in this month near midnight: the day in UTC is the day. */
static long day_of(int64_t moment)
{
    return datum_day("1970-01-01") + moment / LEAP_DAY;
}

/* The first day behind so many working days. Day 1 was a Monday. */
static long behind(int64_t moment, int working_days)
{
    long day = day_of(moment);

    while (working_days > 0) {
        day++;
        working_days -= (day - 1) % 7 < 5 && !is_holiday(day);
    }
    return day + 1;
}

/* Of which moment a handover counts: since it is so, when the message is not known. */
static int64_t moment_of(const json_t *row, size_t index)
{
    int64_t moment = number(row, index);

    return moment ? moment : number(row, SINCE);
}

/* --- from when it must be shown ------------------------------------------------------------
 */

/* A refusal that ends it is on its way. */
static bool is_refusing(const json_t *row)
{
    return under_way(row, "verzoekafwijzing")
           && strncmp(pairs_column(row, REDEN), "in-behandeling", 14) != 0;
}

static bool is_asking(const json_t *row)
{
    return under_way(row, "dossierverzoek") || under_way(row, "weigering");
}

static long asked_them(const json_t *row)
{
    if (is_asking(row))
        return behind(number(row, SINCE), 1);
    if (*pairs_column(row, PROMISED))
        return datum_day(pairs_column(row, PROMISED)) + 1;
    return behind(moment_of(row, WE_ASKED), 3);
}

/* 0: from the first evening. */
static long shown_from(const json_t *row)
{
    if (is(row, STATE, "gevraagd"))
        return is_refusing(row) ? behind(number(row, SINCE), 1) : 0;
    if (is(row, STATE, "gesignaleerd"))
        return number(row, AT_DUO) ? behind(number(row, SINCE), 1) : 0;
    if (is(row, STATE, "verzocht"))
        return asked_them(row);
    if (is(row, STATE, "verzonden"))
        return behind(number(row, SINCE), 1);
    return is(row, STATE, "bezorgd") ? behind(moment_of(row, GAVE), 3) : 0;
}

/* --- when it ends -------------------------------------------------------------------------
 */

static int64_t days_later(int64_t moment, int days)
{
    return moment + (int64_t)days * LEAP_DAY;
}

/* An answer: six weeks; four from the day that was promised, within half a year. */
static int64_t answer_ends(const json_t *row, int64_t asked)
{
    long promised = datum_day(pairs_column(row, PROMISED));
    int64_t end = days_later(asked, 42), most = days_later(asked, 182);

    if (promised) {
        int64_t held = (int64_t)(promised + 28 - datum_day("1970-01-01")) * LEAP_DAY;
        held = held < most ? held : most;
        end = held > end ? held : end;
    }
    return end;
}

/* 0: not by itself, as it stands. */
static int64_t ends_at(const json_t *row)
{
    if (is(row, STATE, "gevraagd"))
        return is_refusing(row) ? 0 : answer_ends(row, moment_of(row, ASKED_US));
    if (is(row, STATE, "verzocht"))
        return is_asking(row) ? 0 : days_later(answer_ends(row, moment_of(row, WE_ASKED)), 30);
    if (is(row, STATE, "ontvangen"))
        return days_later(moment_of(row, GOT), 91);
    if (is(row, STATE, "bezorgd"))
        return days_later(moment_of(row, GAVE), 121);
    return is(row, STATE, "gesignaleerd") && !number(row, AT_DUO)
               ? days_later(number(row, SINCE), 182)
               : 0;
}

/* --- what is shown ------------------------------------------------------------------------
 */

static void note_item(int town, const json_t *item)
{
    const char *id = json_string_value(json_object_get(item, "overdracht"));
    int64_t task = json_integer_value(json_object_get(item, "taak"));
    char number_text[32];

    if (id && (!task || !json_object_get(shown[town], id)))
        json_object_set_new(shown[town], id, json_boolean(!task));
    if (!task)
        return;
    snprintf(number_text, sizeof(number_text), "%lld", (long long)task);
    json_object_set_new(tasks[town], number_text, json_true());
}

static void read_town(int town)
{
    struct fault fault = { 0 };
    const json_t *item;
    size_t i;

    json_decref(waiting[town]);
    json_decref(shown[town]);
    json_decref(tasks[town]);
    waiting[town] = pairs_rows(town, OPEN);
    shown[town] = json_object();
    tasks[town] = json_object();
    json_auto_t *result =
        region_ask(town, call_overdracht_list, json_pack("{s:s}", "attention", "ja"), &fault);
    if (!result)
        complain("%s: the list cannot be shown: %s", region_towns[town].naam, fault.text);
    json_array_foreach (json_object_get(result, "aandacht"), i, item)
        note_item(town, item);
}

/* --- is it ------------------------------------------------------------------------------- */

static void check_shown(int town, const char *id, const json_t *row)
{
    const json_t *how = json_object_get(shown[town], id);
    bool must = day_of(clock_now()) >= shown_from(row);
    int64_t end = ends_at(row);

    looked_at++;
    seen += how != NULL;
    /* Whom to ask is said by a task. */
    if (must && (!how || (json_is_false(how) && !is(row, STATE, "gesignaleerd"))))
        complain_of(town, row, "waits unseen");
    if (!must && json_is_true(how))
        complain_of(town, row, "is shown before its time");
    if (end && end <= clock_now() - 60)
        complain_of(town, row, "should have ended");
}

/* Whoever waits without being shown. */
static void check_awaited(int town, const json_t *handover, const json_t *row)
{
    const json_t *other = pairs_other(town, handover);
    int there = pairs_town(pairs_column(handover, PAIRS_PEER));

    if ((!is(row, STATE, "verzocht") && !is(row, STATE, "bezorgd"))
        || *pairs_column(row, UNDER_WAY)
        || json_object_get(shown[town], pairs_column(row, ID)))
        return;
    const char *id = other ? pairs_column(other, PAIRS_ID) : "";
    if (other && json_object_get(shown[there], id))
        return;
    char query[200];
    snprintf(query, sizeof(query),
             "SELECT count(*) FROM outbox WHERE overdracht = '%.36s' AND peer IS NOT NULL"
             " AND state IN ('queued', 'sending')",
             id);
    if (there == NOWHERE || !other || town_count(&region_towns[there], query) == 0)
        complain_of(town, row, "waits for nobody");
}

static void check_tasks(int town)
{
    json_auto_t *rows = pairs_rows(town, "SELECT seq, soort FROM taak WHERE done IS NULL");
    const char *task;
    json_t *row;

    json_object_foreach (rows, task, row)
        if (json_object_del(tasks[town], task) != 0)
            complain("%s: a task (%s) waits unseen", region_towns[town].naam,
                     pairs_column(row, 1));
    if (json_object_size(tasks[town]) > 0)
        complain("%s: %zu tasks are shown that are not open", region_towns[town].naam,
                 json_object_size(tasks[town]));
}

/* Nobody confirmed that a withdrawn dossier is gone: from the fourth working day on a person
 * is told, once. */
static void check_confirmations(int town)
{
    json_auto_t *rows = region_rows(
        town, "SELECT o.settled FROM outbox o JOIN overdracht h ON h.id = o.overdracht"
              " WHERE o.soort = 'intrekking' AND o.state = 'delivered'"
              " AND h.rol = 'verstrekker' AND NOT EXISTS (SELECT 1 FROM inbox i"
              "  WHERE i.overdracht = h.id AND i.code = ''"
              "  AND i.soort = 'intrekkingbevestiging')"
              " AND NOT EXISTS (SELECT 1 FROM taak t WHERE t.overdracht = h.id"
              "  AND t.soort = 'bevestiging')");
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row)
        if (day_of(clock_now()) >= behind(number(row, 0), 3))
            complain("%s: that a withdrawn dossier is gone was not confirmed, unseen",
                     region_towns[town].naam);
}

static void check_town(int town)
{
    const char *id;
    json_t *row;

    json_object_foreach (waiting[town], id, row) {
        const json_t *handover = json_object_get(pairs_of(town), id);
        check_shown(town, id, row);
        if (handover)
            check_awaited(town, handover, row);
    }
    check_tasks(town);
    check_confirmations(town);
}

size_t watch_evening(void)
{
    wrong = 0;
    pairs_read();
    for (int town = 0; town < TOWNS; town++)
        read_town(town);
    for (int town = 0; town < TOWNS; town++)
        check_town(town);
    return wrong;
}

void watch_report(void)
{
    printf("\nin the evenings %zu open handovers were looked at; %zu were shown\n", looked_at,
           seen);
}

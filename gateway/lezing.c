/* lezing -- see lezing.h. */
#include "gateway/lezing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/xmldoc.h"
#include "gateway/duo_letter.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/sql.h"

void lezing_finish(struct lezing *lezing)
{
    xmldoc_release(&lezing->doc);
}

const xmlNode *lezing_gelezen(const struct lezing *lezing)
{
    return xmlDocGetRootElement(lezing->doc);
}

/* --- what the store has ------------------------------------------------------------------ */

struct rows {
    const char *overdracht;
    struct lezing *lezing;
    struct outbox_row *row; /* answered queries with their answer, oldest first */
    size_t count;
};

static void rows_finish(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        outbox_row_finish(&rows->row[i]);
    free(rows->row);
}
#define SCOPED_ROWS __attribute__((cleanup(rows_finish)))

static bool count_queries(sqlite3 *db, struct rows *rows, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct lezing *lezing = rows->lezing;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT state IN ('queued', 'sending'), reason FROM outbox o"
                   " WHERE overdracht = ? AND peer IS NULL AND soort LIKE '%.lezen'"
                   " AND state <> 'delivered' AND NOT EXISTS (SELECT 1 FROM outbox n"
                   "  WHERE n.overdracht = o.overdracht AND n.soort = o.soort"
                   "  AND n.seq > o.seq) ORDER BY seq",
                   "t", rows->overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        if (sqlite3_column_int(stmt, 0)) {
            lezing->under_way++;
            continue;
        }
        if (lezing->ended_without++ == 0)
            sql_copy(stmt, 1, lezing->why, sizeof(lezing->why));
    }
    return false;
}

static const char NEWEST[] =
    "SELECT max(seq), id FROM outbox WHERE overdracht = ? AND peer IS NULL"
    " AND soort LIKE '%.lezen' AND state = 'delivered' GROUP BY soort ORDER BY 1";
static const char PIPS[] = "SELECT seq, id FROM outbox WHERE overdracht = ? AND peer IS NULL"
                           " AND soort = 'pip.lezen' AND state = 'delivered' ORDER BY 1";

static bool fetch_answers(sqlite3 *db, const char *query, struct rows *rows,
                          struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, query, "t", rows->overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        char id[UUID_SIZE];
        sql_copy(stmt, 1, id, sizeof(id));
        rows->row = mem_resize(rows->row, (rows->count + 1) * sizeof(*rows->row));
        rows->row[rows->count] = (struct outbox_row){ 0 };
        if (!outbox_find(db, id, &rows->row[rows->count++], fault))
            return false;
    }
    return false;
}

static bool load_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return count_queries(db, argument, fault) && fetch_answers(db, NEWEST, argument, fault);
}

static bool pips_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return fetch_answers(db, PIPS, argument, fault);
}

/* --- what it says ------------------------------------------------------------------------ */

/* One answer that cannot be read must not hide the others: it counts as not given. */
static void put_answer(struct gateway *gateway, const struct outbox_row *row,
                       struct lezing *lezing)
{
    const struct duo_operation *operation = duo_operation_named(row->soort);
    SCOPED_DUO_REPLY struct duo_reply reply = { 0 };
    struct fault fault = { 0 };

    if (!operation || !duo_reply_open(gateway, row, &reply, &fault)
        || (reply.status == operation->success && reply.answer
            && !duo_to_xml(operation, reply.answer, xmlDocGetRootElement(lezing->doc),
                           &fault))) {
        log_warning("bericht=%s soort=%s: the answer of DUO cannot be used: %s", row->id,
                    row->soort, fault.text);
        lezing->ended_without++;
        return;
    }
    lezing->answers++;
    lezing->pip = lezing->pip || strcmp(row->soort, "pip.lezen") == 0;
    lezing->uren = lezing->uren || strcmp(row->soort, "uren.lezen") == 0;
}

static void day_of(int64_t moment, char day[11])
{
    time_t at = moment;
    struct tm utc;

    if (!at || !gmtime_r(&at, &utc) || !strftime(day, 11, "%Y-%m-%d", &utc))
        day[0] = '\0';
}

static void set_day(struct lezing *lezing)
{
    char day[11];

    day_of(lezing->answered, day);
    if (*day)
        xmlSetProp(xmlDocGetRootElement(lezing->doc), BAD_CAST "op", BAD_CAST day);
}

bool lezing_load(struct gateway *gateway, const char *overdracht, struct lezing *lezing,
                 struct fault *fault)
{
    SCOPED_ROWS struct rows rows = { .overdracht = overdracht, .lezing = lezing };

    *lezing = (struct lezing){ .doc = xmldoc_new(DOSSIER_NS, "gelezen") };
    if (!store_run(gateway->store, load_work, &rows, fault))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        put_answer(gateway, &rows.row[i], lezing);
        lezing->newest = rows.row[i].seq; /* the oldest first */
        lezing->answered = rows.row[i].settled;
        if (strcmp(rows.row[i].soort, "gebeurtenissen.lezen") == 0)
            lezing->gebeurtenissen = rows.row[i].seq;
    }
    set_day(lezing);
    return true;
}

/* --- since when DUO has the PIP ---------------------------------------------------------- */

static bool same_answer(const struct gateway *gateway, const struct outbox_row *a,
                        const struct outbox_row *b)
{
    SCOPED_DUO_REPLY struct duo_reply one = { 0 }, other = { 0 };
    struct fault none;

    return duo_reply_open(gateway, a, &one, &none) && duo_reply_open(gateway, b, &other, &none)
           && one.status == other.status
           && (one.answer == other.answer || json_equal(one.answer, other.answer));
}

bool lezing_pip_na(struct gateway *gateway, const char *overdracht, char day[11],
                   struct fault *fault)
{
    SCOPED_ROWS struct rows rows = { .overdracht = overdracht };

    day[0] = '\0';
    if (!store_run(gateway->store, pips_work, &rows, fault))
        return false;
    for (size_t i = rows.count; i > 1; i--)
        if (!same_answer(gateway, &rows.row[i - 2], &rows.row[rows.count - 1])) {
            day_of(rows.row[i - 2].settled, day);
            return true;
        }
    return true;
}

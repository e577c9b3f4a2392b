/* handover -- see handover.h. */
#include "tests/gateway/handover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/sql.h"
#include "tests/sample.h"
#include "tests/town.h"

extern const char schema_sql[], schema_2_sql[], schema_3_sql[], schema_4_sql[];

static struct town TOWN = {
    .oin = "00000099000000001000", .code = "0344", .naam = "Wij", .kind = PKI_P256
};
const struct keys *KEYS;
xmlDoc *DOSSIER;
sqlite3 *db;
struct fault fault;

int open_db(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof(fault));
    if (sqlite3_open(":memory:", &db) != SQLITE_OK
        || sqlite3_exec(db, schema_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_2_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_3_sql, NULL, NULL, NULL) != SQLITE_OK
        || sqlite3_exec(db, schema_4_sql, NULL, NULL, NULL) != SQLITE_OK)
        return -1;
    return sqlite3_exec(db,
                        "INSERT INTO peer (oin, state, card, added, changed) VALUES"
                        " ('" PEER "', 'actief', x'00', 1, 1),"
                        " ('" OTHER "', 'actief', x'00', 1, 1)",
                        NULL, NULL, NULL);
}

int close_db(void **state)
{
    (void)state;
    return sqlite3_close(db);
}

struct overdracht add(const char *id, enum rol rol, enum overdracht_state at)
{
    struct overdracht o = {
        .rol = rol, .state = at, .peer = PEER, .gemeentecode = "0310", .eigen_code = "0344"
    };

    struct persoon persoon;

    snprintf(o.id, sizeof(o.id), "%s", id);
    persoon_of_dossier(xmlDocGetRootElement(DOSSIER), &persoon);
    if (!overdracht_add(db, KEYS, "test", &o, &persoon, &fault))
        fail_msg("%s", fault.text);
    return o;
}

int64_t count(const char *query)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, &fault, query, "") || !sql_row(stmt, &row, &fault) || !row)
        fail_msg("%s: %s", query, fault.text);
    return sqlite3_column_int64(stmt, 0);
}

void expect_state(const char *id, const char *name, const char *reden)
{
    struct overdracht o;
    bool found;

    assert_true(overdracht_get(db, KEYS, id, &o, &found, &fault) && found);
    assert_string_equal(overdracht_state_name(o.state), name);
    assert_string_equal(o.reden, reden);
}

/* --- its messages -------------------------------------------------------------------- */

void receive(const char *soort, const char *overdracht)
{
    assert_true(sql_do(db, &fault,
                       "INSERT INTO inbox (sender, id, overdracht, soort, code,"
                       " sealed_digest, canonical, receipt, received, signer, tls_client)"
                       " VALUES (?, ?, ?, ?, '', x'00', x'00', x'00', 1, x'00', x'00')",
                       "tttt", PEER, "01b00000-0000-7000-8000-00000000000b", overdracht,
                       soort));
}

void queue(const char *id, const char *soort)
{
    assert_true(sql_do(db, &fault,
                       "INSERT INTO outbox (id, overdracht, soort, peer, state, settled_by,"
                       " sealed, canonical, created, expires, next_try) VALUES"
                       " (?, ?, ?, ?, 'queued', 'receipt', x'00', x'00', 1, 2, 1)",
                       "tttt", id, FIRST, soort, PEER));
}

/* --- once ----------------------------------------------------------------------------- */

int handover_start(void **state)
{
    SCOPED_MEM char *text = sample_dossier("gezinsmigrant.xml");

    (void)state;
    town_install();
    town_build(&TOWN);
    town_open(&TOWN);
    KEYS = TOWN.gateway.keys;
    return xmldoc_parse(text, strlen(text), &DOSSIER, &fault) ? 0 : -1;
}

int handover_stop(void **state)
{
    (void)state;
    xmldoc_release(&DOSSIER);
    town_stop(&TOWN);
    town_remove(&TOWN);
    return 0;
}

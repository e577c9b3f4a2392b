/* doctor_store -- the database: whole, known, and what in it waits too long.
 *
 * In the daemon each check runs on the store's own thread; without one, on a connection that
 * store.file opens and doctor_leave() closes.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/doctor.h"
#include "gateway/peer_store.h"
#include "gateway/sql.h"
#include "peers/file.h"

#define ATTEMPTS_WARN 5
#define EXPIRY_WARN 86400L
#define FAILURES_WARN 3

static const char RESTORE[] = "stop the daemon, keep a copy of the folder store, and restore "
                              "the last backup";

static bool is_open(struct doctor *doctor)
{
    if (doctor->db)
        return true;
    doctor_skip(doctor, "", "see store.file");
    return false;
}

/* Somebody holds it: a daemon that was not found on the local bus. */
static void say_held(struct doctor *doctor)
{
    if (doctor->config_fault.code != FAULT_NONE)
        doctor_skip(doctor, "", "a daemon holds it, and cannot be asked: see config.file");
    else
        doctor_fail(doctor, "", "look in its log, stop it by its process id, start it anew",
                    "held by a daemon that does not answer on the local bus");
}

static void open_file(struct doctor *doctor, const char *path)
{
    struct fault fault = { 0 };

    if (store_inspect(path, &doctor->db, &fault)) {
        doctor_ok(doctor, "", "opens");
    } else if (fault.code == FAULT_STATE) {
        say_held(doctor);
    } else {
        fault_advise(&fault,
                     "check owner, modes and disk (home.*); when those are in order, %s",
                     RESTORE);
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    }
}

void doctor_store_file(struct doctor *doctor)
{
    char path[PATH_MAX];

    home_path(&doctor->gateway->home, "store/estafette.db", path);
    if (doctor->db)
        doctor_ok(doctor, "", "open in the daemon");
    else if (!file_exists(path) && errno == ENOENT)
        doctor_warn(doctor, "",
                    "nothing, when this is a new home; else restore the last backup",
                    "there is none: the daemon makes one when it starts");
    else
        open_file(doctor, path);
}

/* The one text or number of a pragma. */
static bool ask(struct doctor *doctor, const char *pragma, char text[200], struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(doctor->db, &stmt, fault, pragma, "") || !sql_row(stmt, &row, fault))
        return false;
    sql_copy(stmt, 0, text, 200);
    return true;
}

void doctor_store_schema(struct doctor *doctor)
{
    char text[200];
    struct fault fault = { 0 };

    if (!is_open(doctor))
        return;
    if (!ask(doctor, "PRAGMA user_version", text, &fault)) {
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
        return;
    }
    long version = strtol(text, NULL, 10);
    doctor->other_schema = version != STORE_SCHEMA_VERSION;
    if (version > STORE_SCHEMA_VERSION)
        doctor_fail(doctor, "", "use the newer program, or restore the backup made before it",
                    "version %ld is of a newer program; this one knows %d", version,
                    STORE_SCHEMA_VERSION);
    else if (version < STORE_SCHEMA_VERSION)
        doctor_warn(doctor, "", "make a backup, then start the daemon",
                    "version %ld: the daemon makes it %d when it starts", version,
                    STORE_SCHEMA_VERSION);
    else
        doctor_ok(doctor, "", "version %ld", version);
}

/* Thorough when nobody waits for the database; the daemon's peers do. */
void doctor_store_whole(struct doctor *doctor)
{
    char text[200] = "";
    struct fault fault = { 0 };
    const char *pragma =
        doctor->gateway->store ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)";

    if (!is_open(doctor))
        return;
    if (!ask(doctor, pragma, text, &fault))
        doctor_fail(doctor, "", RESTORE, "%s", fault.text);
    else if (strcmp(text, "ok") != 0)
        doctor_fail(doctor, "", RESTORE, "the database is damaged: %s", text);
    else
        doctor_ok(doctor, "", "undamaged");
}

void doctor_store_audit(struct doctor *doctor)
{
    int64_t rows = 0;
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    if (audit_verify(doctor->db, &rows, &fault))
        doctor_ok(doctor, "", "unbroken, rows: %lld", (long long)rows);
    else
        doctor_fail(doctor, "",
                    "somebody or something changed the database: keep a copy, tell your "
                    "privacy officer, compare with the last backup",
                    "%s", fault.text);
}

/* Without a daemon this is also what fills the registry. */
void doctor_store_cards(struct doctor *doctor)
{
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    struct registry *own = doctor->gateway->store ? registry_create() : NULL;
    if (peer_store_load(doctor->db, own ? own : doctor->gateway->registry, &fault)) {
        doctor_ok(doctor, "", "all read");
    } else {
        fault_advise(&fault, "ask that peer for its card and `estafette peer add` it");
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    }
    if (own)
        registry_destroy(own);
}

/* --- what waits ------------------------------------------------------------------------ */

typedef void each_row(struct doctor *doctor, sqlite3_stmt *stmt, const char *naam);

static void look_at_row(struct doctor *doctor, sqlite3_stmt *stmt, each_row *look)
{
    SCOPED_PEER struct peer *peer =
        registry_by_oin(doctor->gateway->registry, sql_text(stmt, 0));

    look(doctor, stmt, peer ? peer->card.naam : sql_text(stmt, 0));
}

/* The rows of a query that was asked, whose first column is a peer; says `good` when there is
 * none. */
static void look_at_rows(struct doctor *doctor, sqlite3_stmt *stmt, each_row *look,
                         const char *good)
{
    struct fault fault = { 0 };
    bool row;

    while (sql_row(stmt, &row, &fault) && row)
        look_at_row(doctor, stmt, look);
    if (fault.code != FAULT_NONE)
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    if (doctor->said == 0)
        doctor_ok(doctor, "", "%s", good);
}

static void look_at_waiting(struct doctor *doctor, sqlite3_stmt *stmt, const char *naam)
{
    long long count = sqlite3_column_int64(stmt, 1), attempts = sqlite3_column_int64(stmt, 2);
    long long left = sqlite3_column_int64(stmt, 3) - clock_now();

    doctor_warn(doctor, naam, "estafette outbox list; estafette doctor GEMEENTE",
                "waiting: %lld, tried up to %lld times; the first expires in %lld h", count,
                attempts, left < 0 ? 0 : left / 3600);
}

void doctor_store_queue(struct doctor *doctor)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    if (sql_query(doctor->db, &stmt, &fault,
                  "SELECT peer, count(*), max(attempts), min(expires) FROM outbox"
                  " WHERE state IN ('queued', 'sending') GROUP BY peer"
                  " HAVING max(attempts) >= ? OR min(expires) < ?",
                  "ii", (int64_t)ATTEMPTS_WARN, (int64_t)clock_now() + EXPIRY_WARN))
        look_at_rows(doctor, stmt, look_at_waiting, "nothing waits too long");
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
}

static void look_at_failures(struct doctor *doctor, sqlite3_stmt *stmt, const char *naam)
{
    long long failures = sqlite3_column_int64(stmt, 1);
    long long wait = sqlite3_column_int64(stmt, 2) - clock_now();

    doctor_warn(doctor, naam, "estafette doctor GEMEENTE",
                "%lld connections in a row failed; the next is tried in %lld minutes",
                failures, wait < 0 ? 0 : wait / 60);
}

void doctor_store_peers(struct doctor *doctor)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    if (sql_query(doctor->db, &stmt, &fault,
                  "SELECT oin, failures, next_try FROM peer"
                  " WHERE failures >= ? AND state <> 'verwijderd' ORDER BY oin",
                  "i", (int64_t)FAILURES_WARN))
        look_at_rows(doctor, stmt, look_at_failures, "none fails");
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
}

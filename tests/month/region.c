/* region -- see region.h. */
#include "tests/month/region.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/mover.h"
#include "gateway/rounds.h"
#include "gateway/sql.h"
#include "gateway/supplier.h"
#include "peers/file.h"
#include "tests/month/supply.h"
#include "tests/sample.h"

#define SETTLE_SECONDS 300 /* of real time; a limit, not a pause */

struct town region_towns[TOWNS] = {
    { .oin = "00000099000000001000", .code = "0394", .naam = "Haarlemmermeer" },
    { .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht" },
    { .oin = "00000099000000003000", .code = "0141", .naam = "Almelo" },
    { .oin = "00000099000000004000", .code = "0014", .naam = "Groningen" },
    { .oin = "00000099000000005000", .code = "1979", .naam = "Eemsdelta" },
};
const char *const REGION_MERGED[TOWNS] = { "0393", NULL, NULL, "0009", "0010" };
struct standin region_duo = { .oin = "00000004000000044000" };

static void must(bool good, const char *what, const struct fault *fault)
{
    if (good)
        return;
    fprintf(stderr, "month: %s: %s\n", what, fault->text);
    abort();
}

/* --- building ------------------------------------------------------------------------- */

static const char MORE[] = "[contact]\nnaam = Team Inburgering\ntelefoon = 033-0000000\n"
                           "email = inburgering@example.org\n";

/* Patience as by default: a town that tries each second would spin while DUO is away. */
static void be_patient(int which)
{
    const struct town *town = &region_towns[which];
    SCOPED_BUF struct buf ini = { 0 };
    SCOPED_BUF struct buf more = { 0 };
    struct fault fault = { 0 };
    char path[PATH_MAX];

    home_path(&town->gateway.home, "estafette.ini", path);
    must(file_read(path, 1 << 20, &ini, &fault), "estafette.ini", &fault);
    SCOPED_MEM char *text =
        sample_replace(buf_text(&ini), "retry_first_seconds = 1\nretry_longest_seconds = 2\n",
                       "couriers = 2\n");
    buf_add_text(&more, text);
    supply_configure(which, &more);
    must(file_write(path, 0600, more.data, more.size, &fault), "estafette.ini", &fault);
}

static void install_crl(struct pki *pki, const char *directory)
{
    X509_CRL *crl = pki_crl(pki, NULL, 0, 0, LEAP_START + 300L * LEAP_DAY);

    pki_install_crl(pki, crl, directory);
    X509_CRL_free(crl);
}

/* Nobody fetches CRLs here, and they must last for more than a week. */
static void prolong(void)
{
    char path[PATH_MAX];

    for (int i = 0; i < TOWNS; i++) {
        const struct home *home = &region_towns[i].gateway.home;
        for (int n = 0; n < TOWNS; n++)
            install_crl(region_towns[n].pki, home_path(home, "trust", path));
        install_crl(region_duo.pki, home_path(home, "duo-trust", path));
        install_crl(region_towns[i].pki,
                    sim_settings_path(&region_duo.settings, "trust", path));
    }
}

static void build(void)
{
    standin_build(&region_duo);
    for (int i = 0; i < TOWNS; i++) {
        region_towns[i].kind = PKI_P256;
        region_towns[i].level = "info";
        region_towns[i].duo = MORE;
        town_build(&region_towns[i]);
        standin_serve(&region_duo, &region_towns[i]);
        be_patient(i);
    }
    for (int i = 0; i < TOWNS * TOWNS; i++)
        town_trust(&region_towns[i / TOWNS], &region_towns[i % TOWNS]);
    prolong();
}

void region_start(void)
{
    town_install();
    build();
    for (int i = 0; i < TOWNS; i++)
        town_open(&region_towns[i]);
    for (int i = 0; i < TOWNS * TOWNS; i++)
        if (i / TOWNS != i % TOWNS)
            town_know(&region_towns[i / TOWNS], &region_towns[i % TOWNS], PEER_ACTIEF);
    standin_start(&region_duo);
    for (int i = 0; i < TOWNS; i++) {
        town_stop(&region_towns[i]);
        town_start(&region_towns[i]);
    }
    supply_allow();
}

void region_restart(int town)
{
    town_stop(&region_towns[town]);
    town_start(&region_towns[town]);
}

void region_stop(void)
{
    town_scatter(region_towns, TOWNS);
    standin_stop(&region_duo);
    standin_remove(&region_duo);
}

int region_by_code(const char *code)
{
    for (int i = 0; i < TOWNS; i++)
        if (strcmp(region_towns[i].code, code) == 0)
            return i;
    return NOWHERE;
}

/* --- time ------------------------------------------------------------------------------ */

/* What a courier could claim now, or holds: as outbox.c has it. */
static const char DUE[] =
    "SELECT count(*) FROM outbox o LEFT JOIN peer p ON p.oin = o.peer"
    " WHERE o.state = 'sending' OR (o.state = 'queued' AND (o.peer IS NULL OR"
    "  p.state = 'actief') AND (o.expires <= ?1 OR (o.next_try <= ?1"
    "  AND coalesce(p.next_try, (SELECT next_try FROM duo_clock)) <= ?1"
    "  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.overdracht = o.overdracht"
    "   AND (e.peer IS NULL) = (o.peer IS NULL) AND e.seq < o.seq"
    "   AND e.state IN ('queued', 'sending')))))";

struct look {
    int64_t due, rows; /* rows: of the audit; whatever happens adds one */
};

static bool count(sqlite3 *db, const char *query, int64_t *sum, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, query, "i", (int64_t)clock_now())
        || !sql_row(stmt, &row, fault))
        return false;
    *sum += sqlite3_column_int64(stmt, 0);
    return true;
}

static bool due_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return count(db, DUE, &((struct look *)argument)->due, fault);
}

static bool rows_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return count(db, "SELECT seq FROM audit WHERE ?1 <> 0 ORDER BY seq DESC LIMIT 1",
                 &((struct look *)argument)->rows, fault);
}

static void look_at_all(store_work *work, struct look *look)
{
    struct fault fault = { 0 };

    for (int i = 0; i < TOWNS; i++)
        must(store_run(region_towns[i].gateway.store, work, look, &fault), "look", &fault);
}

/* What there is no end to, for who must find out why. */
static void give_up(const struct look *look)
{
    printf("month: not settled within %d s: %lld due, %lld rows of audit; at rest:",
           SETTLE_SECONDS, (long long)look->due, (long long)look->rows);
    for (int i = 0; i < TOWNS; i++)
        printf(" %d", rounds_rest(region_towns[i].gateway.mover));
    for (int i = 0; i < TOWNS; i++) {
        json_auto_t *rows = region_rows(
            i, "SELECT o.soort, o.state, o.attempts, o.reason, o.next_try - unixepoch(),"
               " coalesce(p.state, 'DUO') FROM outbox o LEFT JOIN peer p ON p.oin = o.peer"
               " WHERE o.state IN ('queued', 'sending') ORDER BY o.seq LIMIT 5");
        char *text = json_dumps(rows, JSON_INDENT(1));
        printf("\n%s %s", region_towns[i].naam, text);
        free(text);
    }
    printf("\n");
    exit(1);
}

/* What is due is counted only when nothing else moves. */
static bool looks_settled(int64_t *rows, bool last)
{
    struct look look = { 0 };
    bool rests = true;

    for (int i = 0; i < TOWNS; i++)
        rests = rounds_rest(region_towns[i].gateway.mover)
                && rounds_rest(region_towns[i].gateway.supplier) && rests;
    look_at_all(rows_work, &look);
    bool same = look.rows == *rows;
    *rows = look.rows;
    if (last || (rests && same))
        look_at_all(due_work, &look);
    if (last)
        give_up(&look);
    return rests && same && look.due == 0;
}

/* Twice the same, and nothing due between: nobody was at work. */
void region_settle(void)
{
    const struct timespec pause = { .tv_nsec = 3000000 };
    int64_t until = clock_monotonic_ms() + SETTLE_SECONDS * 1000LL, rows = -1;
    struct fault fault = { 0 };

    do {
        SCOPED_BUF struct buf says = { 0 };
        must(sim_command(region_duo.sim, "wait 60000", &says, &fault), "DUO", &fault);
        nanosleep(&pause, NULL);
    } while (!looks_settled(&rows, clock_monotonic_ms() > until));
}

void region_leap(time_t moment)
{
    leap_to(moment);
    for (int i = 0; i < TOWNS; i++) {
        gateway_tend(&region_towns[i].gateway);
        couriers_wake(region_towns[i].gateway.couriers);
        mover_wake(&region_towns[i].gateway);
    }
}

/* --- doing ----------------------------------------------------------------------------- */

json_t *region_ask(int town, call_handler *handler, json_t *arguments, struct fault *fault)
{
    return town_ask(&region_towns[town], handler, arguments, fault);
}

void region_upload(int town, const char *text, char file[UUID_SIZE])
{
    SCOPED_BUF struct buf data = { 0 };
    struct fault fault = { 0 };

    uuid_v4(file);
    base64_encode((const unsigned char *)text, strlen(text), &data);
    json_t *result = region_ask(
        town, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&data)),
        &fault);
    must(result, "upload", &fault);
    json_decref(result);
}

const char *region_say(const char *format, ...)
{
    char line[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    return standin_say(&region_duo, line);
}

struct reading {
    const char *query;
    json_t *rows;
};

static bool read_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct reading *r = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, r->query, ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        json_t *list = json_array();
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            json_array_append_new(list, json_string(sql_text(stmt, i)));
        json_array_append_new(r->rows, list);
    }
    return false;
}

json_t *region_rows(int town, const char *query)
{
    struct reading r = { query, json_array() };
    struct fault fault = { 0 };

    must(store_run(region_towns[town].gateway.store, read_work, &r, &fault), query, &fault);
    return r.rows;
}

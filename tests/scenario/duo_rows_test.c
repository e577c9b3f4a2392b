/* Rows of the outbox that go to DUO, from queueing to their end, by the couriers. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/courier.h"
#include "gateway/duo_contact.h"
#include "gateway/duo_letter.h"
#include "peers/file.h"
#include "tests/duo_stub.h"

#define BSN "999990019"
#define WOORDEN "Burger Canarius is onbekend."
#define HANDOVER "01900000-0000-7000-8000-000000000001"

static struct town TOWN = { .oin = "00000099000000001000",
                            .code = "0344",
                            .naam = "Utrecht",
                            .kind = PKI_P256,
                            .level = "error",
                            .total_seconds = 2 };
static struct duo_stub *DUO;

static int start(void **state)
{
    (void)state;
    town_install();
    DUO = duo_stub_create();
    TOWN.duo = duo_stub_config(DUO);
    town_build(&TOWN);
    duo_stub_serve(DUO, &TOWN, NULL);
    duo_stub_say(DUO, 503, NULL);
    town_start(&TOWN);
    town_do(&TOWN, "INSERT INTO overdracht (id, rol, state, gemeentecode, eigen_code,"
                   " persoon_sealed, created, changed) VALUES ('" HANDOVER "', 'ontvanger',"
                   " 'gesignaleerd', '', '0344', x'00', 1, 1)");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_stop(&TOWN);
    duo_stub_destroy(DUO);
    town_remove(&TOWN);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    town_do(&TOWN, "DELETE FROM outbox");
    return 0;
}

/* --- queueing ------------------------------------------------------------------------------
 */

struct queueing {
    struct duo_letter letter;
    char id[UUID_SIZE];
};

static bool queue_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct queueing *q = argument;

    return duo_queue(db, &TOWN.gateway, "test", &q->letter, q->id, fault);
}

static bool queue(const char *operation, const char *body, const char *overdracht,
                  char id[UUID_SIZE], struct fault *fault)
{
    json_auto_t *json = body ? json_loads(body, 0, NULL) : NULL;
    struct queueing q = { .letter = { .operation = duo_operation_named(operation),
                                      .address = { BSN, "0123456789", "12" },
                                      .body = json,
                                      .overdracht = overdracht } };

    *fault = (struct fault){ 0 };
    bool good = store_run(TOWN.gateway.store, queue_work, &q, fault);
    memcpy(id, q.id, UUID_SIZE);
    return good;
}

static void send(const char *operation, const char *body, const char *overdracht,
                 char id[UUID_SIZE])
{
    struct fault fault;

    if (!queue(operation, body, overdracht, id, &fault))
        fail_msg("%s: %s", operation, fault.text);
    couriers_wake(TOWN.gateway.couriers);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct outbox_row *row = argument;
    char id[UUID_SIZE];

    memcpy(id, row->id, UUID_SIZE);
    return outbox_find(db, id, row, fault);
}

static void find(const char *id, struct outbox_row *row)
{
    struct fault fault = { 0 };

    snprintf(row->id, sizeof(row->id), "%s", id);
    if (!store_run(TOWN.gateway.store, find_work, row, &fault))
        fail_msg("%s", fault.text);
}

static void wait_for(const char *id, const char *state, int seconds)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    char query[160];

    snprintf(query, sizeof(query),
             "SELECT count(*) FROM outbox WHERE id = '%s' AND state = '%s'", id, state);
    if (town_wait(&TOWN, query, 1, seconds))
        return;
    find(id, &row);
    fail_msg("%s is %s: %s", row.soort, outbox_state_name(row.state), row.reason);
}

/* --- settling ------------------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *operation, *body;
    struct duo_stub_answer answer;
    const char *state, *reason, *texts;
    bool answered; /* with JSON */
} ENDS[] = {
    { "boetes.lezen",     NULL, { .status = 200, .body = "[{\"bedrag\":250,\"datum\":\"2026-01-02\"}]" }, "delivered", "", "", true },
    { "boetes.lezen",     NULL, { .status = 404 }, "delivered", "404: niets bekend", "", false },
    { "boetes.lezen",     NULL, { .status = 400 }, "refused", "400: DUO cannot read what was sent", "", false },
    { "boetes.lezen",     NULL, { .status = 403, .body = "[{\"fouttekst\":\"" WOORDEN "\"}]" }, "refused", "403: DUO says no, see `outbox show`", WOORDEN "\n", false },
    { "map.melden",       "{}", { .status = 200 }, "delivered", "", "", false },
    { "map.melden",       "{}", { .status = 404 }, "refused", "404: DUO knows nothing of it", "", false },
    { "map.melden",       "{}", { .status = 400 }, "refused", "400: DUO cannot read what was sent", "", false },
    { "map.melden",       "{}", { .status = 403, .body = "[{\"fouttekst\":\"" WOORDEN "\"}]" }, "refused", "403: DUO says no, see `outbox show`", WOORDEN "\n", false },
    { "aanbod.intrekken", NULL, { .status = 204 }, "delivered", "", "", false },
    { "aanbod.intrekken", NULL, { .status = 404 }, "refused", "404: nothing (left) to withdraw", "", false },
};
/* clang-format on */

static void duo_s_answer_settles_the_row_and_is_kept(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
        SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
        SCOPED_DUO_REPLY struct duo_reply reply;
        struct fault fault = { 0 };
        char id[UUID_SIZE];
        duo_stub_script(DUO, &ENDS[i].answer, 1);
        send(ENDS[i].operation, ENDS[i].body, HANDOVER, id);
        wait_for(id, ENDS[i].state, 10);
        find(id, &row);
        assert_string_equal(row.reason, ENDS[i].reason);
        assert_string_equal(row.settled_by, "status");
        assert_true(duo_reply_open(&TOWN.gateway, &row, &reply, &fault));
        assert_int_equal(reply.status, ENDS[i].answer.status);
        assert_string_equal(reply.version, "1.0.0");
        assert_string_equal(buf_text(&reply.texts), ENDS[i].texts);
        assert_int_equal(reply.answer != NULL, ENDS[i].answered);
        assert_int_equal(duo_stub_heard(DUO), 1);
    }
}

static void expect_same_requests(int count)
{
    SCOPED_BUF struct buf first = { 0 };

    duo_stub_request(DUO, 0, &first);
    assert_true(first.size > 0);
    for (int i = 1; i < count; i++) {
        SCOPED_BUF struct buf again = { 0 };
        duo_stub_request(DUO, i, &again);
        assert_string_equal(buf_text(&again), buf_text(&first));
    }
}

static void what_settles_nothing_is_sent_again_byte_for_byte(void **state)
{
    static const struct duo_stub_answer SCRIPT[] = {
        { .status = 503 },
        { .status = 201, .version = "" },
        { .status = 403, .body = "[{" },
        { .status = 0 },
        { .status = 201 },
    };
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    char id[UUID_SIZE], header[80];

    (void)state;
    duo_stub_script(DUO, SCRIPT, 5);
    send("pip.melden", "{\"leerroute\":\"B\",\"dagtekeningPip\":\"2026-01-02\"}", NULL, id);
    wait_for(id, "delivered", 30);
    assert_int_equal(duo_stub_heard(DUO), 5);
    expect_same_requests(5);
    snprintf(header, sizeof(header), "\r\nberichtId: %s\r\n", id);
    assert_true(duo_stub_says(DUO, 0, header));
    find(id, &row);
    assert_int_equal(row.attempts, 5);
    assert_int_equal(id[14], '4'); /* a random one */
}

static void a_restart_between_attempts_keeps_the_berichtid(void **state)
{
    char id[UUID_SIZE], query[160], header[80];

    (void)state;
    duo_stub_say(DUO, 503, NULL);
    send("map.melden", "{\"datumEindgesprekMap\":\"2026-01-02\"}", HANDOVER, id);
    snprintf(query, sizeof(query),
             "SELECT count(*) FROM outbox WHERE id = '%s' AND state = 'queued'"
             " AND attempts > 0 AND reason = 'DUO answered HTTP 503'",
             id);
    assert_true(town_wait(&TOWN, query, 1, 10));
    town_stop(&TOWN);
    duo_stub_say(DUO, 200, NULL);
    town_start(&TOWN);
    wait_for(id, "delivered", 10);
    snprintf(header, sizeof(header), "\r\nberichtId: %s\r\n", id);
    assert_true(duo_stub_says(DUO, 0, header));
    assert_true(duo_stub_says(DUO, 0, "\r\n\r\n{\"datumEindgesprekMap\":\"2026-01-02\"}"));
}

/* --- not ours ------------------------------------------------------------------------------
 */

static void not_ours_is_believed_after_some_days(void **state)
{
    char id[UUID_SIZE], query[200];

    (void)state;
    duo_stub_say(DUO, 403, NULL);
    send("pip.lezen", NULL, HANDOVER, id);
    snprintf(query, sizeof(query),
             "SELECT count(*) FROM outbox WHERE id = '%s' AND state = 'queued'"
             " AND attempts > 0 AND reason = '403: not ours to ask, says DUO'",
             id);
    assert_true(town_wait(&TOWN, query, 1, 10));
    town_do(&TOWN, "UPDATE outbox SET created = created - 14 * 86400, next_try = 0");
    couriers_wake(TOWN.gateway.couriers);
    wait_for(id, "refused", 10);
    snprintf(query, sizeof(query),
             "SELECT count(*) FROM outbox WHERE id = '%s'"
             " AND reason = '403: not ours to ask, says DUO, for 14 days'",
             id);
    assert_int_equal(town_count(&TOWN, query), 1);
}

/* --- lanes ---------------------------------------------------------------------------------
 */

static void a_refused_report_takes_later_reports_along_and_nothing_else(void **state)
{
    static const struct duo_stub_answer SCRIPT[] = {
        { .status = 503 }, /* the rest is queued meanwhile */
        { .status = 403, .body = "[{\"fouttekst\":\"Nee.\"}]" },
        { .status = 404 },
    };
    char pip[UUID_SIZE], map[UUID_SIZE], lezen[UUID_SIZE], buiten[UUID_SIZE];

    (void)state;
    duo_stub_script(DUO, SCRIPT, 3);
    send("pip.melden", "{\"leerroute\":\"B\",\"dagtekeningPip\":\"2026-01-02\"}", HANDOVER,
         pip);
    assert_true(town_wait(&TOWN, "SELECT count(*) FROM outbox WHERE attempts > 0", 1, 10));
    send("map.melden", "{}", HANDOVER, map);
    send("boetes.lezen", NULL, HANDOVER, lezen);
    wait_for(pip, "refused", 10);
    wait_for(map, "cancelled", 10);
    wait_for(lezen, "delivered", 10);
    assert_int_equal(town_count(&TOWN, "SELECT count(*) FROM outbox WHERE state = 'cancelled'"
                                       " AND reason LIKE 'the report before it, %refused: 403"
                                       ": DUO says no%'"),
                     1);
    assert_int_equal(town_count(&TOWN, "SELECT count(*) FROM overdracht WHERE reden = ''"), 1);
    send("boetes.lezen", NULL, NULL, buiten); /* outside a handover */
    wait_for(buiten, "delivered", 10);
}

/* --- what DUO tells once --------------------------------------------------------------------
 */

#define CONTACT(naam)                                                                         \
    "{\"naam\":\"" naam "\",\"email\":\"j@utrecht.example\",\"telefoonnummer\":\"030286\"}"

struct looking {
    const char *contact;
    int64_t id;
};

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *looking = argument;
    json_auto_t *contact = json_loads(looking->contact, 0, NULL);

    return duo_contact_find(db, TOWN.gateway.keys, contact, &looking->id, fault);
}

static int64_t contact_id(const char *contact)
{
    struct looking looking = { .contact = contact };
    struct fault fault = { 0 };

    assert_true(store_run(TOWN.gateway.store, look_work, &looking, &fault));
    return looking.id;
}

static void the_id_of_a_contact_person_is_kept_until_it_is_withdrawn(void **state)
{
    char id[UUID_SIZE];

    (void)state;
    assert_int_equal(contact_id(CONTACT("J. Jansen")), 0);
    duo_stub_say(DUO, 201,
                 "{\"id\":12,\"contactpersoongegevens\":" CONTACT("Anders geschreven") "}");
    send("contactpersoon.melden", CONTACT("J. Jansen"), NULL, id);
    wait_for(id, "delivered", 10);
    assert_int_equal(contact_id(CONTACT("J. Jansen")), 12);
    duo_stub_say(DUO, 200, NULL);
    send("contactpersoon.wijzigen", CONTACT("P. Pietersen"), NULL, id);
    wait_for(id, "delivered", 10);
    assert_int_equal(contact_id(CONTACT("J. Jansen")), 0);
    assert_int_equal(contact_id(CONTACT("P. Pietersen")), 12);
    send("contactpersoon.intrekken", NULL, NULL, id);
    wait_for(id, "delivered", 10);
    assert_int_equal(contact_id(CONTACT("P. Pietersen")), 0);
}

/* --- what is not queued ---------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *what, *operation, *body;
    enum fault_code code;
    const char *says;
} REFUSED[] = {
    { "a report without a body", "map.melden", NULL, FAULT_USAGE, "map.melden: it takes a body" },
    { "a query with one", "map.lezen", "{}", FAULT_USAGE, "map.lezen: it takes no body" },
    { "another shape", "pip.melden", "{\"leerroute\":\"B\"}", FAULT_SCHEMA, "dagtekeningPip" },
    { "a member that DUO does not know", "map.melden", "{\"datum\":\"2026-01-02\"}", FAULT_SCHEMA, "DUO does not know this member" },
    { "what DUO tells us", "notificatie.melden", "{}", FAULT_USAGE, "that is for DUO to tell us" },
};
/* clang-format on */

static void what_duo_would_not_understand_is_not_queued(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        struct fault fault;
        char id[UUID_SIZE];
        if (queue(REFUSED[i].operation, REFUSED[i].body, NULL, id, &fault))
            fail_msg("queued: %s", REFUSED[i].what);
        if (fault.code != REFUSED[i].code || !strstr(fault.text, REFUSED[i].says))
            fail_msg("%s: %s", REFUSED[i].what, fault.text);
    }
    assert_int_equal(town_count(&TOWN, "SELECT count(*) FROM outbox"), 0);
}

/* --- at rest --------------------------------------------------------------------------------
 */

static const char *const CANARIES[] = { BSN, "Canarius", "J. Jansen", "dagtekeningPip" };
static int hits;

static int look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    SCOPED_BUF struct buf content = { 0 };
    struct fault fault = { 0 };

    (void)status, (void)place;
    if (kind != FTW_F || !file_read(path, 64u << 20, &content, &fault))
        return 0;
    for (size_t i = 0; i < sizeof(CANARIES) / sizeof(CANARIES[0]); i++)
        if (memmem(content.data, content.size, CANARIES[i], strlen(CANARIES[i]))) {
            print_error("%s holds %s\n", path, CANARIES[i]);
            hits++;
        }
    return 0;
}

/* Last: with all that the tests before it have left. */
static void nothing_about_anybody_lies_readable_in_the_home(void **state)
{
    char id[UUID_SIZE];

    (void)state;
    duo_stub_say(DUO, 403, "[{\"fouttekst\":\"" WOORDEN "\"}]");
    send("pip.melden", "{\"leerroute\":\"B\",\"dagtekeningPip\":\"2026-01-02\"}", NULL, id);
    wait_for(id, "refused", 10);
    duo_stub_say(DUO, 503, NULL);
    send("pip.lezen", NULL, NULL, id);
    assert_true(town_wait(&TOWN, "SELECT count(*) FROM outbox WHERE attempts > 0", 2, 10));
    assert_int_equal(nftw(TOWN.folder, look, 16, FTW_PHYS), 0);
    assert_int_equal(hits, 0);
}

#define TEST(function) cmocka_unit_test_teardown(function, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(duo_s_answer_settles_the_row_and_is_kept),
        TEST(what_settles_nothing_is_sent_again_byte_for_byte),
        TEST(a_restart_between_attempts_keeps_the_berichtid),
        TEST(not_ours_is_believed_after_some_days),
        TEST(a_refused_report_takes_later_reports_along_and_nothing_else),
        TEST(the_id_of_a_contact_person_is_kept_until_it_is_withdrawn),
        TEST(what_duo_would_not_understand_is_not_queued),
        TEST(nothing_about_anybody_lies_readable_in_the_home),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

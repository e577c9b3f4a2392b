/* One line in the log per attempt, with every field an operator greps for: delivered, to be
 * tried again, refused; of messages and of pings. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/call.h"
#include "gateway/clock.h"
#include "tests/hostile/hush.h"
#include "tests/scenario/fake.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */
#define MOMENT "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z "
#define ID "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000",
      .code = "0344",
      .naam = "Oud",
      .kind = PKI_P256,
      .level = "info" },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
static struct town *const OUD = &TOWNS[0], *const NIEUW = &TOWNS[1];
static struct fake *FAKE;

static void with_a_reason(struct forgery *forgery)
{
    forgery->receipt.aangenomen = false;
    snprintf(forgery->receipt.code, sizeof(forgery->receipt.code), "toestand");
    snprintf(forgery->receipt.tekst, sizeof(forgery->receipt.tekst), "nee");
}

static void as_it_is(struct forgery *forgery)
{
    (void)forgery;
}

/* clang-format off */
static const struct {
    struct lie lie;
    const char *state; /* the outbox row's, behind it */
    const char *says;  /* the rest of the line: level and fields */
} ATTEMPTS[] = {
    { { .status = 200, .spoil = as_it_is }, "delivered",
      "info    bericht=%s to=00000099000000002000 soort=dossier attempt=1 delay=[0-9]+ms"
      " status=delivered \\(aangenomen\\)$" },
    { { .status = 503 }, "queued",
      "warning bericht=%s to=00000099000000002000 soort=dossier attempt=1 delay=[0-9]+ms"
      " status=again in [0-9]+s \\(the peer answered HTTP 503 without a receipt\\)$" },
    { { .status = 200, .spoil = with_a_reason }, "refused",
      "info    bericht=%s to=00000099000000002000 soort=dossier attempt=1 delay=[0-9]+ms"
      " status=refused \\(toestand\\)$" },
};

static const struct {
    struct lie lie;
    bool good;
    const char *says;
} PINGS[] = {
    { { .status = 200, .spoil = as_it_is }, true,
      "info    bericht=" ID " to=00000099000000002000 soort=ping attempt=1 delay=[0-9]+ms"
      " status=delivered \\(aangenomen\\)$" },
    { { .status = 503 }, false,
      "warning bericht=" ID " to=00000099000000002000 soort=ping attempt=1 delay=[0-9]+ms"
      " status=failed \\(the peer answered HTTP 503 without a receipt\\)$" },
    { { .status = 200, .spoil = with_a_reason }, false,
      "warning bericht=" ID " to=00000099000000002000 soort=ping attempt=1 delay=[0-9]+ms"
      " status=refused \\(toestand: nee\\)$" },
};
/* clang-format on */

static int lines_that_say(const struct buf *log, const char *pattern)
{
    regex_t wanted;
    regmatch_t found;
    int count = 0;

    assert_int_equal(regcomp(&wanted, pattern, REG_EXTENDED | REG_NEWLINE), 0);
    for (const char *at = buf_text(log); regexec(&wanted, at, 1, &found, 0) == 0; count++)
        at += found.rm_eo;
    regfree(&wanted);
    return count;
}

static void assert_says_once(const struct buf *log, const char *line)
{
    SCOPED_BUF struct buf pattern = { 0 };

    buf_addf(&pattern, MOMENT "%s", line);
    if (lines_that_say(log, buf_text(&pattern)) != 1)
        fail_msg("not once: %s\n%s", buf_text(&pattern), buf_text(log));
    assert_null(hush_broken(log));
}

/* The line is written just after the row has changed, so the thread is waited for. */
static void send_and_read_the_log(const char *state, char overdracht[UUID_SIZE],
                                  struct buf *log)
{
    SCOPED_BUF struct buf query = { 0 };

    hush_start();
    town_start(OUD);
    town_send(OUD, NIEUW, overdracht);
    buf_addf(&query,
             "SELECT count(*) FROM outbox WHERE overdracht = '%s' AND attempts = 1"
             " AND state = '%s'",
             overdracht, state);
    bool good = town_wait(OUD, buf_text(&query), 1, SECONDS);
    town_stop(OUD);
    hush_stop(log);
    assert_true(good);
}

struct looking {
    const char *overdracht;
    struct outbox_row row;
    bool found;
};

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    return outbox_latest(db, l->overdracht, "dossier", &l->row, &l->found, fault);
}

static void id_of(const char *overdracht, char id[UUID_SIZE])
{
    struct looking l = { .overdracht = overdracht };
    struct fault fault = { 0 };

    assert_true(store_run(OUD->gateway.store, look_work, &l, &fault) && l.found);
    memcpy(id, l.row.id, UUID_SIZE);
    outbox_row_finish(&l.row);
}

static void each_attempt_is_one_line_with_all_its_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ATTEMPTS) / sizeof(ATTEMPTS[0]); i++) {
        char overdracht[UUID_SIZE], id[UUID_SIZE];
        SCOPED_BUF struct buf log = { 0 }, line = { 0 };
        const char *rest = strstr(ATTEMPTS[i].says, "%s");
        fake_tell(FAKE, &ATTEMPTS[i].lie);
        town_stop(OUD);
        send_and_read_the_log(ATTEMPTS[i].state, overdracht, &log);
        town_open(OUD);
        id_of(overdracht, id);
        buf_addf(&line, "%.*s%s%s", (int)(rest - ATTEMPTS[i].says), ATTEMPTS[i].says, id,
                 rest + 2);
        assert_says_once(&log, buf_text(&line));
    }
}

static bool ping(void)
{
    struct call call = { .gateway = &OUD->gateway,
                         .actor = "test",
                         .arguments = json_pack("{s:s}", "gemeente", NIEUW->oin),
                         .result = json_object() };
    struct fault fault = { 0 };

    uuid_v7(clock_now_ms(), call.id);
    bool good = call_peer_ping(&call, &fault);
    json_decref(call.arguments);
    json_decref(call.result);
    return good;
}

static void a_ping_is_such_a_line_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(PINGS) / sizeof(PINGS[0]); i++) {
        SCOPED_BUF struct buf log = { 0 };
        fake_tell(FAKE, &PINGS[i].lie);
        town_stop(OUD);
        town_start(OUD);
        hush_start();
        bool good = ping();
        hush_stop(&log);
        assert_int_equal(good, PINGS[i].good);
        assert_says_once(&log, PINGS[i].says);
    }
}

static int start(void **state)
{
    (void)state;
    town_install();
    town_gather(TOWNS, 2, 2);
    FAKE = fake_start(NIEUW);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fake_stop(FAKE);
    town_scatter(TOWNS, 2);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attempt_is_one_line_with_all_its_fields),
        cmocka_unit_test(a_ping_is_such_a_line_too),
    };

    return cmocka_run_group_tests(tests, start, stop);
}

/* A home that answers for two municipalities: DUO says that somebody settled with us, and not
 * in which of the two. Nothing is asked in the name of one of them by a guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/mover.h"
#include "tests/scenario/rel.h"

#define ASKED "rol = 'ontvanger' AND state = 'verzocht'"
#define SIGNALLED "rol = 'ontvanger' AND state = 'gesignaleerd'"
#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"
#define SECOND "0308" /* Baarn, beside Amersfoort */

#define REQUESTS                                                                              \
    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"                  \
    " WHERE h.bsn_index = %s AND o.soort = 'dossierverzoek'"
#define OPEN_TASKS                                                                            \
    "SELECT count(*) FROM taak t JOIN overdracht h ON h.id = t.overdracht"                    \
    " WHERE h.bsn_index = %s AND t.done IS NULL AND t.soort = 'wie-vragen'"
#define PIP_OF(code, day)                                                                     \
    "{\"gemeentecode\":\"" code "\",\"geregistreerd\":\"" day                                 \
    "\",\"pip\":{\"dagtekeningPip\":"                                                         \
    "\"" day "\",\"leerroute\":\"Z\",\"niveau\":\"A2\"}}"

static const char *signalled(const char *bsn, const char *says)
{
    rel_await_count(AMERSFOORT, bsn, OPEN_TASKS, 1);
    const char *id = rel_await(AMERSFOORT, bsn, SIGNALLED " AND eigen_code = ''");
    SCOPED_MEM char *tasks = rel_taken(AMERSFOORT, id);

    if (!strstr(tasks, says))
        fail_msg("no task says \"%s\":\n%s", says, tasks);
    assert_int_equal(rel_count(AMERSFOORT, bsn, REQUESTS), 0);
    return id;
}

static void ask_for(const char *bsn, const char *code)
{
    json_decref(rel_ask(
        AMERSFOORT, call_overdracht_request,
        json_pack("{s:s, s:s, s:s}", "gemeente", UTRECHT_CODE, "bsn", bsn, "from", code)));
    mover_wake(&AMERSFOORT->gateway);
}

/* The handover goes on under its id, on both sides in the name of the one that was said. */
static void a_person_says_for_which_of_ours_and_it_goes_on(void **state)
{
    static const char *const CODES[] = { SECOND, AMERSFOORT_CODE };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *bsn = rel_person();
        SCOPED_BUF struct buf ours = { 0 }, theirs = { 0 };
        rel_move(bsn, AMERSFOORT_CODE);
        const char *id = signalled(bsn, "Amersfoort (0307), Baarn (0308)");
        ask_for(bsn, CODES[i]);
        buf_addf(&ours, ASKED " AND eigen_code = '%s' AND id = '%s'", CODES[i], id);
        rel_await(AMERSFOORT, bsn, buf_text(&ours));
        buf_addf(&theirs, GIVEN " AND gemeentecode = '%s'", CODES[i]);
        rel_await(UTRECHT, bsn, buf_text(&theirs));
        rel_await_count(AMERSFOORT, bsn, OPEN_TASKS, 0);
    }
}

/* Utrecht knew more: its dossier is for one of them by name. */
static void a_dossier_that_comes_says_for_which(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    char file[UUID_SIZE];

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    (void)signalled(bsn, "Voor welke van onze gemeenten");
    rel_upload(UTRECHT, dossier, file);
    json_decref(rel_ask(UTRECHT, call_overdracht_send,
                        json_pack("{s:s, s:s}", "file", file, "to", SECOND)));
    rel_await(AMERSFOORT, bsn,
              "rol = 'ontvanger' AND state = 'ontvangen' AND eigen_code = '" SECOND "'");
}

/* From the one of ours to the other, perhaps: nobody else has the dossier, and no message goes
 * to ourselves. */
static void a_move_between_two_of_ours_is_for_a_person(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    rel_set(bsn, "pips", "[" PIP_OF("0308", "2025-03-10") "]");
    rel_set(bsn, "uren", "-");
    rel_move(bsn, AMERSFOORT_CODE);
    (void)signalled(bsn, "heeft zijn dossier hier: Baarn (0308)");
}

/* The other way round: asked as the one, we answer as the one. */
static void who_is_asked_as_one_of_two_answers_as_that_one(void **state)
{
    const char *bsn = rel_person();

    (void)state;
    json_decref(rel_ask(UTRECHT, call_overdracht_request,
                        json_pack("{s:s, s:s}", "gemeente", SECOND, "bsn", bsn)));
    const char *id = rel_await(AMERSFOORT, bsn, GIVEN " AND eigen_code = '" SECOND "'");
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");
    rel_answer(AMERSFOORT, id, UTRECHT_CODE, dossier);
    rel_await(UTRECHT, bsn,
              "rol = 'ontvanger' AND state = 'ontvangen' AND gemeentecode = '" SECOND "'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_says_for_which_of_ours_and_it_goes_on),
        cmocka_unit_test(a_dossier_that_comes_says_for_which),
        cmocka_unit_test(a_move_between_two_of_ours_is_for_a_person),
        cmocka_unit_test(who_is_asked_as_one_of_two_answers_as_that_one),
    };

    AMERSFOORT->code = AMERSFOORT_CODE ", " SECOND;
    return cmocka_run_group_tests(tests, rel_start, rel_stop);
}

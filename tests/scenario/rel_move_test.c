/* Somebody moves from Utrecht to Amersfoort, DUO says so, and the dossier follows: the whole
 * way with a stand-in for DUO and nobody at a desk but for the two decisions that are
 * people's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "tests/scenario/rel.h"

#define RECEIVED "rol = 'ontvanger' AND state = 'ontvangen'"
#define ASKED "rol = 'ontvanger' AND state = 'verzocht'"
#define GIVEN "rol = 'verstrekker' AND state = 'gevraagd'"

/* T-REL-1 */
static void a_notification_brings_the_dossier_and_the_pip_is_taken_over(void **state)
{
    const char *bsn = rel_person();
    SCOPED_MEM char *dossier = rel_dossier(bsn, "", "");

    (void)state;
    rel_move(bsn, AMERSFOORT_CODE);
    rel_await(AMERSFOORT, bsn, ASKED);
    const char *given = rel_await(UTRECHT, bsn, GIVEN " AND gemeentecode = '0307'");
    rel_answer(UTRECHT, given, AMERSFOORT_CODE, dossier);
    const char *received = rel_await(AMERSFOORT, bsn, RECEIVED);
    json_decref(rel_ask(AMERSFOORT, call_overdracht_accept,
                        json_pack("{s:s, s:s}", "id", received, "push", "ja")));
    rel_await(UTRECHT, bsn, "state = 'overgenomen'");
    rel_await_count(AMERSFOORT, bsn,
                    "SELECT count(*) FROM outbox o JOIN overdracht h ON h.id = o.overdracht"
                    " WHERE h.bsn_index = %s AND o.soort IN ('pip.melden',"
                    " 'contactpersoon.melden', 'contactpersoon.koppelen')"
                    " AND o.state = 'delivered'",
                    3);
    rel_say("show %s pips", bsn);
    assert_non_null(strstr(rel_duo.said, "\"gemeentecode\":\"0307\""));
    rel_say("show %s contactpersoon", bsn);
    assert_null(strstr(rel_duo.said, "null"));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_notification_brings_the_dossier_and_the_pip_is_taken_over),
    };

    return cmocka_run_group_tests(TESTS, rel_start, rel_stop);
}

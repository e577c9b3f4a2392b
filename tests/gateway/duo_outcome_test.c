/* What each answer of DUO means, for each kind of operation; and that all names say what they
 * do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/duo_outcome.h"

/* clang-format off */
static const struct {
    const char *operation;
    int status;
    bool words;
    enum duo_settling settling;
    const char *says;
} CASES[] = {
    /* what the operation declares as success, and only that */
    { "pip.lezen",             200, false, DUO_DELIVERED, "" },
    { "pip.lezen",             201, false, DUO_AGAIN,     "" },
    { "pip.lezen",             204, false, DUO_AGAIN,     "" },
    { "pip.melden",            201, false, DUO_DELIVERED, "" },
    { "pip.melden",            200, false, DUO_AGAIN,     "" },
    { "pip.intrekken",         200, false, DUO_DELIVERED, "" },
    { "pip.intrekken",         204, false, DUO_AGAIN,     "" },
    { "aanbod.intrekken",      204, false, DUO_DELIVERED, "" },
    { "aanbod.intrekken",      200, false, DUO_AGAIN,     "" },
    { "map.melden",            200, false, DUO_DELIVERED, "" },
    /* nothing is known */
    { "pip.lezen",             404, false, DUO_DELIVERED, "404: niets bekend" },
    { "pip.lezen",             404, true,  DUO_DELIVERED, "404: niets bekend" },
    { "map.melden",            404, false, DUO_REFUSED,   "404: DUO knows nothing" },
    { "pip.melden",            404, false, DUO_REFUSED,   "404: DUO knows nothing" },
    { "pip.intrekken",         404, false, DUO_REFUSED,   "404: nothing (left) to withdraw" },
    { "instellingen.lezen",    404, false, DUO_AGAIN,     "" }, /* not declared: a wrong address */
    { "contactpersoon.melden", 404, false, DUO_AGAIN,     "" },
    /* wrong */
    { "pip.lezen",             400, false, DUO_REFUSED,   "400" },
    { "map.melden",            400, false, DUO_REFUSED,   "400" },
    { "aanbod.intrekken",      400, true,  DUO_REFUSED,   "400" },
    /* no, with and without words */
    { "pip.lezen",             403, false, DUO_PATIENT,   "403: not ours" },
    { "pip.lezen",             403, true,  DUO_REFUSED,   "403: DUO says no" },
    { "pip.melden",            403, false, DUO_PATIENT,   "403: not ours" },
    { "pip.melden",            403, true,  DUO_REFUSED,   "403: DUO says no" },
    { "pip.intrekken",         403, true,  DUO_REFUSED,   "403: DUO says no" },
    { "verlengingsgronden.lezen", 403, true, DUO_AGAIN,   "" }, /* not declared */
    /* says nothing about what was asked, whether declared or not */
    { "pip.lezen",             401, false, DUO_AGAIN,     "" },
    { "boetes.lezen",          401, false, DUO_AGAIN,     "" },
    { "pip.melden",            401, true,  DUO_AGAIN,     "" },
    { "pip.melden",            409, false, DUO_AGAIN,     "" },
    { "pip.melden",            429, false, DUO_AGAIN,     "" },
    { "pip.lezen",             500, false, DUO_AGAIN,     "" },
    { "boetes.lezen",          500, false, DUO_AGAIN,     "" },
    { "pip.melden",            502, false, DUO_AGAIN,     "" },
    { "pip.melden",            503, true,  DUO_AGAIN,     "" },
    { "pip.melden",            302, false, DUO_AGAIN,     "" },
    { "pip.melden",            0,   false, DUO_AGAIN,     "" },
};
/* clang-format on */

static void each_answer_means_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct duo_operation *operation = duo_operation_named(CASES[i].operation);
        assert_non_null(operation);
        struct duo_outcome outcome =
            duo_outcome_of(operation, CASES[i].status, CASES[i].words);
        if (outcome.settling != CASES[i].settling
            || strncmp(outcome.says, CASES[i].says, strlen(CASES[i].says)) != 0)
            fail_msg("%s %d %s words: %d \"%s\"", CASES[i].operation, CASES[i].status,
                     CASES[i].words ? "with" : "without", outcome.settling, outcome.says);
    }
}

/* outbox.c goes by the name. */
static void a_query_is_called_lezen_and_nothing_else_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *operation = duo_operation_at(i);
        const char *dot = strrchr(operation->name, '.');
        assert_non_null(dot);
        assert_int_equal(strcmp(dot, ".lezen") == 0, duo_outcome_is_query(operation));
        assert_true(strlen(operation->name) < 48); /* outbox_row.soort */
    }
}

static void every_operation_settles_by_its_success_and_by_no_other_2xx(void **state)
{
    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++)
        for (int status = 200; status < 300; status++) {
            const struct duo_operation *operation = duo_operation_at(i);
            enum duo_settling settling = duo_outcome_of(operation, status, false).settling;
            assert_int_equal(settling,
                             status == operation->success ? DUO_DELIVERED : DUO_AGAIN);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_answer_means_what_the_table_says),
        cmocka_unit_test(a_query_is_called_lezen_and_nothing_else_is),
        cmocka_unit_test(every_operation_settles_by_its_success_and_by_no_other_2xx),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

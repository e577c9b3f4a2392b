/* The codes of DUO's notifications: each once, in the form DUO declares, with its meaning. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/duo/gebeurtenis.h"

static void each_code_stands_once_in_order_and_has_the_form_of_duo(void **state)
{
    (void)state;
    for (size_t i = 0; i < gebeurtenis_count(); i++) {
        const struct gebeurtenis *one = gebeurtenis_at(i);
        assert_true(i == 0 || strcmp(gebeurtenis_at(i - 1)->code, one->code) < 0);
        assert_in_range(strlen(one->code), 1, 6);
        for (const char *at = one->code; *at; at++)
            assert_true(isdigit((unsigned char)*at) || isupper((unsigned char)*at));
        assert_ptr_equal(gebeurtenis_named(one->code), one);
        assert_true(strlen(one->betekenis) > 10);
    }
}

static void the_codes_of_duo_are_all_there(void **state)
{
    static const char *const CODES[] = {
        "SS101", "SS102", "SS103", "SS104", "SS106", "SS107", "SS108", "SS109", "SS110",
        "SS111", "SS112", "SS113", "SS114", "SS115", "SS116", "SS117", "SS118", "SS119",
        "SS120", "SS121", "SS122", "SS123", "SS124", "SS125", "SS126", "SS127", "SS128",
        "SS129", "SS130", "SS131", "SS132", "SS133", "SS135", "SS136", "SS137", "SS139",
        "SS140", "SS141", "SS142", "SS198", "SS199",
    };

    (void)state;
    assert_int_equal(gebeurtenis_count(), sizeof(CODES) / sizeof(CODES[0]));
    for (size_t i = 0; i < gebeurtenis_count(); i++)
        assert_string_equal(gebeurtenis_at(i)->code, CODES[i]);
}

static void what_duo_does_not_use_and_what_is_new_is_not_known(void **state)
{
    static const char *const CODES[] = { "SS105", "SS134", "SS138", "SS200",
                                         "ss121", "SS12",  "X",     "" };

    (void)state;
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++) {
        assert_null(gebeurtenis_named(CODES[i]));
        assert_int_equal(gebeurtenis_kind_of(CODES[i]), GEBEURTENIS_ONBEKEND);
        assert_non_null(strstr(gebeurtenis_betekenis(CODES[i]), "niet bekend"));
    }
}

static void a_move_is_told_from_a_departure(void **state)
{
    static const struct {
        const char *code;
        enum gebeurtenis_kind kind;
    } CASES[] = {
        { "SS120", GEBEURTENIS_VERHUIZING }, { "SS121", GEBEURTENIS_VERHUIZING },
        { "SS122", GEBEURTENIS_VERTREK },    { "SS123", GEBEURTENIS_VERTREK },
        { "SS129", GEBEURTENIS_MOGELIJK },   { "SS130", GEBEURTENIS_MOGELIJK },
        { "SS139", GEBEURTENIS_MOGELIJK },   { "SS199", GEBEURTENIS_INFORMATIE },
    };
    size_t others = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        assert_int_equal(gebeurtenis_kind_of(CASES[i].code), CASES[i].kind);
    for (size_t i = 0; i < gebeurtenis_count(); i++)
        others += gebeurtenis_at(i)->kind != GEBEURTENIS_INFORMATIE;
    assert_int_equal(others, 7);
}

static void a_move_with_a_pip_asks_for_the_pip_first(void **state)
{
    const struct gebeurtenis *moved = gebeurtenis_named("SS121");

    (void)state;
    assert_string_equal(moved->raadplegen[0], "pip.lezen");
    assert_string_equal(moved->raadplegen[1], "inburgeringsplicht.lezen");
    assert_null(gebeurtenis_named("SS122")->raadplegen[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_stands_once_in_order_and_has_the_form_of_duo),
        cmocka_unit_test(the_codes_of_duo_are_all_there),
        cmocka_unit_test(what_duo_does_not_use_and_what_is_new_is_not_known),
        cmocka_unit_test(a_move_is_told_from_a_departure),
        cmocka_unit_test(a_move_with_a_pip_asks_for_the_pip_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

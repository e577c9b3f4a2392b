/* The table of DUO's operations: all of them, with their paths both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/duo/operation.h"

static const struct duo_address EVERYTHING = { "999990019", "0000012345", "42" };

static void there_are_39_operations_of_15_apis(void **state)
{
    bool seen[DUO_APIS] = { false };

    (void)state;
    assert_int_equal(duo_operation_count(), 38 + 1);
    assert_int_equal(DUO_APIS, 15);
    for (size_t i = 0; i < duo_operation_count(); i++)
        seen[duo_operation_at(i)->api] = true;
    for (size_t i = 0; i < DUO_APIS; i++) {
        assert_true(seen[i]);
        assert_true(strlen(duo_api_name((enum duo_api)i)) > 0);
        assert_true(strlen(duo_api_version((enum duo_api)i)) == 5);
    }
    assert_null(duo_operation_at(duo_operation_count()));
}

static void each_is_found_by_its_name_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++)
        assert_ptr_equal(duo_operation_named(duo_operation_at(i)->name), duo_operation_at(i));
    assert_null(duo_operation_named("pip"));
    assert_null(duo_operation_named(""));
}

static void a_verb_has_the_method_and_the_success_of_its_specification(void **state)
{
    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *at = duo_operation_at(i);
        bool get = strcmp(at->method, "GET") == 0;
        assert_int_equal(get, strstr(at->name, ".lezen") != NULL);
        assert_int_equal(get, at->answer != NULL && !at->body);
        if (strcmp(at->method, "POST") == 0)
            assert_int_equal(at->success, 201);
        if (strcmp(at->method, "PUT") == 0 || get)
            assert_int_equal(at->success, 200);
        if (strcmp(at->method, "DELETE") == 0)
            assert_int_equal(at->success,
                             strcmp(at->name, "aanbod.intrekken") == 0 ? 204 : 200);
        for (const int *status = at->statuses; *status; status++)
            assert_in_range(*status, 400, 503);
    }
}

static void each_path_leads_back_to_its_operation(void **state)
{
    (void)state;
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *operation = duo_operation_at(i), *found = NULL;
        struct duo_address address;
        struct fault fault = { 0 };
        SCOPED_BUF struct buf path = { 0 };

        assert_true(duo_path(operation, &EVERYTHING, &path, &fault));
        assert_memory_equal(buf_text(&path), "/v1/", 4);
        assert_null(strchr(buf_text(&path), '{'));
        assert_true(duo_route(operation->method, buf_text(&path), &found, &address));
        assert_ptr_equal(found, operation);
        assert_string_equal(address.bsn,
                            strstr(operation->path, "{bsn}") ? EVERYTHING.bsn : "");
        assert_string_equal(address.id, strstr(operation->path, "{id}") ? EVERYTHING.id : "");
    }
}

static void paths_are_spelled_as_duo_spells_them(void **state)
{
    static const struct {
        const char *operation, *path;
    } CASES[] = {
        { "pip.lezen", "/v1/personen/999990019/PIP" },
        { "aanbod.melden", "/v1/personen/999990019/Inburgeringsaanbod/0000012345" },
        { "uren-instelling.melden",
          "/v1/personen/999990019/uren/instellingen/0000012345/taallesknm" },
        { "contactpersoon.koppelen", "/v1/contactpersonen/42/personen/999990019" },
        { "instellingen.lezen", "/v1/instellingen" },
        { "notificatie.melden", "/v1/notificaties" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        SCOPED_BUF struct buf path = { 0 };
        assert_true(
            duo_path(duo_operation_named(CASES[i].operation), &EVERYTHING, &path, &fault));
        assert_string_equal(buf_text(&path), CASES[i].path);
    }
}

static void a_path_is_not_made_of_wrong_parts(void **state)
{
    static const struct {
        const char *operation;
        struct duo_address address;
        const char *says;
    } CASES[] = {
        { "pip.lezen", { "", "", "" }, "{bsn}" },
        { "pip.lezen", { "99999001", "", "" }, "{bsn}" },
        { "pip.lezen", { "999990018", "", "" }, "{bsn}" }, /* fails the 11-test */
        { "pip.lezen", { "99999001/", "", "" }, "{bsn}" },
        { "aanbod.melden", { "999990019", "", "" }, "{instellingsnummer}" },
        { "aanbod.melden", { "999990019", "000001234", "" }, "{instellingsnummer}" },
        { "aanbod.melden", { "999990019", "00000/2345", "" }, "{instellingsnummer}" },
        { "aanbod.melden", { "999990019", "000001234\xC3", "" }, "{instellingsnummer}" },
        { "contactpersoon.intrekken", { "", "", "" }, "{id}" },
        { "contactpersoon.intrekken", { "", "", "0" }, "{id}" },
        { "contactpersoon.intrekken", { "", "", "007" }, "{id}" },
        { "contactpersoon.koppelen", { "", "", "42" }, "{bsn}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        SCOPED_BUF struct buf path = { 0 };
        assert_false(duo_path(duo_operation_named(CASES[i].operation), &CASES[i].address,
                              &path, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_non_null(strstr(fault.text, CASES[i].says));
        assert_null(strstr(fault.text, "9999"));
    }
}

static void what_is_no_path_of_duo_leads_nowhere(void **state)
{
    static const struct {
        const char *method, *path;
    } CASES[] = {
        { "GET", "" },
        { "GET", "/" },
        { "GET", "/v1" },
        { "GET", "/personen/999990019/PIP" },
        { "GET", "/v2/personen/999990019/PIP" },
        { "GET", "/v11/personen/999990019/PIP" },
        { "GET", "/v1/personen/999990019/pip" },
        { "GET", "/v1/personen/999990019/PIP/" },
        { "GET", "/v1/personen/999990019/PIP?x=1" },
        { "GET", "/v1/personen/99999001/PIP" },
        { "GET", "/v1/personen/9999900190/PIP" },
        { "GET", "/v1/personen//PIP" },
        { "GET", "/v1/personen/99999001%39/PIP" },
        { "PUT", "/v1/personen/999990019/PIP" },
        { "get", "/v1/personen/999990019/PIP" },
        { "GET", "/v1/personen/999990019/zroute" },
        { "GET", "/v1/notificaties" },
        { "DELETE", "/v1/contactpersonen/0" },
        { "DELETE", "/v1/contactpersonen/100000" },
        { "DELETE", "/v1/contactpersonen/01" },
        { "DELETE", "/v1/contactpersonen/" },
        { "POST", "/v1/personen/999990019/inburgeringsaanbod/0000012345" },
        { "POST", "/v1/personen/999990019/Inburgeringsaanbod/000001234" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct duo_operation *found = NULL;
        struct duo_address address;
        assert_false(duo_route(CASES[i].method, CASES[i].path, &found, &address));
        assert_null(found);
        assert_string_equal(address.bsn, "");
    }
}

/* docs/duo.md is written by hand; what it says of each operation must be what is done. */
static void the_page_has_a_row_for_each_operation(void **state)
{
    static char page[65536];
    FILE *file = fopen(SOURCE_DIR "/docs/duo.md", "re");

    (void)state;
    assert_non_null(file);
    assert_true(fread(page, 1, sizeof(page) - 1, file) > 0);
    fclose(file);
    for (size_t i = 0; i < duo_operation_count(); i++) {
        const struct duo_operation *operation = duo_operation_at(i);
        char name[64], api[64], path[160];
        snprintf(name, sizeof(name), "\n| `%s` |", operation->name);
        snprintf(api, sizeof(api), "| %s %s |", duo_api_name(operation->api),
                 duo_api_version(operation->api));
        snprintf(path, sizeof(path), "| %s `%s` |", operation->method, operation->path);
        const char *row = strstr(page, name);
        if (!row || !strstr(page, api) || !strstr(row, path)
            || strstr(row, path) > strchr(row + 1, '\n'))
            fail_msg("docs/duo.md has no row%s %s %s", name, api, path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_39_operations_of_15_apis),
        cmocka_unit_test(each_is_found_by_its_name_and_no_other),
        cmocka_unit_test(a_verb_has_the_method_and_the_success_of_its_specification),
        cmocka_unit_test(each_path_leads_back_to_its_operation),
        cmocka_unit_test(paths_are_spelled_as_duo_spells_them),
        cmocka_unit_test(a_path_is_not_made_of_wrong_parts),
        cmocka_unit_test(what_is_no_path_of_duo_leads_nowhere),
        cmocka_unit_test(the_page_has_a_row_for_each_operation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* JSON from outside: what is taken, what is refused and in which words; and, when it is there,
 * the JSONTestSuite. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/json.h"

static bool reads(const void *bytes, size_t size, struct fault *fault)
{
    json_t *root = NULL;
    bool read = json_read(bytes, size, JSON_BYTES_MAX, &root, fault);

    assert_int_equal(read, root != NULL);
    json_decref(root);
    return read;
}

static void what_writers_make_is_read(void **state)
{
    static const char *const GOOD[] = {
        "{}",
        "[]",
        " \t\r\n{\"a\": [1, -2, 0.5, 1e3, true, false, null]} \n",
        "\"\xC3\xA9 \\u00e9 \\ud83c\\udfc3 \\\" \\\\ [[[[[[[[[[[[[[[[[[[[[[\"",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", /* sixteen */
        "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]",
        "9223372036854775807",
        "-9223372036854775808",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
        struct fault fault = { 0 };
        if (!reads(GOOD[i], strlen(GOOD[i]), &fault))
            fail_msg("%s: %s", GOOD[i], fault.text);
    }
}

/* `size` 0: as long as the text is. */
static const struct {
    const char *json;
    size_t size;
    const char *says;
} REFUSED[] = {
    { "", 0, "JSON, line 1, byte 0: it ends too early" },
    { " ", 0, "it ends too early" },
    { "{\"a\": 1", 0, "it ends too early" },
    { "{\"a\": 1} x", 0, "something stands behind its end" },
    { "{}\0", 3, "a NUL" },
    { "{\"bsn\": 1, \"bsn\": 2}", 0, "a name that comes twice" },
    { "{\"bsn\": 1, \"\\u0062sn\": 2}", 0, "a name that comes twice" },
    { "[\"a\\u0000b\"]", 0, "a NUL" },
    { "{\"a\\u0000b\": 1}", 0, "a NUL" },
    { "[\"a\0b\"]", 7, "a NUL" },
    { "[1\0]", 4, "a NUL" },
    { "[\"\xC3\"]", 0, "bytes that are no UTF-8" },
    { "[\"\xC0\x80\"]", 0, "bytes that are no UTF-8" },
    { "[\"\xED\xA0\x80\"]", 0, "bytes that are no UTF-8" },
    { "[\"\\ud800\"]", 0, "not JSON" },
    { "\xEF\xBB\xBF{}", 0, "not JSON" },
    { "[9223372036854775808]", 0, "a number that does not fit" },
    { "[18446744073709551616]", 0, "a number that does not fit" },
    { "[1e400]", 0, "a number that does not fit" },
    { "[01]", 0, "not JSON" },
    { "[+1]", 0, "not JSON" },
    { "[NaN]", 0, "not JSON" },
    { "['a']", 0, "not JSON" },
    { "[1,]", 0, "not JSON" },
    { "{\"a\":1,}", 0, "not JSON" },
    { "/* a */ {}", 0, "not JSON" },
    { "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", 0, "JSON: nested deeper than 16" },
    { "[\"\\\"\", [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", 0, "JSON: nested deeper than 16" },
};

static void what_two_readers_could_read_as_two_things_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        struct fault fault = { 0 };
        size_t size = REFUSED[i].size ? REFUSED[i].size : strlen(REFUSED[i].json);
        if (reads(REFUSED[i].json, size, &fault))
            fail_msg("read: %s", REFUSED[i].json);
        assert_int_equal(fault.code, FAULT_DOCUMENT);
        if (!strstr(fault.text, REFUSED[i].says))
            fail_msg("%s: %s", REFUSED[i].json, fault.text);
    }
}

static void a_fault_does_not_tell_what_stood_there(void **state)
{
    static const char JSON[] = "{\"bsn\": 999990019x, \"naam\": \"Kanarie\"}";
    struct fault fault = { 0 };

    (void)state;
    assert_false(reads(JSON, strlen(JSON), &fault));
    assert_null(strstr(fault.text, "9999"));
    assert_null(strstr(fault.text, "bsn"));
    assert_non_null(strstr(fault.text, "JSON, line 1, byte "));
}

static void more_than_is_allowed_is_not_even_looked_at(void **state)
{
    json_t *root = NULL;
    struct fault fault = { 0 };

    (void)state;
    assert_false(json_read("[1]", 3, 2, &root, &fault));
    assert_int_equal(fault.code, FAULT_SIZE);
    assert_true(json_read("[1]", 3, 3, &root, &fault));
    json_decref(root);
}

/* --- the suite of somebody else ---------------------------------------------------------- */

/* Must be read by the suite's rules, and is refused by ours. */
static const char *const OURS[] = {
    "y_object_duplicated_key.json",
    "y_object_duplicated_key_and_value.json",
    "y_object_escaped_null_in_key.json",
    "y_string_null_escape.json",
};

/* Of what the suite leaves free, and of what was added to it: the ones that may be read. */
static const char *const FREE[] = {
    "i_number_double_huge_neg_exp.json",
    "i_number_real_underflow.json",
    "prec.json",
};

static bool is_one_of(const char *name, const char *const list[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static void load(const char *folder, const char *name, struct buf *bytes)
{
    char path[8192];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t got = 1; got > 0; buf_grown(bytes, got))
        got = fread(buf_reserve(bytes, 65536), 1, 65536, file);
    (void)fclose(file);
}

static size_t check_folder(const char *folder)
{
    size_t count = 0;
    DIR *directory = opendir(folder);

    assert_non_null(directory);
    for (struct dirent *at = readdir(directory); at; at = readdir(directory)) {
        SCOPED_BUF struct buf bytes = { 0 };
        struct fault fault = { 0 };
        const char *name = at->d_name;
        if (!strstr(name, ".json"))
            continue;
        load(folder, name, &bytes);
        bool want =
            is_one_of(name, FREE, sizeof(FREE) / sizeof(FREE[0]))
            || (name[0] == 'y' && !is_one_of(name, OURS, sizeof(OURS) / sizeof(OURS[0])));
        if (reads(bytes.size ? (const void *)bytes.data : "", bytes.size, &fault) != want)
            fail_msg("%s: %s", name, want ? fault.text : "was read");
        count++;
    }
    (void)closedir(directory);
    return count;
}

static void the_suite_agrees(void **state)
{
    const char *corpus = getenv("ESTAFETTE_CORPUS");
    char folder[4096];
    struct stat there;

    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s/jsontestsuite/test_parsing",
                   corpus ? corpus : SOURCE_DIR "/../shared/corpus");
    if (stat(folder, &there) != 0) {
        print_message("SKIPPED: no %s (set ESTAFETTE_CORPUS)\n", folder);
        return;
    }
    assert_true(check_folder(folder) > 300);
    (void)snprintf(folder, sizeof(folder), "%s/jsontestsuite/extra",
                   corpus ? corpus : SOURCE_DIR "/../shared/corpus");
    assert_true(check_folder(folder) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_writers_make_is_read),
        cmocka_unit_test(what_two_readers_could_read_as_two_things_is_refused),
        cmocka_unit_test(a_fault_does_not_tell_what_stood_there),
        cmocka_unit_test(more_than_is_allowed_is_not_even_looked_at),
        cmocka_unit_test(the_suite_agrees),
    };

    mem_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The small codecs: faults, buffers, digests, ids, times, base64. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/base64.h"
#include "codecs/digest.h"
#include "codecs/moment.h"
#include "codecs/uuid.h"

static void a_fault_tells_what_and_what_to_do(void **state)
{
    struct fault fault = { 0 };

    (void)state;
    assert_false(fault_set(&fault, FAULT_SCHEMA, "line %d", 12));
    assert_string_equal(fault.text, "line 12");
    assert_int_equal(fault_exit_code(&fault), 65);
    assert_true(strlen(fault_action(&fault)) > 0);
    fault_advise(&fault, "look at %s", "it");
    assert_string_equal(fault_action(&fault), "look at it");
    assert_int_equal(fault_code_named("schema"), FAULT_SCHEMA);
}

static void every_fault_has_a_name_and_an_action(void **state)
{
    (void)state;
    for (int code = 1; code < FAULT_CODE_COUNT; code++) {
        struct fault fault = { .code = (enum fault_code)code };
        assert_true(strlen(fault_name(fault.code)) > 0);
        assert_true(strlen(fault_action(&fault)) > 0);
        assert_int_not_equal(fault_exit_code(&fault), 0);
        assert_int_equal(fault_code_named(fault_name(fault.code)), code);
    }
}

static void a_buf_grows_and_stays_a_string(void **state)
{
    struct buf buf = { 0 };

    (void)state;
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        buf_addf(&buf, "%03d", i);
    assert_int_equal(buf.size, 3000);
    assert_memory_equal(buf.data + 2997, "999", 4);
    buf_finish(&buf);
    assert_null(buf.data);
}

static void digests_read_back_as_people_write_them(void **state)
{
    struct digest digest, again;
    char hex[DIGEST_HEX];

    (void)state;
    digest_of("abc", 3, &digest);
    digest_hex(&digest, hex);
    assert_string_equal(hex,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(digest_from_hex("BA78 16bf 8f01cfea:414140de5dae2223-b00361a396177a9cb410ff61"
                                "f20015ad\n",
                                &again));
    assert_true(digest_equal(&digest, &again));
    assert_false(digest_from_hex("ba78", &again));
    hex[5] = 'x';
    assert_false(digest_from_hex(hex, &again));
}

static void ids_sort_by_time_and_have_one_form(void **state)
{
    char first[UUID_SIZE], second[UUID_SIZE], random[UUID_SIZE];

    (void)state;
    uuid_v7(1700000000000, first);
    uuid_v7(1700000000001, second);
    uuid_v4(random);
    assert_true(strcmp(first, second) < 0);
    assert_true(uuid_valid(first) && uuid_valid(random));
    assert_int_equal(first[14], '7');
    assert_int_equal(random[14], '4');
    first[0] = 'G';
    assert_false(uuid_valid(first));
    assert_false(uuid_valid("018bcfe5-6800-7000-8000-00000000000"));
}

static void times_are_utc_and_exist(void **state)
{
    static const char *const BAD[] = { "",
                                       "2026-02-30T00:00:00Z",
                                       "2026-11-23T18:05:00",
                                       "2026-11-23T18:05:00+01:00",
                                       "2026-11-23 18:05:00Z",
                                       "2026-11-23T24:00:00Z",
                                       "1969-12-31T23:59:59Z" };
    time_t at;
    char text[MOMENT_SIZE];

    (void)state;
    assert_true(moment_parse("2026-11-23T18:05:00Z", &at));
    moment_format(at, text);
    assert_string_equal(text, "2026-11-23T18:05:00Z");
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_false(moment_parse(BAD[i], &at));
}

static void base64_is_strict(void **state)
{
    static const char *const BAD[] = { "A", "AA=A", "A===", "AAAA*AAA", "====" };
    struct fault fault = { 0 };
    struct buf text = { 0 }, bytes = { 0 };

    (void)state;
    for (size_t size = 0; size < 70; size++) {
        char in[70];
        memset(in, (int)size, sizeof(in));
        buf_clear(&text);
        buf_clear(&bytes);
        base64_encode(in, size, &text);
        assert_true(base64_decode(buf_text(&text), &bytes, &fault));
        assert_int_equal(bytes.size, size);
        if (size)
            assert_memory_equal(bytes.data, in, size);
    }
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_false(base64_decode(BAD[i], &bytes, &fault));
    buf_finish(&text);
    buf_finish(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_tells_what_and_what_to_do),
        cmocka_unit_test(every_fault_has_a_name_and_an_action),
        cmocka_unit_test(a_buf_grows_and_stays_a_string),
        cmocka_unit_test(digests_read_back_as_people_write_them),
        cmocka_unit_test(ids_sort_by_time_and_have_one_form),
        cmocka_unit_test(times_are_utc_and_exist),
        cmocka_unit_test(base64_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

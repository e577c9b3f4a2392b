/* Files in pieces: in order, once each, bounded in size and number, and forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/uuid.h"
#include "gateway/upload.h"

#define MOST 10

static bool add_bytes(const char *file, size_t offset, const void *bytes, size_t size,
                      struct fault *fault)
{
    SCOPED_BUF struct buf piece = { 0 };
    size_t held;

    if (size)
        buf_add(&piece, bytes, size);
    return upload_add(file, offset, &piece, MOST, &held, fault);
}

static bool add(const char *file, size_t offset, const char *text, struct fault *fault)
{
    return add_bytes(file, offset, text, strlen(text), fault);
}

static void assert_held(const char *file, const char *expected)
{
    SCOPED_BUF struct buf content = { 0 };
    struct fault fault = { 0 };

    assert_true(upload_read(file, &content, &fault));
    assert_string_equal(buf_text(&content), expected);
    assert_int_equal(content.size, strlen(expected));
}

static int forget(void **state)
{
    (void)state;
    upload_forget_all();
    return 0;
}

static void pieces_in_order_make_the_file_and_it_stays_until_forgotten(void **state)
{
    char file[UUID_SIZE], other[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    uuid_v4(file);
    uuid_v4(other);
    assert_true(add(file, 0, "abc", &fault));
    assert_true(add(other, 0, "x", &fault));
    assert_true(add(file, 3, "de", &fault));
    assert_held(file, "abcde");
    assert_held(file, "abcde");
    upload_forget(file);
    SCOPED_BUF struct buf content = { 0 };
    assert_false(upload_read(file, &content, &fault));
    assert_int_equal(fault.code, FAULT_UNKNOWN);
    assert_string_equal(fault.text, "no such file was sent, or it was forgotten");
    assert_held(other, "x");
}

/* The client asks again when an answer was lost. */
static void the_last_piece_again_changes_nothing(void **state)
{
    char file[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    uuid_v4(file);
    assert_true(add(file, 0, "abc", &fault));
    assert_true(add(file, 0, "abc", &fault));
    assert_true(add(file, 3, "de", &fault));
    assert_true(add(file, 3, "de", &fault));
    assert_held(file, "abcde");
}

static void a_piece_that_does_not_follow_is_refused_and_told_where_we_are(void **state)
{
    static const struct {
        size_t offset;
        const char *text, *says;
    } CASES[] = {
        { 0, "abc", "piece at 0, but 5 bytes are held" },
        { 2, "cde!", "piece at 2, but 5 bytes are held" },
        { 3, "dX", "piece at 3, but 5 bytes are held" },
        { 4, "de", "piece at 4, but 5 bytes are held" },
        { 6, "g", "piece at 6, but 5 bytes are held" },
        { SIZE_MAX, "abcdef", "piece at 18446744073709551615, but 5 bytes are held" },
        { SIZE_MAX - 2, "abcdefgh", "piece at 18446744073709551613, but 5 bytes are held" },
    };
    char file[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    uuid_v4(file);
    assert_true(add(file, 0, "abc", &fault) && add(file, 3, "de", &fault));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        assert_false(add(file, CASES[i].offset, CASES[i].text, &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_string_equal(fault.text, CASES[i].says);
        assert_held(file, "abcde");
    }
}

static void a_file_that_is_too_large_is_refused_and_keeps_what_it_had(void **state)
{
    char file[UUID_SIZE], whole[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    uuid_v4(file);
    uuid_v4(whole);
    assert_true(add(file, 0, "123456789", &fault));
    assert_false(add(file, 9, "01", &fault));
    assert_int_equal(fault.code, FAULT_SIZE);
    assert_string_equal(fault.text, "the file is larger than 10 bytes");
    assert_held(file, "123456789");
    assert_true(add(file, 9, "0", &fault));
    assert_false(add(file, 10, "1", &fault));
    assert_false(add(whole, 0, "12345678901", &fault));
    assert_int_equal(fault.code, FAULT_SIZE);
}

static void an_empty_piece_is_no_piece(void **state)
{
    char file[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    uuid_v4(file);
    assert_true(add(file, 0, "", &fault));
    assert_held(file, "");
    assert_true(add(file, 0, "abc", &fault));
    assert_true(add(file, 3, "", &fault));
    assert_true(add(file, 3, "de", &fault));
    assert_held(file, "abcde");
}

static void a_name_that_is_no_uuid_is_refused(void **state)
{
    static const char *const NAMES[] = { "", "x", "../../etc/passwd",
                                         "0192c000-0000-7000-8000-00000000000",
                                         "0192C000-0000-7000-8000-00000000000A" };
    struct fault fault = { 0 };
    SCOPED_BUF struct buf content = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        assert_false(add(NAMES[i], 0, "a", &fault));
        assert_int_equal(fault.code, FAULT_USAGE);
        assert_string_equal(fault.text, "file is not a UUID");
        assert_false(upload_read(NAMES[i], &content, &fault));
        upload_forget(NAMES[i]);
    }
}

static void there_is_room_for_so_many_files_and_again_when_one_is_forgotten(void **state)
{
    char files[UPLOADS_MAX + 1][UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        uuid_v4(files[i]);
        assert_true(add(files[i], 0, "a", &fault));
    }
    uuid_v4(files[UPLOADS_MAX]);
    assert_false(add(files[UPLOADS_MAX], 0, "a", &fault));
    assert_int_equal(fault.code, FAULT_TEMPORARY);
    assert_string_equal(fault.text, "too many files are being sent at once");
    assert_true(add(files[3], 1, "b", &fault));
    upload_forget(files[7]);
    assert_true(add(files[UPLOADS_MAX], 0, "a", &fault));
    assert_held(files[3], "ab");
}

/* Requests that failed do not keep their files from others. */
static void a_file_that_was_read_gives_way_to_a_new_one(void **state)
{
    SCOPED_BUF struct buf content = { 0 };
    char files[UPLOADS_MAX][UUID_SIZE], file[UUID_SIZE];
    struct fault fault = { 0 };

    (void)state;
    for (size_t i = 0; i < UPLOADS_MAX; i++) {
        uuid_v4(files[i]);
        assert_true(add(files[i], 0, "a", &fault));
    }
    assert_true(upload_read(files[5], &content, &fault));
    uuid_v4(file);
    assert_true(add(file, 0, "b", &fault));
    assert_held(file, "b"); /* which reads it */
    assert_false(upload_read(files[5], &content, &fault));
    uuid_v4(file);
    assert_true(add(file, 0, "c", &fault));
    uuid_v4(file);
    assert_false(add(file, 0, "d", &fault)); /* the rest is still on its way */
    assert_held(files[0], "a");
}

/* Else sixteen mistakes would close the door for an hour. */
static void a_refused_first_piece_takes_no_room(void **state)
{
    struct fault fault = { 0 };
    char file[UUID_SIZE];

    (void)state;
    for (size_t i = 0; i < (size_t)2 * UPLOADS_MAX; i++) {
        uuid_v4(file);
        assert_false(add(file, i % 2, i % 2 ? "abc" : "12345678901", &fault));
        assert_int_equal(fault.code, i % 2 ? FAULT_USAGE : FAULT_SIZE);
    }
    assert_true(add(file, 0, "abc", &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(pieces_in_order_make_the_file_and_it_stays_until_forgotten,
                                  forget),
        cmocka_unit_test_teardown(the_last_piece_again_changes_nothing, forget),
        cmocka_unit_test_teardown(
            a_piece_that_does_not_follow_is_refused_and_told_where_we_are, forget),
        cmocka_unit_test_teardown(a_file_that_is_too_large_is_refused_and_keeps_what_it_had,
                                  forget),
        cmocka_unit_test_teardown(an_empty_piece_is_no_piece, forget),
        cmocka_unit_test_teardown(a_name_that_is_no_uuid_is_refused, forget),
        cmocka_unit_test_teardown(
            there_is_room_for_so_many_files_and_again_when_one_is_forgotten, forget),
        cmocka_unit_test_teardown(a_file_that_was_read_gives_way_to_a_new_one, forget),
        cmocka_unit_test_teardown(a_refused_first_piece_takes_no_room, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

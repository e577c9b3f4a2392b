/* Documents on disk: in pieces, in order, whole only when they are what their name says. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/bijlagen.h"
#include "peers/file.h"

#define OIN "00000099000000001000"
#define SIZE 5000

static struct home HOME_OF;
static unsigned char BYTES[SIZE];
static char NAME[DIGEST_HEX];

static int make(void **state)
{
    char path[] = "/tmp/bijlagen_test.XXXXXX";
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    if (!mkdtemp(path) || !home_open(path, &HOME_OF, &fault))
        return -1;
    for (size_t i = 0; i < SIZE; i++)
        BYTES[i] = (unsigned char)(i * 13 + 1);
    digest_of(BYTES, SIZE, &digest);
    digest_hex(&digest, NAME);
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int tidy(void **state)
{
    (void)state;
    return nftw(HOME_OF.path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool add(int64_t offset, size_t size, bool *whole, struct fault *fault)
{
    const struct bijlagen_piece piece = { offset, SIZE, BYTES + offset, size };

    return bijlagen_add(&HOME_OF, OIN, NAME, &piece, whole, fault);
}

static int64_t held(bool *whole)
{
    int64_t bytes;

    bijlagen_held(&HOME_OF, OIN, NAME, &bytes, whole);
    return bytes;
}

static void pieces_in_order_make_it_whole(void **state)
{
    struct fault fault = { 0 };
    SCOPED_FD int fd = -1;
    unsigned char back[SIZE];
    size_t got;
    bool whole;

    (void)state;
    assert_int_equal(held(&whole), 0);
    assert_true(add(0, 3000, &whole, &fault) && !whole);
    assert_int_equal(held(&whole), 3000);
    assert_false(whole);
    assert_false(bijlagen_open(&HOME_OF, OIN, NAME, &fd, &fault));
    assert_int_equal(fault.code, FAULT_MISSING);
    assert_true(add(3000, 2000, &whole, &fault) && whole);
    assert_int_equal(held(&whole), SIZE);
    assert_true(whole);
    assert_true(bijlagen_open(&HOME_OF, OIN, NAME, &fd, &fault));
    assert_true(file_get(fd, back, SIZE, 0, &got));
    assert_int_equal(got, SIZE);
    assert_memory_equal(back, BYTES, SIZE);
    assert_true(add(3000, 2000, &whole, &fault) && whole); /* a repeat changes nothing */
}

static void a_piece_that_is_not_the_next_is_refused(void **state)
{
    static const int64_t OFFSETS[] = { 1, 999, 1001, 4000 };
    struct fault fault = { 0 };
    bool whole;

    (void)state;
    assert_true(add(0, 1000, &whole, &fault));
    for (size_t i = 0; i < sizeof(OFFSETS) / sizeof(OFFSETS[0]); i++) {
        assert_false(add(OFFSETS[i], 500, &whole, &fault));
        assert_int_equal(fault.code, FAULT_STATE);
    }
    assert_int_equal(held(&whole), 1000);
}

static void what_is_not_what_its_name_says_is_gone(void **state)
{
    const struct bijlagen_piece wrong = { 1000, SIZE, BYTES, SIZE - 1000 };
    struct fault fault = { 0 };
    bool whole;

    (void)state;
    assert_true(add(0, 1000, &whole, &fault));
    assert_false(bijlagen_add(&HOME_OF, OIN, NAME, &wrong, &whole, &fault));
    assert_int_equal(fault.code, FAULT_ATTACHMENT);
    assert_int_equal(held(&whole), 0);
    assert_true(add(0, SIZE, &whole, &fault) && whole);
}

static void two_cannot_add_at_the_same_time(void **state)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };
    bool whole;

    (void)state;
    assert_true(add(0, 1000, &whole, &fault));
    snprintf(path, sizeof(path), "%s/bijlagen/" OIN "/%s.deel", HOME_OF.path, NAME);
    SCOPED_FD int fd = open(path, O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_false(add(1000, 1000, &whole, &fault));
    assert_int_equal(fault.code, FAULT_TEMPORARY);
}

static void only_digests_are_names(void **state)
{
    static const char *const BAD[] = {
        "",
        ".",
        "..",
        "../../../etc/passwd",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
        "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef/123456789abcdef0123456789abcdef",
        "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    };

    (void)state;
    assert_true(bijlagen_name_valid(NAME));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_false(bijlagen_name_valid(BAD[i]));
}

static void a_link_is_not_followed(void **state)
{
    char folder[PATH_MAX], path[PATH_MAX + 80];
    struct fault fault = { 0 };
    SCOPED_FD int fd = -1;
    bool whole;

    (void)state;
    assert_true(bijlagen_folder(&HOME_OF, OIN, folder, &fault));
    snprintf(path, sizeof(path), "%s/%s", folder, NAME);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_int_equal(held(&whole), 0);
    assert_false(bijlagen_open(&HOME_OF, OIN, NAME, &fd, &fault));
    snprintf(path, sizeof(path), "%s/%s.deel", folder, NAME);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_false(add(0, 1000, &whole, &fault));
    assert_int_equal(fault.code, FAULT_IO);
}

static void folders_and_files_are_for_their_owner_only(void **state)
{
    char path[PATH_MAX];
    struct stat status;
    struct fault fault = { 0 };
    bool whole;

    (void)state;
    assert_true(add(0, SIZE, &whole, &fault));
    snprintf(path, sizeof(path), "%s/bijlagen/" OIN, HOME_OF.path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/bijlagen/" OIN "/%s", HOME_OF.path, NAME);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

/* --- as a dossier says it ---------------------------------------------------------------- */

static struct document enclose(const char *head, size_t size)
{
    struct document document = { .id = "pip-1", .enclosed = true };
    unsigned char plain[SIZE] = { 0 }, cipher[SIZE + BIJLAGE_TAG];
    char name[DIGEST_HEX];
    struct fault fault = { 0 };
    bool whole;

    snprintf((char *)plain, sizeof(plain), "%s", head);
    struct bijlage *bijlage = bijlage_encrypt(document.key);
    bijlage_pass(bijlage, plain, size, cipher);
    bijlage_seal(bijlage, cipher + size, &document.plain);
    bijlage_destroy(bijlage);
    document.cipher_size = (int64_t)size + BIJLAGE_TAG;
    digest_of(cipher, size + BIJLAGE_TAG, &document.cipher);
    digest_hex(&document.cipher, name);
    const struct bijlagen_piece piece = { 0, document.cipher_size, cipher,
                                          size + BIJLAGE_TAG };
    assert_true(bijlagen_add(&HOME_OF, OIN, name, &piece, &whole, &fault) && whole);
    return document;
}

static void another_key(struct document *document)
{
    document->key[0] ^= 1;
}

static void another_size(struct document *document)
{
    document->plain.size--;
    document->cipher_size--;
}

static void another_digest(struct document *document)
{
    document->plain.sha256.bytes[7] ^= 1;
}

static void another_type(struct document *document)
{
    document->plain.mediatype = "image/png";
}

static void another_file(struct document *document)
{
    document->cipher.bytes[0] ^= 1;
}

static void a_document_must_be_all_that_the_dossier_says(void **state)
{
    static const struct {
        void (*change)(struct document *document);
        enum fault_code code;
        const char *says;
    } CASES[] = {
        { another_key, FAULT_ATTACHMENT, "document pip-1: does not open" },
        { another_size, FAULT_ATTACHMENT, "document pip-1: is of another size" },
        { another_digest, FAULT_ATTACHMENT, "document pip-1: is not the one" },
        { another_type, FAULT_ATTACHMENT, "document pip-1: its content is not of its media" },
        { another_file, FAULT_MISSING, "is not here (not yet)" },
    };
    struct document document = enclose("%PDF-1.4", SIZE);
    struct fault fault = { 0 };

    (void)state;
    if (!bijlagen_verify(&HOME_OF, OIN, &document, &fault))
        fail_msg("%s", fault.text);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct document changed = document;
        CASES[i].change(&changed);
        assert_false(bijlagen_verify(&HOME_OF, OIN, &changed, &fault));
        assert_int_equal(fault.code, CASES[i].code);
        if (!strstr(fault.text, CASES[i].says))
            fail_msg("%s", fault.text);
    }
    assert_false(bijlagen_verify(&HOME_OF, "00000099000000002000", &document, &fault));
    assert_int_equal(fault.code, FAULT_MISSING); /* what others sent is not there for it */
}

/* Killed between the last piece and the name, as if the name had never been given. */
static void what_came_whole_but_got_no_name_gets_it_now(void **state)
{
    char path[PATH_MAX], part[PATH_MAX], name[DIGEST_HEX];
    struct document document = enclose("%PDF-1.4", SIZE);
    struct fault fault = { 0 };
    int64_t bytes;
    bool whole;

    (void)state;
    digest_hex(&document.cipher, name);
    snprintf(path, sizeof(path), "%s/bijlagen/" OIN "/%s", HOME_OF.path, name);
    snprintf(part, sizeof(part), "%s/bijlagen/" OIN "/%s.deel", HOME_OF.path, name);
    assert_int_equal(rename(path, part), 0);
    assert_int_equal(truncate(part, document.cipher_size - 1), 0);
    assert_false(bijlagen_verify(&HOME_OF, OIN, &document, &fault));
    assert_int_equal(fault.code, FAULT_MISSING);
    assert_int_equal(remove(part), 0);
    document = enclose("%PDF-1.4", SIZE);
    digest_hex(&document.cipher, name);
    snprintf(path, sizeof(path), "%s/bijlagen/" OIN "/%s", HOME_OF.path, name);
    snprintf(part, sizeof(part), "%s/bijlagen/" OIN "/%s.deel", HOME_OF.path, name);
    assert_int_equal(rename(path, part), 0);
    bijlagen_held(&HOME_OF, OIN, name, &bytes, &whole);
    assert_int_equal(bytes, document.cipher_size);
    assert_false(whole);
    assert_true(bijlagen_verify(&HOME_OF, OIN, &document, &fault));
    bijlagen_held(&HOME_OF, OIN, name, &bytes, &whole);
    assert_true(whole);
}

/* The same, and a power cut took some of its bytes: the sender must bring it again, and is not
 * refused for it. */
static void what_was_torn_is_missing_and_comes_again(void **state)
{
    char path[PATH_MAX], part[PATH_MAX], name[DIGEST_HEX];
    struct document document = enclose("%PDF-1.4", SIZE);
    struct fault fault = { 0 };
    int64_t bytes;
    bool whole;

    (void)state;
    digest_hex(&document.cipher, name);
    snprintf(path, sizeof(path), "%s/bijlagen/" OIN "/%s", HOME_OF.path, name);
    snprintf(part, sizeof(part), "%s/bijlagen/" OIN "/%s.deel", HOME_OF.path, name);
    assert_int_equal(rename(path, part), 0);
    SCOPED_FD int fd = open(part, O_WRONLY);
    assert_true(file_put(fd, "\0\0\0\0", 4, 100));
    assert_false(bijlagen_verify(&HOME_OF, OIN, &document, &fault));
    assert_int_equal(fault.code, FAULT_MISSING);
    bijlagen_held(&HOME_OF, OIN, name, &bytes, &whole);
    assert_int_equal(bytes, 0);
}

static void a_kind_that_may_not_travel_is_refused_whatever_it_is_called(void **state)
{
    struct document document = enclose("<html><script>", 2000);
    struct fault fault = { 0 };

    (void)state;
    document.plain.mediatype = "application/pdf";
    assert_false(bijlagen_verify(&HOME_OF, OIN, &document, &fault));
    assert_int_equal(fault.code, FAULT_ATTACHMENT);
    document.plain.mediatype = "text/html";
    assert_false(bijlagen_verify(&HOME_OF, OIN, &document, &fault));
    assert_int_equal(fault.code, FAULT_ATTACHMENT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make, tidy)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_in_order_make_it_whole),
        TEST(a_piece_that_is_not_the_next_is_refused),
        TEST(what_is_not_what_its_name_says_is_gone),
        TEST(two_cannot_add_at_the_same_time),
        TEST(only_digests_are_names),
        TEST(a_link_is_not_followed),
        TEST(folders_and_files_are_for_their_owner_only),
        TEST(a_document_must_be_all_that_the_dossier_says),
        TEST(what_came_whole_but_got_no_name_gets_it_now),
        TEST(what_was_torn_is_missing_and_comes_again),
        TEST(a_kind_that_may_not_travel_is_refused_whatever_it_is_called),
    };

    mem_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

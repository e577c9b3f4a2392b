/* A document as it travels: piece by piece, out of the middle, and never when it was changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "codecs/base/mem.h"
#include "codecs/bijlage.h"
#include "codecs/mediatype.h"

#define SIZE 100003

static unsigned char PLAIN[SIZE], CIPHER[SIZE], TAG[BIJLAGE_TAG], KEY[BIJLAGE_KEY];
static struct bijlage_facts FACTS;

static int seal(void **state)
{
    struct bijlage *bijlage;

    (void)state;
    mem_install();
    for (size_t i = 0; i < SIZE; i++)
        PLAIN[i] = (unsigned char)(i * 7 + i / 251);
    memcpy(PLAIN, "%PDF-1.7", sizeof("%PDF-1.7"));
    bijlage = bijlage_encrypt(KEY);
    for (size_t at = 0, step = 1; at < SIZE; at += step, step = step * 3 % 9973)
        bijlage_pass(bijlage, PLAIN + at, at + step < SIZE ? step : SIZE - at, CIPHER + at);
    bijlage_seal(bijlage, TAG, &FACTS);
    bijlage_destroy(bijlage);
    return 0;
}

static bool unseal(const unsigned char *cipher, size_t size, const unsigned char *tag,
                   const unsigned char *key, unsigned char *plain, struct bijlage_facts *facts)
{
    struct bijlage *bijlage = bijlage_decrypt(key);
    struct fault fault = { 0 };

    bijlage_pass(bijlage, cipher, size, plain);
    bool good = bijlage_open(bijlage, tag, facts, &fault);
    bijlage_destroy(bijlage);
    if (!good)
        assert_int_equal(fault.code, FAULT_ATTACHMENT);
    return good;
}

static void what_went_in_comes_out_and_both_sides_know_the_same(void **state)
{
    static unsigned char plain[SIZE];
    struct bijlage_facts facts;
    struct digest digest;

    (void)state;
    digest_of(PLAIN, SIZE, &digest);
    assert_true(unseal(CIPHER, SIZE, TAG, KEY, plain, &facts));
    assert_memory_equal(plain, PLAIN, SIZE);
    assert_true(digest_equal(&facts.sha256, &digest) && digest_equal(&FACTS.sha256, &digest));
    assert_int_equal(facts.size, SIZE);
    assert_int_equal(FACTS.size, SIZE);
    assert_string_equal(facts.mediatype, "application/pdf");
}

/* Written with EVP alone, as somebody who only has docs/protocol.md would. */
static void it_is_plain_aes_256_gcm_with_a_nonce_of_zeros(void **state)
{
    static unsigned char expected[SIZE];
    const unsigned char nonce[12] = { 0 };
    unsigned char tag[16];
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    int made;

    (void)state;
    assert_int_equal(EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, KEY, nonce), 1);
    assert_int_equal(EVP_EncryptUpdate(cipher, expected, &made, PLAIN, SIZE), 1);
    assert_int_equal(EVP_EncryptFinal_ex(cipher, expected, &made), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, 16, tag), 1);
    EVP_CIPHER_CTX_free(cipher);
    assert_memory_equal(expected, CIPHER, SIZE);
    assert_memory_equal(tag, TAG, 16);
}

static void whatever_was_changed_does_not_open(void **state)
{
    static unsigned char plain[SIZE], cipher[SIZE];
    unsigned char tag[BIJLAGE_TAG], key[BIJLAGE_KEY];
    struct bijlage_facts facts;

    (void)state;
    for (size_t at = 0; at < SIZE; at += 4999) {
        memcpy(cipher, CIPHER, SIZE);
        cipher[at] ^= 0x10;
        assert_false(unseal(cipher, SIZE, TAG, KEY, plain, &facts));
    }
    for (size_t i = 0; i < BIJLAGE_TAG; i++) {
        memcpy(tag, TAG, sizeof(tag));
        tag[i] ^= 1;
        assert_false(unseal(CIPHER, SIZE, tag, KEY, plain, &facts));
    }
    memcpy(key, KEY, sizeof(key));
    key[31] ^= 1;
    assert_false(unseal(CIPHER, SIZE, TAG, key, plain, &facts));
    assert_false(unseal(CIPHER, SIZE - 1, TAG, KEY, plain, &facts));
}

static void a_piece_out_of_the_middle_is_that_piece(void **state)
{
    static const int64_t OFFSETS[] = { 0, 16, 4096, 65536, 99984 };
    unsigned char piece[512];

    (void)state;
    for (size_t i = 0; i < sizeof(OFFSETS) / sizeof(OFFSETS[0]); i++) {
        size_t left = (size_t)(SIZE - OFFSETS[i]);
        size_t size = left < sizeof(piece) ? left : sizeof(piece);
        bijlage_piece(KEY, OFFSETS[i], CIPHER + OFFSETS[i], size, piece);
        assert_memory_equal(piece, PLAIN + OFFSETS[i], size);
    }
}

static void each_document_has_a_key_of_its_own(void **state)
{
    unsigned char one[BIJLAGE_KEY], other[BIJLAGE_KEY];

    (void)state;
    bijlage_destroy(bijlage_encrypt(one));
    bijlage_destroy(bijlage_encrypt(other));
    assert_memory_not_equal(one, other, BIJLAGE_KEY);
}

static void only_kinds_on_the_list_are_known_by_their_content(void **state)
{
    static const struct {
        const char *head;
        size_t size;
        const char *mediatype, *extension;
    } CASES[] = {
        { "%PDF-1.4\n", 9, "application/pdf", "pdf" },
        { "\xff\xd8\xff\xe0....JFIF", 12, "image/jpeg", "jpg" },
        { "\x89PNG\r\n\x1a\n....", 12, "image/png", "png" },
        { "II*\0....", 8, "image/tiff", "tif" },
        { "MM\0*....", 8, "image/tiff", "tif" },
        { "%PDF", 4, NULL, NULL },
        { " %PDF-1.4", 9, NULL, NULL },
        { "PK\x03\x04 docx", 9, NULL, NULL },
        { "MZ\x90 exe", 7, NULL, NULL },
        { "<html><script>", 14, NULL, NULL },
        { "<?xml version", 13, NULL, NULL },
        { "{\\rtf1", 6, NULL, NULL },
        { "GIF89a", 6, NULL, NULL },
        { "", 0, NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *found = mediatype_of(CASES[i].head, CASES[i].size);
        if (!CASES[i].mediatype) {
            assert_null(found);
            continue;
        }
        assert_string_equal(found, CASES[i].mediatype);
        assert_string_equal(mediatype_extension(found), CASES[i].extension);
    }
    assert_null(mediatype_extension("text/html"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_went_in_comes_out_and_both_sides_know_the_same),
        cmocka_unit_test(it_is_plain_aes_256_gcm_with_a_nonce_of_zeros),
        cmocka_unit_test(whatever_was_changed_does_not_open),
        cmocka_unit_test(a_piece_out_of_the_middle_is_that_piece),
        cmocka_unit_test(each_document_has_a_key_of_its_own),
        cmocka_unit_test(only_kinds_on_the_list_are_known_by_their_content),
    };

    return cmocka_run_group_tests(tests, seal, NULL);
}

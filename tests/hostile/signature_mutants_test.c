/* Every small change to a signed message: each byte flipped and replaced, deleted and doubled,
 * and every truncation. What is still accepted must be the same message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"

/* With what does not always count: an unused prefix, attributes, references, line ends. */
static const char MESSAGE[] =
    "<b:bericht xmlns:b=\"urn:nl:estafette:bericht:1\" xmlns:unused=\"urn:unused\">\n"
    " <b:kop><b:berichtId soort=\"ping\" a='&quot;'>0192c000</b:berichtId></b:kop>\r\n"
    " <dossier xmlns=\"urn:nl:estafette:dossier:1\"><naam>J\xC3\xA9 &amp; &#75;</naam><leeg/>"
    "</dossier>\n</b:bericht>";

static struct pki *PKI;
static X509 *SIGNER;
static struct buf SIGNED, CANONICAL;

static struct tally {
    size_t tried, refused, same;
} TALLY;

static void try(const struct buf *mutant, const char *how, size_t at)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };

    TALLY.tried++;
    if (!xmldoc_parse(mutant->data, mutant->size, &doc, &fault)
        || !signature_verify(doc, SIGNER, &canonical, &digest, &fault)) {
        TALLY.refused++;
        assert_true(fault.text[0] != '\0' && canonical.size == 0);
        return;
    }
    TALLY.same++;
    if (canonical.size != CANONICAL.size
        || memcmp(canonical.data, CANONICAL.data, canonical.size) != 0)
        fail_msg("%s at byte %zu: accepted as another message", how, at);
}

static void report(const char *how, size_t at_most)
{
    print_message("%-12s %6zu mutants, %6zu refused, %4zu the same message\n", how,
                  TALLY.tried, TALLY.refused, TALLY.same);
    assert_true(TALLY.same <= at_most);
    TALLY = (struct tally){ 0 };
}

static void copy_of(struct buf *mutant)
{
    buf_clear(mutant);
    buf_add(mutant, SIGNED.data, SIGNED.size);
}

static void no_flipped_byte_makes_another_message(void **state)
{
    SCOPED_BUF struct buf mutant = { 0 };

    (void)state;
    copy_of(&mutant);
    for (size_t at = 0; at < mutant.size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            mutant.data[at] = (unsigned char)(SIGNED.data[at] ^ (1 << bit));
            try(&mutant, "flipped", at);
        }
        mutant.data[at] = SIGNED.data[at];
    }
    report("flipped", SIGNED.size / 10);
}

static void no_replaced_byte_makes_another_message(void **state)
{
    static const char BY[] = "<>&\"' /:=A0\n\r";
    SCOPED_BUF struct buf mutant = { 0 };

    (void)state;
    copy_of(&mutant);
    for (size_t at = 0; at < mutant.size; at++) {
        for (size_t i = 0; i < sizeof(BY); i++) { /* the NUL too */
            if (BY[i] == (char)SIGNED.data[at])
                continue;
            mutant.data[at] = (unsigned char)BY[i];
            try(&mutant, "replaced", at);
        }
        mutant.data[at] = SIGNED.data[at];
    }
    report("replaced", SIGNED.size / 10);
}

static void no_truncation_makes_another_message(void **state)
{
    SCOPED_BUF struct buf mutant = { 0 };

    (void)state;
    copy_of(&mutant);
    while (mutant.size > 0) {
        mutant.size--;
        try(&mutant, "truncated", mutant.size);
    }
    report("truncated", 1); /* the line end behind the root */
}

static void no_deleted_byte_makes_another_message(void **state)
{
    SCOPED_BUF struct buf mutant = { 0 };

    (void)state;
    for (size_t at = 0; at < SIGNED.size; at++) {
        buf_clear(&mutant);
        buf_add(&mutant, SIGNED.data, at);
        buf_add(&mutant, SIGNED.data + at + 1, SIGNED.size - at - 1);
        try(&mutant, "deleted", at);
    }
    report("deleted", SIGNED.size / 10);
}

static void no_doubled_byte_makes_another_message(void **state)
{
    SCOPED_BUF struct buf mutant = { 0 };

    (void)state;
    for (size_t at = 0; at < SIGNED.size; at++) {
        buf_clear(&mutant);
        buf_add(&mutant, SIGNED.data, at + 1);
        buf_add(&mutant, SIGNED.data + at, SIGNED.size - at);
        try(&mutant, "doubled", at);
    }
    report("doubled", SIGNED.size / 10);
}

static int install(void **state)
{
    struct pki_leaf leaf = { .purpose = PURPOSE_ONDERTEKENEN };
    SCOPED_XMLDOC xmlDoc *doc = NULL, *again = NULL;
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    mem_install();
    xmldoc_install();
    PKI = pki_create(PKI_P256, "Mutants test root");
    leaf.key = pki_key(PKI_P256, 0);
    SIGNER = pki_issue(PKI, &leaf);
    return xmldoc_parse(MESSAGE, strlen(MESSAGE), &doc, &fault)
                   && signature_sign(doc, leaf.key, SIGNER, &SIGNED, &digest, &fault)
                   && xmldoc_parse(SIGNED.data, SIGNED.size, &again, &fault)
                   && signature_verify(again, SIGNER, &CANONICAL, &digest, &fault)
               ? 0
               : -1;
}

static int uninstall(void **state)
{
    (void)state;
    X509_free(SIGNER);
    pki_destroy(PKI);
    buf_finish(&SIGNED);
    buf_finish(&CANONICAL);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_flipped_byte_makes_another_message),
        cmocka_unit_test(no_replaced_byte_makes_another_message),
        cmocka_unit_test(no_truncation_makes_another_message),
        cmocka_unit_test(no_deleted_byte_makes_another_message),
        cmocka_unit_test(no_doubled_byte_makes_another_message),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}

/* Documents that broke other people's software, from the corpus beside the project. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"

static struct pki *PKI;
static X509 *SIGNER;
static size_t SEEN, PARSED, REFUSED_BY_SHAPE;
static double SLOWEST;

static const char *corpus(void)
{
    const char *path = getenv("ESTAFETTE_CORPUS");

    return path && *path ? path : SOURCE_DIR "/../shared/corpus";
}

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool load(const char *path, struct buf *bytes)
{
    FILE *file = fopen(path, "rb");

    if (!file)
        return false;
    buf_grown(bytes, fread(buf_reserve(bytes, XMLDOC_BYTES_MAX), 1, XMLDOC_BYTES_MAX, file));
    return fclose(file) == 0;
}

static void refuse_signature(const char *path, xmlDoc *doc)
{
    SCOPED_BUF struct buf canonical = { 0 };
    X509 *certificate = NULL;
    struct digest digest;
    struct fault fault = { 0 };

    if (signature_certificate(doc, &certificate, &fault)
        || signature_verify(doc, SIGNER, &canonical, &digest, &fault))
        fail_msg("%s was accepted", path);
    assert_int_equal(fault.code, FAULT_SIGNATURE);
    assert_true(fault.text[0] != '\0');
    REFUSED_BY_SHAPE++;
}

static int read_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf bytes = { 0 };
    struct fault fault = { 0 };

    (void)info;
    (void)at;
    if (type != FTW_F || !load(path, &bytes))
        return 0;
    SEEN++;
    bool has_markup = memmem(bytes.data, bytes.size, "<!", 2) != NULL;
    double before = cpu_seconds();
    bool parsed = xmldoc_parse(bytes.data, bytes.size, &doc, &fault);
    double spent = cpu_seconds() - before;
    SLOWEST = spent > SLOWEST ? spent : SLOWEST;
    assert_true(parsed == (fault.code == FAULT_NONE));
    if (!parsed)
        return 0;
    PARSED++;
    if (has_markup)
        fail_msg("%s was parsed, with its '<!'", path);
    refuse_signature(path, doc);
    return 0;
}

static void read_all(const char *folder)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", corpus(), folder);
    SEEN = PARSED = REFUSED_BY_SHAPE = 0;
    SLOWEST = 0;
    if (nftw(path, read_one, 16, FTW_PHYS) != 0 || SEEN == 0) {
        print_message("SKIPPED: no corpus at %s (set ESTAFETTE_CORPUS)\n", path);
        skip();
    }
    print_message("%s: %zu files, %zu well-formed to us, all %zu without our Signature; "
                  "slowest %.1f ms\n",
                  folder, SEEN, PARSED, REFUSED_BY_SHAPE, SLOWEST * 1e3);
    assert_int_equal(PARSED, REFUSED_BY_SHAPE);
    assert_true(SLOWEST < 1.0);
}

static void the_signatures_of_santuario_are_refused(void **state)
{
    (void)state;
    read_all("santuario");
}

static void the_signatures_of_xml_crypto_are_refused(void **state)
{
    (void)state;
    read_all("xml-crypto");
}

static void the_regressions_of_libxml2_neither_crash_nor_last(void **state)
{
    (void)state;
    read_all("libxml2-regress");
}

static int install(void **state)
{
    struct pki_leaf leaf = { .purpose = PURPOSE_ONDERTEKENEN, .key = pki_key(PKI_P256, 0) };

    (void)state;
    mem_install();
    xmldoc_install();
    PKI = pki_create(PKI_P256, "Corpus test root");
    SIGNER = pki_issue(PKI, &leaf);
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    X509_free(SIGNER);
    pki_destroy(PKI);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signatures_of_santuario_are_refused),
        cmocka_unit_test(the_signatures_of_xml_crypto_are_refused),
        cmocka_unit_test(the_regressions_of_libxml2_neither_crash_nor_last),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}

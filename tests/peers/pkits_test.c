/* NIST PKITS (certification path validation, v1.0.1): of its invalid paths not one is
 * accepted. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peers/file.h"
#include "peers/trust.h"

#define AT 1735689600 /* 2025: the certificates are valid from 2010 to 2030 */

static char FOLDER[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(FOLDER, sizeof(FOLDER), "/tmp/estafette-trust-XXXXXX");
    return mkdtemp(FOLDER) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int drop_folder(void **state)
{
    (void)state;
    return nftw(FOLDER, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void write_in(const char *folder, const char *name, const struct buf *content)
{
    char path[256];
    struct fault fault = { 0 };

    snprintf(path, sizeof(path), "%s/%s", FOLDER, folder);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%s/%s", FOLDER, folder, name);
    if (!file_write(path, 0600, content->data, content->size, &fault))
        fail_msg("%s", fault.text);
}

struct pkits {
    struct trust *trust;
    int accepted_bad, refused_bad, accepted_good, refused_good;
};

static bool copy_one(void *context, const char *path, struct fault *fault)
{
    const char *name = strrchr(path, '/') + 1;
    size_t length = strlen(name);
    SCOPED_BUF struct buf content = { 0 };

    (void)context;
    if (!file_read(path, 1 << 20, &content, fault))
        return false;
    if (strcmp(name, "TrustAnchorRootCertificate.crt") == 0)
        write_in("anchors", name, &content);
    else if (strcmp(name + length - 4, ".crl") == 0)
        write_in("crls", name, &content);
    else if (strcmp(name + length - 6, "EE.crt") != 0)
        write_in("intermediates", name, &content);
    return true;
}

static bool check_one(void *context, const char *path, struct fault *fault)
{
    struct pkits *pkits = context;
    const char *name = strrchr(path, '/') + 1;
    bool valid = strncmp(name, "Valid", 5) == 0, invalid = strncmp(name, "Invalid", 7) == 0;
    SCOPED_BUF struct buf content = { 0 };
    SCOPED_X509 X509 *certificate = NULL;
    struct fault why = { 0 };

    if (!valid && !invalid)
        return true;
    if (!file_read(path, 1 << 20, &content, fault))
        return false;
    bool good = certificate_from_der(content.data, content.size, &certificate, &why)
                && trust_check(pkits->trust, certificate, PURPOSE_ONDERTEKENEN, AT, &why);
    if (good && invalid)
        print_message("accepted: %s\n", name);
    pkits->accepted_bad += good && invalid;
    pkits->refused_bad += !good && invalid;
    pkits->accepted_good += good && valid;
    pkits->refused_good += !good && valid;
    return true;
}

static void of_pkits_no_invalid_path_is_accepted(void **state)
{
    const char *corpus = getenv("ESTAFETTE_CORPUS");
    char certs[512], crls[512];
    struct pkits pkits = { 0 };
    struct fault fault = { 0 };

    (void)state;
    if (!corpus)
        corpus = SOURCE_DIR "/../shared/corpus";
    snprintf(certs, sizeof(certs), "%s/pkits/certs", corpus);
    snprintf(crls, sizeof(crls), "%s/pkits/crls", corpus);
    if (!file_exists(certs)) {
        print_message("SKIPPED: no %s; set ESTAFETTE_CORPUS\n", certs);
        skip();
    }
    assert_true(file_list(certs, ".crt", copy_one, NULL, &fault));
    assert_true(file_list(crls, ".crl", copy_one, NULL, &fault));
    assert_true(trust_load(FOLDER, &pkits.trust, &fault));
    assert_true(file_list(certs, ".crt", check_one, &pkits, &fault));
    trust_release(&pkits.trust);
    print_message("PKITS: invalid: %d accepted, %d refused; valid: %d accepted, %d refused\n",
                  pkits.accepted_bad, pkits.refused_bad, pkits.accepted_good,
                  pkits.refused_good);
    assert_int_equal(pkits.accepted_bad, 0);
    assert_int_equal(pkits.refused_bad, 115);
    /* The rest: indirect CRLs, policy mapping, DSA, more than three intermediates. */
    assert_true(pkits.accepted_good >= 55);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(of_pkits_no_invalid_path_is_accepted, make_folder,
                                        drop_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* trust -- whose certificates count here: anchors, intermediates and CRLs, files in
 * HOME/trust; with --duo those for DUO alone, in HOME/duo-trust.
 *
 * Works without a daemon; a running one is told to read them again.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "codecs/certificate.h"
#include "codecs/moment.h"
#include "gateway/home.h"
#include "peers/file.h"
#include "peers/trust.h"
#include "tools/cli/cli.h"
#include "tools/cli/credential.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

#define TRUST_FILE_MAX 96
#define NAME_DIGITS 16 /* of a fingerprint, in the name of a file */
#define DAY 86400

/* clang-format off */
static const struct field LIST[] = {
    { "KIND",        "kind",        FIELD_TEXT },
    { "SUBJECT",     "subject",     FIELD_TEXT },
    { "UNTIL",       "tot",         FIELD_MOMENT },
    { "DAYS LEFT",   "dagen",       FIELD_TEXT },
    { "FILE",        "file",        FIELD_TEXT },
    { "FINGERPRINT", "fingerprint", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field ADDED[] = {
    { "kind",        "kind",        FIELD_TEXT },
    { "subject",     "subject",     FIELD_TEXT },
    { "until",       "tot",         FIELD_MOMENT },
    { "file",        "file",        FIELD_TEXT },
    { "fingerprint", "fingerprint", FIELD_GROUPS },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* "trust" or "duo-trust": the two are never mixed. */
static const char *folder_of(const struct arguments *arguments)
{
    return option(arguments, "--duo") ? "duo-trust" : "trust";
}

static const char *option_of(const struct arguments *arguments)
{
    return option(arguments, "--duo") ? " --duo" : "";
}

static json_t *describe(const struct trust_item *item)
{
    char hex[DIGEST_HEX], until[MOMENT_SIZE];

    digest_hex(&item->fingerprint, hex);
    json_t *value = json_pack("{s:s, s:o, s:o, s:s}", "kind", item->kind, "subject",
                              output_string(item->subject), "file", output_string(item->file),
                              "fingerprint", hex);
    if (item->until == 0)
        return value;
    moment_format(item->until, until);
    json_object_set_new(value, "tot", json_string(until));
    json_object_set_new(value, "dagen", json_integer((item->until - time(NULL)) / DAY));
    return value;
}

static void print_added(const struct cli *cli, const struct trust_item *item)
{
    json_auto_t *value = describe(item);

    output_answer(cli->json, value, ADDED);
    daemon_reload(cli);
}

/* The full path of "crls/NAME" under the one or the other. */
static void path_of(const struct home *home, const struct arguments *arguments,
                    const char *file, char path[PATH_MAX])
{
    char relative[TRUST_FILE_MAX];

    snprintf(relative, sizeof(relative), "%s/%s", folder_of(arguments), file);
    home_path(home, relative, path);
}

/* --- add ----------------------------------------------------------------------------- */

static bool is_self_signed(X509 *certificate)
{
    bool signed_by_itself = X509_check_issued(certificate, certificate) == X509_V_OK
                            && X509_verify(certificate, X509_get0_pubkey(certificate)) == 1;

    ERR_clear_error();
    return signed_by_itself;
}

static bool may_be_trusted(X509 *certificate, bool intermediate, struct fault *fault)
{
    bool self_signed = is_self_signed(certificate);

    if (X509_check_ca(certificate) != 1) {
        fault_set(fault, FAULT_CERTIFICATE, "it is not a certificate of an authority");
        return fault_advise(fault,
                            "give the certificate of the authority that issues, not one "
                            "that it issued");
    }
    if (!intermediate && !self_signed) {
        fault_set(fault, FAULT_CERTIFICATE, "it is not self-signed, so it is no anchor");
        return fault_advise(fault, "add its root, and this one with --intermediate");
    }
    if (intermediate && self_signed) {
        fault_set(fault, FAULT_CERTIFICATE, "it is self-signed, so it is no intermediate");
        return fault_advise(fault, "add it without --intermediate, if it is to be trusted");
    }
    return true;
}

static bool read_authority(const struct arguments *arguments, X509 **certificate,
                           struct fault *fault)
{
    int count;

    if (!credential_certificate(argument(arguments, 0), certificate, &count, fault))
        return false;
    if (count == 1)
        return may_be_trusted(*certificate, option(arguments, "--intermediate"), fault);
    fault_set(fault, FAULT_CERTIFICATE, "%.120s holds %d certificates", argument(arguments, 0),
              count);
    return fault_advise(fault, "add each from a file of its own, so that each is looked at");
}

/* Adding what is there already is fine; the name is its fingerprint. */
static bool keep_certificate(const char *path, X509 *certificate, struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };

    certificate_to_pem(certificate, &pem);
    return file_exists(path) || file_create(path, 0600, pem.data, pem.size, fault);
}

static bool add(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_X509 X509 *certificate = NULL;
    SCOPED_BUF struct buf subject = { 0 };
    struct trust_item item = { 0 };
    struct home home;
    char hex[DIGEST_HEX], file[64], path[PATH_MAX];
    bool intermediate = option(arguments, "--intermediate");

    if (!home_open(cli->home, &home, fault) || !read_authority(arguments, &certificate, fault)
        || !certificate_valid_at(certificate, time(NULL), fault))
        return false;
    certificate_fingerprint(certificate, &item.fingerprint);
    digest_hex(&item.fingerprint, hex);
    snprintf(file, sizeof(file), "%s/%.*s.pem", intermediate ? "intermediates" : "anchors",
             NAME_DIGITS, hex);
    path_of(&home, arguments, file, path);
    if (!keep_certificate(path, certificate, fault))
        return false;
    credential_name(X509_get_subject_name(certificate), &subject);
    item.kind = intermediate ? "intermediate" : "anchor";
    item.file = file;
    item.subject = buf_text(&subject);
    item.until = certificate_not_after(certificate);
    print_added(cli, &item);
    return true;
}

/* --- crl ----------------------------------------------------------------------------- */

static bool has_issued(X509 *authority, X509_CRL *crl)
{
    bool good = X509_NAME_cmp(X509_get_subject_name(authority), X509_CRL_get_issuer(crl)) == 0
                && X509_CRL_verify(crl, X509_get0_pubkey(authority)) == 1;

    ERR_clear_error();
    return good;
}

static bool issuer_is_known(const struct home *home, const struct arguments *arguments,
                            X509_CRL *crl, struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = NULL;
    SCOPED_BUF struct buf issuer = { 0 };
    char path[PATH_MAX];

    if (!trust_load(home_path(home, folder_of(arguments), path), &trust, fault))
        return false;
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(trust_store(trust));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509 *authority = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (authority && has_issued(authority, crl))
            return true;
    }
    credential_name(X509_CRL_get_issuer(crl), &issuer);
    fault_set(fault, FAULT_CERTIFICATE,
              "the CRL is not signed by an authority that is known: %s", buf_text(&issuer));
    return fault_advise(fault, "add the authority first: estafette trust add FILE%s",
                        option_of(arguments));
}

/* One file per issuer (and one more for its deltas), so that a newer CRL takes the place of
 * the one before it. */
static void crl_file(X509_CRL *crl, char file[64])
{
    unsigned char *der = NULL;
    char hex[DIGEST_HEX];
    struct digest digest;
    bool delta = X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0;
    int size = i2d_X509_NAME(X509_CRL_get_issuer(crl), &der);

    if (size < 0)
        abort();
    digest_of(der, (size_t)size, &digest);
    OPENSSL_free(der);
    digest_hex(&digest, hex);
    snprintf(file, 64, "crls/%.*s%s.pem", NAME_DIGITS, hex, delta ? "-delta" : "");
}

/* An older CRL may lack somebody who was revoked since. */
static bool is_not_older(const char *path, X509_CRL *crl, struct fault *fault)
{
    SCOPED_CRL X509_CRL *present = NULL;

    if (!file_exists(path))
        return true;
    if (!credential_crl(path, &present, fault))
        return false;
    if (ASN1_TIME_compare(X509_CRL_get0_lastUpdate(crl), X509_CRL_get0_lastUpdate(present))
        >= 0)
        return true;
    fault_set(fault, FAULT_CERTIFICATE, "the CRL is older than the one that is here");
    return fault_advise(fault, "fetch the present one from the authority");
}

static bool keep_crl(const char *path, X509_CRL *crl, struct fault *fault)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());

    if (!bio || !PEM_write_bio_X509_CRL(bio, crl))
        abort();
    long size = BIO_get_mem_data(bio, &text);
    bool good = file_write(path, 0600, text, (size_t)size, fault);
    BIO_free(bio);
    return good;
}

static void crl_fingerprint(X509_CRL *crl, struct digest *fingerprint)
{
    unsigned char *der = NULL;
    int size = i2d_X509_CRL(crl, &der);

    if (size < 0)
        abort();
    digest_of(der, (size_t)size, fingerprint);
    OPENSSL_free(der);
}

static void print_crl(const struct cli *cli, X509_CRL *crl, const char *file)
{
    SCOPED_BUF struct buf issuer = { 0 };
    struct trust_item item = { .kind = "crl", .file = file };

    credential_name(X509_CRL_get_issuer(crl), &issuer);
    item.subject = buf_text(&issuer);
    crl_fingerprint(crl, &item.fingerprint);
    if (!certificate_time(X509_CRL_get0_nextUpdate(crl), &item.until))
        item.until = 0;
    if (item.until < time(NULL))
        fputs("warning: this CRL is past its next update; fetch the present one\n", stderr);
    print_added(cli, &item);
}

static bool crl(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_CRL X509_CRL *list = NULL;
    struct home home;
    char file[64], path[PATH_MAX];

    if (!home_open(cli->home, &home, fault)
        || !credential_crl(argument(arguments, 0), &list, fault)
        || !issuer_is_known(&home, arguments, list, fault))
        return false;
    crl_file(list, file);
    path_of(&home, arguments, file, path);
    if (!is_not_older(path, list, fault) || !keep_crl(path, list, fault))
        return false;
    print_crl(cli, list, file);
    return true;
}

/* --- list ---------------------------------------------------------------------------- */

static void add_item(void *context, const struct trust_item *item)
{
    json_array_append_new(context, describe(item));
}

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = NULL;
    json_auto_t *result = json_pack("{s:[]}", "trust");
    struct home home;
    char path[PATH_MAX];

    if (!home_open(cli->home, &home, fault)
        || !trust_load(home_path(&home, folder_of(arguments), path), &trust, fault))
        return false;
    trust_list(trust, add_item, json_object_get(result, "trust"));
    output_list(cli->json, result, "trust", LIST);
    return true;
}

static const char *const ADD_OPTIONS[] = { "--intermediate", "--duo", NULL };
static const char *const OPTIONS[] = { "--duo", NULL };

static const struct verb VERBS[] = {
    { "add", "FILE [--intermediate] [--duo]",
      "Trusts an authority: every certificate must end at an anchor. Compare the "
      "fingerprint.\n"
      "With --duo it counts for DUO, and for DUO alone.",
      "  estafette trust add staat-der-nederlanden-root.pem\n"
      "  estafette trust add pkioverheid-private-services.pem --intermediate\n"
      "  estafette trust add staat-der-nederlanden-root.pem --duo\n",
      ADD_OPTIONS, 1, 1, add },
    { "crl", "FILE [--duo]",
      "Installs a certificate revocation list of an authority that is known.",
      "  estafette trust crl latest.crl\n"
      "  curl -s https://crl.example.nl/latest.crl | estafette trust crl - --duo\n",
      OPTIONS, 1, 1, crl },
    { "list", "[--duo]", "Anchors, intermediates and CRLs, and until when they count.",
      "  estafette trust list\n"
      "  estafette --json trust list | jq '.trust[] | select(.dagen < 7)'\n",
      OPTIONS, 0, 0, list },
    { 0 },
};

const struct command CMD_TRUST = { "trust", "whose certificates count here", VERBS };

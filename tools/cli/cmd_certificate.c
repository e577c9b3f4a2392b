/* certificate -- our own certificates: asked for, installed, looked at.
 *
 * Works without a daemon. Keys are made and matched by gateway/keys.h; nothing here opens one.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codecs/certificate.h"
#include "codecs/moment.h"
#include "gateway/config.h"
#include "gateway/home.h"
#include "gateway/keys.h"
#include "peers/file.h"
#include "peers/trust.h"
#include "tools/cli/cli.h"
#include "tools/cli/credential.h"
#include "tools/cli/output.h"
#include "tools/cli/request.h"

#define CERTIFICATE_FILE_MAX 65536
#define DAY 86400

/* clang-format off */
static const struct field LIST[] = {
    { "PURPOSE",     "doel",        FIELD_TEXT },
    { "STATE",       "state",       FIELD_TEXT },
    { "UNTIL",       "tot",         FIELD_MOMENT },
    { "DAYS LEFT",   "dagen",       FIELD_TEXT },
    { "KEY",         "sleutel",     FIELD_TEXT },
    { "SUBJECT",     "subject",     FIELD_TEXT },
    { "ISSUER",      "issuer",      FIELD_TEXT },
    { "FINGERPRINT", "fingerprint", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field ONE[] = {
    { "purpose",     "doel",        FIELD_TEXT },
    { "state",       "state",       FIELD_TEXT },
    { "subject",     "subject",     FIELD_TEXT },
    { "issuer",      "issuer",      FIELD_TEXT },
    { "key",         "sleutel",     FIELD_TEXT },
    { "until",       "tot",         FIELD_MOMENT },
    { "days left",   "dagen",       FIELD_TEXT },
    { "fingerprint", "fingerprint", FIELD_GROUPS },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field REQUESTED[] = {
    { "purpose", "doel",    FIELD_TEXT },
    { "request", "request", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static const char *purpose_file(const struct home *home, const char *folder,
                                enum purpose purpose, const char *suffix, char path[PATH_MAX])
{
    char relative[64];

    snprintf(relative, sizeof(relative), "%s/%s%s", folder, purpose_name(purpose), suffix);
    return home_path(home, relative, path);
}

static json_t *name_json(const X509_NAME *name)
{
    SCOPED_BUF struct buf text = { 0 };

    credential_name(name, &text);
    return output_string(buf_text(&text));
}

static json_t *describe(enum purpose purpose, X509 *certificate)
{
    struct digest fingerprint;
    char hex[DIGEST_HEX], key[32], until[MOMENT_SIZE];
    time_t end = certificate_not_after(certificate);

    certificate_fingerprint(certificate, &fingerprint);
    digest_hex(&fingerprint, hex);
    certificate_key_name(X509_get0_pubkey(certificate), key, sizeof(key));
    moment_format(end, until);
    return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:I}", "doel", purpose_name(purpose),
                     "state", end < time(NULL) ? "expired" : "installed", "subject",
                     name_json(X509_get_subject_name(certificate)), "issuer",
                     name_json(X509_get_issuer_name(certificate)), "sleutel", key,
                     "fingerprint", hex, "tot", until, "dagen",
                     (json_int_t)((end - time(NULL)) / DAY));
}

static bool named_purpose(const char *name, enum purpose *purpose, struct fault *fault)
{
    if (purpose_from_name(name, purpose))
        return true;
    fault_set(fault, FAULT_USAGE, "unknown purpose '%.40s'", name);
    return fault_advise(
        fault, "it is tls-server, tls-client, ondertekenen or verzegelen; see --help");
}

/* --- request ------------------------------------------------------------------------- */

static bool request(const struct cli *cli, const struct arguments *arguments,
                    struct fault *fault)
{
    const char *kind = option(arguments, "--key");
    char path[PATH_MAX];
    enum purpose purpose;
    struct config config;
    struct home home;

    if (!named_purpose(argument(arguments, 0), &purpose, fault)
        || !home_open(cli->home, &home, fault) || !config_load(&home, &config, fault)
        || !request_make(&home, &config, purpose, kind ? kind : REQUEST_KEY, path, fault))
        return false;
    json_auto_t *result =
        json_pack("{s:s, s:o}", "doel", purpose_name(purpose), "request", output_string(path));
    output_answer(cli->json, result, REQUESTED);
    fputs("Send the request to the authority; then: estafette certificate install FILE\n",
          stderr);
    return true;
}

/* --- install ------------------------------------------------------------------------- */

struct installation {
    struct home home;
    struct config config;
    X509 *certificate;
    enum purpose purpose;
};

/* --purpose is what the admin believes; the key is what counts. */
static bool purpose_is_meant(const struct installation *new, const char *named,
                             struct fault *fault)
{
    enum purpose purpose;

    if (!named)
        return true;
    if (!named_purpose(named, &purpose, fault))
        return false;
    return purpose == new->purpose
           || fault_set(fault, FAULT_CERTIFICATE,
                        "the certificate belongs to the key for %s, not for %s",
                        purpose_name(new->purpose), named);
}

/* Without a key of its own, tls-client is served by the certificate of tls-server. */
static bool fits_its_purposes(const struct installation *new, struct fault *fault)
{
    char path[PATH_MAX];

    if (!certificate_fits(new->certificate, new->purpose, fault))
        return false;
    if (new->purpose != PURPOSE_TLS_SERVER
        || file_exists(purpose_file(&new->home, "keys", PURPOSE_TLS_CLIENT, ".key", path))
        || certificate_fits(new->certificate, PURPOSE_TLS_CLIENT, fault))
        return true;
    return fault_advise(fault, "ask for one that may serve as client too, or make a separate "
                               "one: estafette certificate request tls-client");
}

static bool is_ours(const struct installation *new, struct fault *fault)
{
    char oin[OIN_SIZE];

    if (!certificate_oin(new->certificate, oin, fault))
        return false;
    return strcmp(oin, new->config.oin) == 0
           || fault_set(fault, FAULT_CERTIFICATE,
                        "the certificate is of OIN %s, this home is of OIN %s", oin,
                        new->config.oin);
}

static void count_anchor(void *context, const struct trust_item *item)
{
    int *anchors = context;

    *anchors += strcmp(item->kind, "anchor") == 0;
}

static void warn(const char *what, const char *why)
{
    fprintf(stderr, "warning: %s", what);
    output_print(stderr, why);
    fputc('\n', stderr);
}

/* Others will refuse what does not chain; a stale CRL is no reason to refuse here and now. */
static bool chains(const struct installation *new, struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = NULL;
    char path[PATH_MAX];
    int anchors = 0;

    if (!trust_load(home_path(&new->home, "trust", path), &trust, fault))
        return false;
    trust_list(trust, count_anchor, &anchors);
    if (anchors == 0) {
        warn("not checked against its authority: there is no anchor yet", "");
        return true;
    }
    if (trust_check(trust, new->certificate, new->purpose, time(NULL), fault))
        return true;
    if (fault->code != FAULT_TEMPORARY)
        return false;
    warn("not checked for revocation: ", fault->text);
    return true;
}

static bool keep(const struct installation *new, struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };
    char path[PATH_MAX];

    certificate_to_pem(new->certificate, &pem);
    return file_write(purpose_file(&new->home, "certificates", new->purpose, ".pem", path),
                      0600, pem.data, pem.size, fault);
}

static bool is_acceptable(struct installation *new, const char *purpose, struct fault *fault)
{
    return keys_owner(&new->home, new->certificate, &new->purpose, fault)
           && purpose_is_meant(new, purpose, fault) && fits_its_purposes(new, fault)
           && is_ours(new, fault) && certificate_valid_at(new->certificate, time(NULL), fault)
           && chains(new, fault);
}

static bool install(const struct cli *cli, const struct arguments *arguments,
                    struct fault *fault)
{
    SCOPED_X509 X509 *certificate = NULL;
    struct installation new = { 0 };
    int count;

    if (!home_open(cli->home, &new.home, fault) || !config_load(&new.home, &new.config, fault)
        || !credential_certificate(argument(arguments, 0), &certificate, &count, fault))
        return false;
    new.certificate = certificate;
    if (!is_acceptable(&new, option(arguments, "--purpose"), fault) || !keep(&new, fault))
        return false;
    json_auto_t *result = describe(new.purpose, certificate);
    output_answer(cli->json, result, ONE);
    if (count > 1)
        warn("only the first certificate of the file was installed; authorities go to: "
             "estafette trust add",
             "");
    fputs("A running daemon uses it after a restart; then give your peers the new card.\n",
          stderr);
    return true;
}

/* --- list ---------------------------------------------------------------------------- */

static bool read_installed(const char *path, enum purpose purpose, json_t *list,
                           struct fault *fault)
{
    SCOPED_X509 X509 *certificate = NULL;
    SCOPED_BUF struct buf pem = { 0 };

    if (!file_read(path, CERTIFICATE_FILE_MAX, &pem, fault)
        || !certificate_from_pem(&pem, &certificate, fault))
        return false;
    json_array_append_new(list, describe(purpose, certificate));
    return true;
}

static void add_missing(const struct home *home, enum purpose purpose, json_t *list)
{
    char path[PATH_MAX];
    const char *state = "missing";

    if (file_exists(purpose_file(home, "certificates", purpose, ".csr", path)))
        state = "requested";
    else if (purpose == PURPOSE_TLS_CLIENT)
        state = "as tls-server";
    json_array_append_new(
        list, json_pack("{s:s, s:s}", "doel", purpose_name(purpose), "state", state));
}

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = json_pack("{s:[]}", "certificates");
    json_t *certificates = json_object_get(result, "certificates");
    struct home home;
    char path[PATH_MAX];

    (void)arguments;
    if (!home_open(cli->home, &home, fault))
        return false;
    for (int n = 0; n < PURPOSES; n++) {
        enum purpose purpose = (enum purpose)n;
        if (!file_exists(purpose_file(&home, "certificates", purpose, ".pem", path)))
            add_missing(&home, purpose, certificates);
        else if (!read_installed(path, purpose, certificates, fault))
            return false;
    }
    output_list(cli->json, result, "certificates", LIST);
    return true;
}

static const char *const REQUEST_OPTIONS[] = { "--key=", NULL };
static const char *const INSTALL_OPTIONS[] = { "--purpose=", NULL };

static const struct verb VERBS[] = {
    { "request", "PURPOSE [--key rsa|ec]",
      "A request to send to the authority; makes the key when there is none. PURPOSE is\n"
      "tls-server, tls-client, ondertekenen (signing) or verzegelen (sealing).",
      "  estafette certificate request ondertekenen\n"
      "  estafette certificate request tls-client --key ec\n",
      REQUEST_OPTIONS, 1, 1, request },
    { "install", "FILE [--purpose PURPOSE]",
      "Installs what the authority sent; finds by its key what it is for.",
      "  estafette certificate install ondertekenen.pem\n"
      "  estafette certificate install server.crt --purpose tls-server\n",
      INSTALL_OPTIONS, 1, 1, install },
    { "list", "", "Our certificates, and until when they are valid.",
      "  estafette certificate list\n"
      "  estafette --json certificate list | jq '.certificates[] | select(.dagen < 30)'\n",
      NULL, 0, 0, list },
    { 0 },
};

const struct command CMD_CERTIFICATE = { "certificate", "our own certificates", VERBS };

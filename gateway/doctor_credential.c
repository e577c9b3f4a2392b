/* doctor_credential -- our keys and certificates, purpose by purpose.
 *
 * Without a key of its own, tls-client is served by key and certificate of tls-server.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>

#include "gateway/clock.h"
#include "gateway/doctor.h"
#include "peers/file.h"

static const char *path_of(const struct doctor *doctor, const char *folder,
                           enum purpose purpose, const char *suffix, char path[PATH_MAX])
{
    char relative[64];

    snprintf(relative, sizeof(relative), "%s/%s%s", folder, purpose_name(purpose), suffix);
    return home_path(&doctor->gateway->home, relative, path);
}

/* Not merely hidden from us. */
static bool is_absent(const char *path)
{
    return !file_exists(path) && errno == ENOENT;
}

static bool is_served_by_server(const struct doctor *doctor, enum purpose purpose)
{
    char path[PATH_MAX];

    return purpose == PURPOSE_TLS_CLIENT
           && !file_exists(path_of(doctor, "keys", purpose, ".key", path));
}

/* The certificate that serves the purpose; NULL after saying that there is none. */
static X509 *serving(struct doctor *doctor, enum purpose purpose)
{
    bool server = is_served_by_server(doctor, purpose);
    X509 *certificate = doctor->certificate[server ? PURPOSE_TLS_SERVER : purpose];

    if (!certificate)
        doctor_skip(doctor, purpose_name(purpose), "see certificate.file");
    return certificate;
}

/* The same, but nothing for a purpose that tls-server serves: that would be said twice. */
static X509 *own(struct doctor *doctor, enum purpose purpose)
{
    return is_served_by_server(doctor, purpose) ? NULL : serving(doctor, purpose);
}

/* One line is enough when nothing was wrong with any of them. */
static void say_good(struct doctor *doctor, const char *good)
{
    if (doctor->said == 0)
        doctor_ok(doctor, "", "%s", good);
}

void doctor_credential_home(struct doctor *doctor)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };

    if (keys_home_whole(&doctor->gateway->home, &fault)) {
        doctor_ok(doctor, "", "present; without it a backup of the store cannot be read");
        return;
    }
    if (is_absent(home_path(&doctor->gateway->home, "keys/home.key", path)))
        fault_advise(&fault,
                     "put it back from the backup: without it the store is unreadable");
    doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
}

/* --- keys ------------------------------------------------------------------------------ */

static void look_at_key(struct doctor *doctor, enum purpose purpose)
{
    const char *name = purpose_name(purpose);
    EVP_PKEY *half = NULL;
    char key[32], path[PATH_MAX];
    struct fault fault = { 0 };

    if (is_served_by_server(doctor, purpose)) {
        doctor_ok(doctor, name, "served by tls-server");
    } else if (is_absent(path_of(doctor, "keys", purpose, ".key", path))) {
        fault_set(&fault, FAULT_CONFIG, "there is no key");
        fault_advise(&fault,
                     "put it back from the backup, or make a new one: estafette "
                     "certificate request %s",
                     name);
        doctor_fault(doctor, DOCTOR_FAIL, name, &fault);
    } else if (keys_public(&doctor->gateway->home, purpose, &half, &fault)) {
        certificate_key_name(half, key, sizeof(key));
        doctor_ok(doctor, name, "%s", key);
    } else {
        if (fault.code == FAULT_CONFIG)
            fault_advise(&fault,
                         "put it back from the backup; a key with a password cannot be used");
        doctor_fault(doctor, DOCTOR_FAIL, name, &fault);
    }
    EVP_PKEY_free(half);
}

void doctor_credential_key(struct doctor *doctor)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        look_at_key(doctor, (enum purpose)purpose);
}

/* A key that also signs could be made to sign by asking it to open something. */
void doctor_credential_separate(struct doctor *doctor)
{
    EVP_PKEY *sealing = doctor->half[PURPOSE_VERZEGELEN];

    if (!sealing) {
        doctor_skip(doctor, "verzegelen", "see key.file");
        return;
    }
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        EVP_PKEY *other = doctor->half[purpose];
        if (!other || other == sealing || EVP_PKEY_eq(other, sealing) != 1)
            continue;
        doctor_fail(doctor, "verzegelen",
                    "remove keys/verzegelen.key, then: estafette certificate request "
                    "verzegelen; what was sealed for the old key can then no longer be opened",
                    "shares one key with %s: sealing needs its own",
                    purpose_name((enum purpose)purpose));
    }
    ERR_clear_error();
    if (doctor->said == 0)
        doctor_ok(doctor, "verzegelen", "has a key of its own");
}

/* --- certificates ---------------------------------------------------------------------- */

static void say_absent(struct doctor *doctor, enum purpose purpose)
{
    const char *name = purpose_name(purpose);
    char pem[PATH_MAX], csr[PATH_MAX], action[DOCTOR_ACTION];
    bool present = !is_absent(path_of(doctor, "certificates", purpose, ".pem", pem));
    bool requested = file_exists(path_of(doctor, "certificates", purpose, ".csr", csr));

    if (requested)
        snprintf(action, sizeof(action),
                 "have %s signed by your authority, then: estafette certificate install FILE",
                 csr);
    else
        snprintf(action, sizeof(action), "estafette certificate request %s", name);
    if (present)
        doctor_fail(doctor, name, "estafette certificate install FILE, as it was issued",
                    "%s: no certificate in PEM that may be read", pem);
    else
        doctor_fail(doctor, name, action, "there is no certificate%s",
                    requested ? ", but a request for one" : "");
}

void doctor_credential_present(struct doctor *doctor)
{
    for (int i = 0; i < PURPOSES; i++) {
        enum purpose purpose = (enum purpose)i;
        if (!is_served_by_server(doctor, purpose) && !doctor->certificate[i])
            say_absent(doctor, purpose);
    }
    say_good(doctor, "all there");
}

static void look_at_request(struct doctor *doctor, enum purpose purpose)
{
    char pem[PATH_MAX], csr[PATH_MAX], action[DOCTOR_ACTION];
    struct stat issued, asked;

    if (stat(path_of(doctor, "certificates", purpose, ".pem", pem), &issued) != 0
        || stat(path_of(doctor, "certificates", purpose, ".csr", csr), &asked) != 0
        || asked.st_mtime <= issued.st_mtime)
        return;
    snprintf(action, sizeof(action),
             "have %s signed, then: estafette certificate install FILE; or remove it", csr);
    doctor_warn(doctor, purpose_name(purpose), action,
                "a request is newer than the certificate: it waits to be signed");
}

void doctor_credential_request(struct doctor *doctor)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        look_at_request(doctor, (enum purpose)purpose);
    say_good(doctor, "none waits");
}

void doctor_credential_pair(struct doctor *doctor)
{
    for (int i = 0; i < PURPOSES; i++) {
        const char *name = purpose_name((enum purpose)i);
        if (is_served_by_server(doctor, (enum purpose)i))
            continue;
        if (!doctor->half[i] || !doctor->certificate[i])
            doctor_skip(doctor, name,
                        doctor->half[i] ? "see certificate.file" : "see key.file");
        else if (EVP_PKEY_eq(X509_get0_pubkey(doctor->certificate[i]), doctor->half[i]) != 1)
            doctor_fail(doctor, name,
                        "install the one that was issued for the last request (estafette "
                        "certificate install FILE), or put the key back from the backup",
                        "the certificate is of another key");
    }
    ERR_clear_error();
    say_good(doctor, "belong together");
}

void doctor_credential_purpose(struct doctor *doctor)
{
    for (int i = 0; i < PURPOSES; i++) {
        enum purpose purpose = (enum purpose)i;
        X509 *certificate = serving(doctor, purpose);
        struct fault fault = { 0 };
        if (!certificate || certificate_fits(certificate, purpose, &fault))
            continue;
        fault_advise(&fault,
                     "ask your authority for a certificate for %s, with the right key "
                     "usage, for the same request",
                     purpose_name(purpose));
        doctor_fault(doctor, DOCTOR_FAIL, purpose_name(purpose), &fault);
    }
    say_good(doctor, "all fit");
}

static void look_at_oin(struct doctor *doctor, enum purpose purpose, X509 *certificate)
{
    const char *ours = doctor->gateway->config.oin;
    char oin[OIN_SIZE];
    struct fault fault = { 0 };

    if (!certificate_oin(certificate, oin, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, purpose_name(purpose), &fault);
    else if (strcmp(oin, ours) != 0)
        doctor_fail(doctor, purpose_name(purpose),
                    "correct [organisatie] oin, or have a certificate issued for our OIN",
                    "the certificate carries OIN %s, the configuration %s", oin, ours);
}

void doctor_credential_oin(struct doctor *doctor)
{
    if (doctor->config_fault.code != FAULT_NONE) {
        doctor_skip(doctor, "", "see config.file");
        return;
    }
    for (int i = 0; i < PURPOSES; i++) {
        X509 *certificate = own(doctor, (enum purpose)i);
        if (certificate)
            look_at_oin(doctor, (enum purpose)i, certificate);
    }
    say_good(doctor, doctor->gateway->config.oin);
}

static void look_at_days(struct doctor *doctor, enum purpose purpose, X509 *certificate)
{
    time_t now = clock_now(), from;
    char action[200];

    snprintf(action, sizeof(action),
             "estafette certificate request %s; have it signed; certificate install FILE; "
             "restart the daemon; give peers the new card",
             purpose_name(purpose));
    if (certificate_time(X509_get0_notBefore(certificate), &from) && from > now)
        doctor_fail(doctor, purpose_name(purpose), "look at the clock first; else wait for it",
                    "not yet valid: it begins in %d hours", (int)((from - now) / 3600) + 1);
    else
        doctor_days(doctor, purpose_name(purpose), certificate_not_after(certificate), action);
}

void doctor_credential_days(struct doctor *doctor)
{
    for (int i = 0; i < PURPOSES; i++) {
        X509 *certificate = own(doctor, (enum purpose)i);
        if (certificate)
            look_at_days(doctor, (enum purpose)i, certificate);
    }
}

/* Peers judge our certificates by their trust, so ours may lack an anchor; what is revoked is
 * so for everybody. */
static void look_at_chain(struct doctor *doctor, enum purpose purpose, X509 *certificate)
{
    const char *of =
        purpose_name(is_served_by_server(doctor, purpose) ? PURPOSE_TLS_SERVER : purpose);
    struct fault fault = { 0 };

    if (trust_check(doctor->trust, certificate, purpose, clock_now(), &fault))
        return;
    bool revoked = strstr(fault.text, X509_verify_cert_error_string(X509_V_ERR_CERT_REVOKED));
    if (revoked)
        fault_advise(&fault,
                     "ask your authority why; with a new key (move keys/%s.key away): "
                     "estafette certificate request %s",
                     of, of);
    doctor_fault(doctor, revoked ? DOCTOR_FAIL : DOCTOR_WARN, purpose_name(purpose), &fault);
}

void doctor_credential_chain(struct doctor *doctor)
{
    if (!doctor->trust) {
        doctor_skip(doctor, "", "see trust.files");
        return;
    }
    for (int i = 0; i < PURPOSES; i++) {
        X509 *certificate = serving(doctor, (enum purpose)i);
        if (certificate)
            look_at_chain(doctor, (enum purpose)i, certificate);
    }
    say_good(doctor, "all end at an anchor of ours");
}

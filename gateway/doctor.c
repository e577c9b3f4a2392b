/* doctor -- see doctor.h. */
#include "gateway/doctor.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/bus.h"
#include "gateway/clock.h"
#include "peers/file.h"

#define DAY 86400
#define DAYS_WARN 30 /* long enough to ask for a certificate, sign it, and tell every peer */
#define FILE_BYTES_MAX 65536

/* clang-format off */
const struct doctor_row DOCTOR_CHECKS[] = {
    { "home.folder",        DOCTOR_HOME,  doctor_home_folder,       "the home is a folder of ours and closed to others" },
    { "home.folders",       DOCTOR_HOME,  doctor_home_folders,      "its folders are there and open to their owner" },
    { "home.owner",         DOCTOR_HOME,  doctor_home_owner,        "everything in it belongs to the owner of the home" },
    { "home.private",       DOCTOR_HOME,  doctor_home_private,      "nothing in it is open to others, least of all a key" },
    { "home.leftovers",     DOCTOR_HOME,  doctor_home_leftovers,    "no copies of keys, no remains of interrupted writes" },
    { "home.writable",      DOCTOR_HOME,  doctor_home_writable,     "the file system can be written to" },
    { "home.space",         DOCTOR_HOME,  doctor_home_space,        "free bytes and inodes: a full disk stops the exchange" },
    { "config.file",        DOCTOR_HOME,  doctor_config_file,       "estafette.ini is there, and every setting in it exists" },
    { "config.omgeving",    DOCTOR_HOME,  doctor_config_omgeving,   "test or production" },
    { "config.endpoint",    DOCTOR_HOME,  doctor_config_endpoint,   "what peers are told agrees with where we listen" },
    { "key.home",           DOCTOR_HOME,  doctor_credential_home,   "home.key, under which the store is sealed" },
    { "key.file",           DOCTOR_HOME,  doctor_credential_key,    "a private key per purpose that can be read" },
    { "key.separate",       DOCTOR_HOME,  doctor_credential_separate, "sealing shares its key with no other purpose" },
    { "certificate.file",   DOCTOR_HOME,  doctor_credential_present, "a certificate per purpose that can be read" },
    { "certificate.request", DOCTOR_HOME, doctor_credential_request, "no request still waits for its certificate" },
    { "certificate.key",    DOCTOR_HOME,  doctor_credential_pair,   "certificate and key belong together" },
    { "certificate.purpose", DOCTOR_HOME, doctor_credential_purpose, "kind of key and key usage fit the purpose" },
    { "certificate.oin",    DOCTOR_HOME,  doctor_credential_oin,    "it carries our OIN" },
    { "certificate.days",   DOCTOR_HOME,  doctor_credential_days,   "it is valid now, and for how long" },
    { "certificate.chain",  DOCTOR_HOME,  doctor_credential_chain,  "it ends at an anchor of ours, unrevoked" },
    { "trust.files",        DOCTOR_HOME,  doctor_trust_files,       "every file in trust reads and lies in its folder" },
    { "trust.anchor",       DOCTOR_HOME,  doctor_trust_anchor,      "there is an anchor: without one nobody is trusted" },
    { "trust.days",         DOCTOR_HOME,  doctor_trust_days,        "how long anchors and intermediates are valid" },
    { "trust.crl",          DOCTOR_HOME,  doctor_trust_crl,         "each authority has its CRL here" },
    { "trust.crl-age",      DOCTOR_HOME,  doctor_trust_age,         "each CRL is fresh: past its next update it stops the traffic" },
    { "duo.config",         DOCTOR_HOME,  doctor_duo_config,        "whether DUO is used, and where it is" },
    { "mail.config",        DOCTOR_HOME,  doctor_mail_config,       "whether reminders are mailed, and what that needs is there" },
    { "aanlevering.map",    DOCTOR_HOME,  doctor_levering_in,       "the folder in which our own system leaves dossiers" },
    { "aanlevering.commando", DOCTOR_HOME, doctor_levering_in_command, "the program that supplies a dossier may be run, and only its owner can change it" },
    { "aflevering.map",     DOCTOR_HOME,  doctor_levering_out,      "the folder into which received dossiers go" },
    { "aflevering.commando", DOCTOR_HOME, doctor_levering_out_command, "the program that takes a received dossier may be run, and only its owner can change it" },
    { "programma.gebruiker", DOCTOR_HOME, doctor_levering_guard,    "programs that we run cannot read the keys" },
    { "clock.kernel",       DOCTOR_HOME,  doctor_clock_kernel,      "something keeps the clock right" },
    { "clock.certificates", DOCTOR_HOME,  doctor_clock_certificates, "our certificates do not all begin in the future" },
    { "socket.folder",      DOCTOR_HOME,  doctor_socket_folder,     "the folder of the local sockets: there, closed, its path short" },
    { "daemon.answers",     DOCTOR_HOME,  doctor_socket_daemon,     "the daemon runs and answers on the local bus within a second" },
    { "listen.address",     DOCTOR_HOME,  doctor_socket_listen,     "our listener takes TLS with the present certificate, or the address is free" },
    { "duo.trust",          DOCTOR_HOME,  doctor_duo_trust_anchor,  "there is an anchor for DUO, and for how long it is valid" },
    { "duo.crl",            DOCTOR_HOME,  doctor_duo_trust_crl,     "each authority of DUO has its CRL here, and it is fresh" },
    { "duo.listen",         DOCTOR_HOME,  doctor_socket_duo,        "the listener for DUO's notifications takes TLS, or its address is free" },
    { "daemon.config",      DOCTOR_DAEMON, doctor_daemon_config,    "the daemon runs with the configuration as it is now" },
    { "daemon.certificates", DOCTOR_DAEMON, doctor_daemon_certificates, "and with the certificates that are installed now" },
    { "daemon.trust",       DOCTOR_DAEMON, doctor_daemon_trust,     "and with the anchors, intermediates and CRLs that lie there now" },
    { "duo.connect",        DOCTOR_DAEMON, doctor_duo_connect,      "DUO answers a question about nobody, and is DUO" },
    { "store.file",         DOCTOR_STORE, doctor_store_file,        "the database can be opened" },
    { "store.schema",       DOCTOR_STORE, doctor_store_schema,      "its version is one that this program knows" },
    { "store.whole",        DOCTOR_STORE, doctor_store_whole,       "SQLite finds it undamaged" },
    { "store.audit",        DOCTOR_STORE, doctor_store_audit,       "the chain of audit rows is unbroken" },
    { "store.cards",        DOCTOR_STORE, doctor_store_cards,       "every stored card reads" },
    { "store.documents",    DOCTOR_STORE, doctor_bijlagen_whole,    "every document that a message brought is on disk, whole" },
    { "mail.waiting",       DOCTOR_STORE, doctor_mail_waiting,      "reminders were mailed" },
    { "store.queue",        DOCTOR_STORE, doctor_store_queue,       "no message was tried often or is about to expire" },
    { "store.peers",        DOCTOR_STORE, doctor_store_peers,       "no peer failed to connect several times in a row" },
    { "blokkade.contact",   DOCTOR_STORE, doctor_levering_contact,  "who is told to call finds a contact person in our messages" },
    { "clock.store",        DOCTOR_STORE, doctor_clock_store,       "now is not before what was already recorded and signed" },
    { "clock.receipts",     DOCTOR_STORE, doctor_clock_receipts,    "the times in peers' receipts agree with our clock" },
    { "peer.state",         DOCTOR_PEER,  doctor_peer_state,        "where the peer stands with us" },
    { "peer.card",          DOCTOR_PEER,  doctor_peer_card,         "its card is valid, for how long, and for our omgeving" },
    { "peer.days",          DOCTOR_PEER,  doctor_peer_days,         "how long the certificates on it are valid" },
    { "peer.chain",         DOCTOR_PEER,  doctor_peer_chain,        "each ends at an anchor of ours, with a current CRL" },
    { "peer.name",          DOCTOR_PEER,  doctor_peer_name,         "the host of its endpoint has an address" },
    { "peer.connect",       DOCTOR_PEER,  doctor_peer_connect,      "somebody takes a connection there" },
    { "peer.tls",           DOCTOR_PEER,  doctor_peer_tls,          "and speaks TLS with us" },
    { "peer.server",        DOCTOR_PEER,  doctor_peer_server,       "with a certificate that is on the card" },
    { "peer.known",         DOCTOR_PEER,  doctor_peer_known,        "they accept our certificate: they hold our present card" },
    { "peer.ping",          DOCTOR_PEER,  doctor_peer_ping,         "a signed, sealed ping gets a valid receipt, and how soon" },
    { "peer.clock",         DOCTOR_PEER,  doctor_peer_clock,        "their clock agrees with ours" },
    { 0 },
};
/* clang-format on */

const char *doctor_verdict_name(enum doctor_verdict verdict)
{
    static const char *const NAMES[DOCTOR_VERDICTS] = { "OK", "WARN", "FAIL" };

    return NAMES[verdict];
}

/* --- saying -------------------------------------------------------------------------- */

static void say(struct doctor *doctor, enum doctor_verdict verdict, const char *subject,
                const char *action, const char *why)
{
    const struct doctor_finding finding = { doctor->id, verdict, subject, why, action };

    doctor->said++;
    doctor->each(doctor->context, &finding);
}

__attribute__((format(printf, 5, 0))) static void
say_list(struct doctor *doctor, enum doctor_verdict verdict, const char *subject,
         const char *action, const char *format, va_list args)
{
    char why[600];

    vsnprintf(why, sizeof(why), format, args);
    for (char *at = why; *at; at++) /* one finding, one line */
        if ((unsigned char)*at < ' ')
            *at = ' ';
    say(doctor, verdict, subject, action, why);
}

void doctor_ok(struct doctor *doctor, const char *subject, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_list(doctor, DOCTOR_OK, subject, "", format, args);
    va_end(args);
}

void doctor_warn(struct doctor *doctor, const char *subject, const char *action,
                 const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_list(doctor, DOCTOR_WARN, subject, action, format, args);
    va_end(args);
}

void doctor_fail(struct doctor *doctor, const char *subject, const char *action,
                 const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say_list(doctor, DOCTOR_FAIL, subject, action, format, args);
    va_end(args);
}

void doctor_fault(struct doctor *doctor, enum doctor_verdict verdict, const char *subject,
                  const struct fault *fault)
{
    say(doctor, verdict, subject, fault_action(fault), fault->text);
}

void doctor_skip(struct doctor *doctor, const char *subject, const char *because)
{
    doctor_warn(doctor, subject, "", "not checked: %s", because);
}

bool doctor_reads(struct doctor *doctor)
{
    if (doctor->db && !doctor->other_schema)
        return true;
    doctor_skip(doctor, "", doctor->db ? "see store.schema" : "see store.file");
    return false;
}

void doctor_days(struct doctor *doctor, const char *subject, time_t until, const char *action)
{
    time_t left = until - clock_now();
    int days = (int)(left / DAY);

    if (left < 0)
        doctor_fail(doctor, subject, action, "expired %d day%s ago", -days,
                    days == -1 ? "" : "s");
    else if (days < DAYS_WARN)
        doctor_warn(doctor, subject, action, "expires in %d day%s", days,
                    days == 1 ? "" : "s");
    else
        doctor_ok(doctor, subject, "valid for %d days more", days);
}

/* --- reading what there is ------------------------------------------------------------- */

/* To somebody who may not enter, everything in it would look absent. */
static bool may_enter(const char *path, const struct stat *status, struct fault *fault)
{
    if (status->st_uid == geteuid() || access(path, R_OK | X_OK) == 0)
        return true;
    fault_set(fault, FAULT_PERMISSION, "%s: belongs to uid %u, and is closed to uid %u", path,
              (unsigned)status->st_uid, (unsigned)geteuid());
    return fault_advise(fault, "run it as the owner of the home or as root");
}

/* home_open() would refuse the very homes that need a doctor. */
static bool find_home(const char *path, struct home *home, struct fault *fault)
{
    SCOPED_MEM char *full = realpath(path, NULL);
    struct stat status;

    if (!full || stat(full, &status) != 0) {
        fault_set_errno(fault, FAULT_CONFIG, path, errno);
        return fault_advise(fault, "make it with `estafette init`, or name another with -C");
    }
    if (!S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_CONFIG, "%s: not a folder", full);
    if (snprintf(home->path, sizeof(home->path), "%s", full) >= (int)sizeof(home->path))
        return fault_set(fault, FAULT_CONFIG, "%s: name too long", path);
    return may_enter(full, &status, fault);
}

static void read_certificate(struct doctor *doctor, enum purpose purpose)
{
    SCOPED_BUF struct buf pem = { 0 };
    char relative[64], path[PATH_MAX];
    struct fault ignored = { 0 };

    snprintf(relative, sizeof(relative), "certificates/%s.pem", purpose_name(purpose));
    home_path(&doctor->gateway->home, relative, path);
    if (file_read(path, FILE_BYTES_MAX, &pem, &ignored)
        && !certificate_from_pem(&pem, &doctor->certificate[purpose], &ignored))
        doctor->certificate[purpose] = NULL;
}

void doctor_attend(struct doctor *doctor, struct gateway *gateway, doctor_each *each,
                   void *context)
{
    *doctor = (struct doctor){
        .each = each, .context = context, .gateway = gateway, .daemon = true
    };
    doctor->trust = gateway_trust(gateway);
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        read_certificate(doctor, (enum purpose)purpose);
}

static void read_credentials(struct doctor *doctor)
{
    struct gateway *gateway = doctor->gateway;
    struct fault ignored = { 0 };

    for (int i = 0; i < PURPOSES; i++) {
        read_certificate(doctor, (enum purpose)i);
        if (!keys_public(&gateway->home, (enum purpose)i, &doctor->half[i], &ignored))
            doctor->half[i] = NULL;
    }
    if (doctor->config_fault.code == FAULT_NONE
        && !keys_load(&gateway->home, gateway->config.oin, &gateway->keys, &ignored))
        gateway->keys = NULL;
}

static void look_for_daemon(struct doctor *doctor)
{
    struct gateway *gateway = doctor->gateway;
    struct fault ignored = { 0 };
    char url[128];

    /* Where the configuration cannot be read, the folder of the sockets is the usual one. */
    doctor->daemon = config_socket(&gateway->config, &gateway->home, "control", url, &ignored)
                     && bus_answers(url);
}

bool doctor_visit(struct doctor *doctor, const char *path, struct gateway *gateway,
                  doctor_each *each, void *context, struct fault *fault)
{
    char trust[PATH_MAX];

    *doctor = (struct doctor){ .each = each, .context = context, .gateway = gateway };
    if (!find_home(path, &gateway->home, fault))
        return false;
    gateway->registry = registry_create();
    if (config_load(&gateway->home, &gateway->config, &doctor->config_fault))
        doctor->config_fault.code = FAULT_NONE;
    if (trust_load(home_path(&gateway->home, "trust", trust), &doctor->trust,
                   &doctor->trust_fault))
        gateway->trust_now = trust_retain(doctor->trust);
    read_credentials(doctor);
    look_for_daemon(doctor);
    return true;
}

void doctor_leave(struct doctor *doctor)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        EVP_PKEY_free(doctor->half[purpose]);
        X509_free(doctor->certificate[purpose]);
    }
    trust_release(&doctor->trust);
    sqlite3_close(doctor->db);
}

/* --- running ------------------------------------------------------------------------- */

struct visit {
    struct doctor *doctor;
    const struct doctor_row *row;
};

static bool row_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct visit *visit = argument;

    (void)fault;
    visit->doctor->db = db;
    visit->row->run(visit->doctor);
    visit->doctor->db = NULL;
    return true;
}

/* A row at a time, so that what comes in meanwhile need not wait for all of them. */
static void run_in_store(struct doctor *doctor, const struct doctor_row *row)
{
    struct visit visit = { doctor, row };
    struct fault fault = { 0 };

    if (!store_run(doctor->gateway->store, row_work, &visit, &fault) && doctor->said == 0)
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
}

void doctor_run(struct doctor *doctor, enum doctor_part part)
{
    for (const struct doctor_row *row = DOCTOR_CHECKS; row->id; row++) {
        if (row->part != part)
            continue;
        doctor->id = row->id;
        doctor->said = 0;
        if (part == DOCTOR_STORE && doctor->gateway->store)
            run_in_store(doctor, row);
        else
            row->run(doctor);
    }
}

void doctor_pass_over(struct doctor *doctor, enum doctor_part part, const char *because)
{
    for (const struct doctor_row *row = DOCTOR_CHECKS; row->id; row++) {
        if (row->part != part)
            continue;
        doctor->id = row->id;
        doctor_skip(doctor, "", because);
    }
}

/* The database is let go first: waiting for a peer is no reason to keep a daemon from it. */
void doctor_examine(struct doctor *doctor, const struct peer *peer)
{
    sqlite3_close(doctor->db);
    doctor->db = NULL;
    doctor->peer = peer;
    doctor->pinged = false;
    doctor_run(doctor, DOCTOR_PEER);
    doctor->peer = NULL;
}

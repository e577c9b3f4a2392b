/* doctor -- everything that can be wrong with a home and its peers, one finding at a time.
 *
 * DOCTOR_CHECKS is the one list of checks. Each looks at one thing, by itself, and goes on
 * after a failure of another: what it then cannot look at it says to be "not checked". Nothing
 * is changed: no file, no row, no state of a peer. No personal data and no key material.
 *
 * The command `estafette doctor` runs the part about the home; the others are the daemon's
 * when it runs (it holds the database and the connections), else the command's too.
 */
#ifndef GATEWAY_DOCTOR_H
#define GATEWAY_DOCTOR_H

#include <limits.h>
#include <stdbool.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "gateway/gateway.h"
#include "gateway/ping.h"
#include "peers/peer.h"

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_VERDICTS };
const char *doctor_verdict_name(enum doctor_verdict verdict); /* "OK", "WARN", "FAIL" */

struct doctor_finding {
    const char *id; /* of the check */
    enum doctor_verdict verdict;
    const char *subject; /* purpose, file or peer; "": the home */
    const char *why, *action;
};
typedef void doctor_each(void *context, const struct doctor_finding *finding);

struct doctor {
    doctor_each *each;
    void *context;
    struct gateway *gateway; /* the daemon's; the command's holds only what could be read */
    struct trust *trust;     /* NULL: trust_fault */
    struct fault config_fault, trust_fault; /* FAULT_NONE: it was read */
    EVP_PKEY *half[PURPOSES];               /* of the keys on disk; NULL: none */
    X509 *certificate[PURPOSES];            /* on disk; NULL: none */
    bool daemon;                            /* answers on the local bus */
    sqlite3 *db;             /* for the checks of the store; NULL: could not be opened */
    bool other_schema;       /* of an older or newer program: its rows are not for us */
    const struct peer *peer; /* for the checks of a peer */
    struct ping ping;        /* of that peer */
    struct fault ping_fault;
    bool pinged;
    const char *id; /* of the check that runs; and how often it spoke */
    int said;
};

/* Inside the daemon: everything is there. */
void doctor_attend(struct doctor *doctor, struct gateway *gateway, doctor_each *each,
                   void *context);
/* By the command: reads what can be read of the home at `path` into `gateway` (an empty one).
 * FAULT_CONFIG: there is no such folder; FAULT_PERMISSION: it is somebody else's. */
bool doctor_visit(struct doctor *doctor, const char *path, struct gateway *gateway,
                  doctor_each *each, void *context, struct fault *fault) MUST_CHECK;
void doctor_leave(struct doctor *doctor); /* after either */

enum doctor_part { DOCTOR_HOME, DOCTOR_DAEMON, DOCTOR_STORE, DOCTOR_PEER };
void doctor_run(struct doctor *doctor, enum doctor_part part);
/* Says of each check of a part that it was not done. */
void doctor_pass_over(struct doctor *doctor, enum doctor_part part, const char *because);
/* The part about this peer. */
void doctor_examine(struct doctor *doctor, const struct peer *peer);

typedef void doctor_check(struct doctor *doctor);
struct doctor_row {
    const char *id;
    enum doctor_part part;
    doctor_check *run;
    const char *about; /* what it looks at */
};
extern const struct doctor_row DOCTOR_CHECKS[]; /* ends with id NULL */

#define DOCTOR_ACTION (PATH_MAX + 256) /* room for an action with a path in it */

/* What a check says; `subject` as in the finding. */
void doctor_ok(struct doctor *doctor, const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void doctor_warn(struct doctor *doctor, const char *subject, const char *action,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
void doctor_fail(struct doctor *doctor, const char *subject, const char *action,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
void doctor_fault(struct doctor *doctor, enum doctor_verdict verdict, const char *subject,
                  const struct fault *fault);
void doctor_skip(struct doctor *doctor, const char *subject, const char *because); /* WARN */
bool doctor_reads(struct doctor *doctor); /* rows of the store; false after saying why not */
/* How long something lasts: expired, or with few days left, or OK. */
void doctor_days(struct doctor *doctor, const char *subject, time_t until, const char *action);

/* The checks, by file. */
doctor_check doctor_home_folder, doctor_home_folders, doctor_home_owner, doctor_home_private,
    doctor_home_leftovers, doctor_home_writable, doctor_home_space;
doctor_check doctor_config_file, doctor_config_omgeving, doctor_config_endpoint,
    doctor_credential_home, doctor_credential_key, doctor_credential_separate,
    doctor_credential_present, doctor_credential_request, doctor_credential_pair,
    doctor_credential_purpose, doctor_credential_oin, doctor_credential_days,
    doctor_credential_chain;
doctor_check doctor_trust_files, doctor_trust_anchor, doctor_trust_days, doctor_trust_crl,
    doctor_trust_age, doctor_clock_kernel, doctor_clock_certificates, doctor_clock_store,
    doctor_clock_receipts, doctor_socket_folder, doctor_socket_daemon, doctor_socket_listen,
    doctor_socket_duo, doctor_daemon_config, doctor_daemon_certificates, doctor_daemon_trust;
doctor_check doctor_duo_config, doctor_duo_connect, doctor_duo_trust_anchor,
    doctor_duo_trust_crl, doctor_mail_config, doctor_mail_waiting, doctor_levering_in,
    doctor_levering_in_command, doctor_levering_out, doctor_levering_out_command,
    doctor_levering_guard, doctor_levering_contact;
doctor_check doctor_store_file, doctor_store_schema, doctor_store_whole, doctor_store_audit,
    doctor_store_cards, doctor_store_queue, doctor_store_peers, doctor_bijlagen_whole;
doctor_check doctor_peer_state, doctor_peer_card, doctor_peer_days, doctor_peer_chain,
    doctor_peer_name, doctor_peer_connect, doctor_peer_tls, doctor_peer_server,
    doctor_peer_known, doctor_peer_ping, doctor_peer_clock;

#endif

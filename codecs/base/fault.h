/* fault -- why a call failed: noticed once, carried upward unchanged.
 *
 * Every fallible function returns bool and takes `struct fault *fault` last.
 * Whoever first sees the failure calls fault_set(); callers above return false
 * and leave it alone. After a failure `text` is never empty: it goes, as it
 * is, into the audit log and to the operator. It names elements, ids and
 * files, never the content of a document: no personal data in here.
 *
 * (Not "err": OpenSSL owns the ERR_ prefix, down to a type named ERR_STATE.)
 */
#ifndef CODECS_BASE_FAULT_H
#define CODECS_BASE_FAULT_H

#include <stdbool.h>

/* clang-format off */
/*    code                name           exit again? what to do, unless fault_advise() knew better */
#define FAULT_CODES(X)                                                                             \
    X(FAULT_NONE,         "none",          0, false, "")                                           \
    X(FAULT_NEGATIVE,     "negative",      1, false, "see the reason above")                       \
    X(FAULT_UNKNOWN,      "unknown",       1, false, "list what there is, and check the name or id") \
    X(FAULT_STATE,        "state",         1, false, "look at its present state with `show`")      \
    X(FAULT_REFUSED,      "refused",       1, false, "the other side said no: read its reason, put it right, send anew") \
    X(FAULT_USAGE,        "usage",        64, false, "see --help")                                 \
    X(FAULT_DOCUMENT,     "document",     65, false, "the document is not well-formed or not allowed here: make it anew") \
    X(FAULT_SCHEMA,       "schema",       65, false, "correct the element that is named, then try again") \
    X(FAULT_RULE,         "rule",         65, false, "correct the element that is named, then try again") \
    X(FAULT_ATTACHMENT,   "attachment",   65, false, "make the document anew (a PDF, or a JPEG, PNG or TIFF image) and send again") \
    X(FAULT_SIZE,         "size",         65, false, "make it smaller, or raise the limit on both sides") \
    X(FAULT_INPUT,        "input",        66, false, "check the name and whether you may read it") \
    X(FAULT_UNREACHABLE,  "unreachable",  69, true,  "check the peer's address and network; it is tried again by itself") \
    X(FAULT_DAEMON,       "daemon",       69, false, "start it: estafetted -C HOME")               \
    X(FAULT_INTERNAL,     "internal",     70, false, "this cannot happen; please report it")       \
    X(FAULT_IO,           "io",           74, true,  "check disk space, the disk and permissions") \
    X(FAULT_STORE,        "store",        74, true,  "check disk space and the database file")     \
    X(FAULT_MISSING,      "missing",      75, true,  "nothing, it is sent along with the next attempt; when it stays away, ask the sender to send anew") \
    X(FAULT_QUOTA,        "quota",        75, true,  "it goes on by itself when the messages that wait for these documents have come, or after a day; else raise [limits] waiting_mib") \
    X(FAULT_CLOCK,        "clock",        75, true,  "set the clock (timedatectl, chronyc tracking) on the side where it is wrong; it goes on by itself") \
    X(FAULT_TEMPORARY,    "temporary",    75, true,  "try again in a while")                       \
    X(FAULT_ANSWER,       "answer",       76, true,  "ask the peer's administrator to look at its log; it is tried again by itself") \
    X(FAULT_SEAL,         "seal",         76, false, "check that both sides hold each other's present card") \
    X(FAULT_SIGNATURE,    "signature",    76, false, "check that both sides hold each other's present card") \
    X(FAULT_CERTIFICATE,  "certificate",  76, false, "check the certificate, the anchors and the CRLs") \
    X(FAULT_IDENTITY,     "identity",     76, false, "check the peer with `estafette peer show`")  \
    X(FAULT_RECIPIENT,    "recipient",    76, false, "check to whom it was addressed")             \
    X(FAULT_EXPIRED,      "expired",      76, false, "send it anew")                               \
    X(FAULT_CONFLICT,     "conflict",     76, false, "the same id was used for other content: send it anew") \
    X(FAULT_PERMISSION,   "permission",   77, false, "run it as the gateway's own user or as root") \
    X(FAULT_CONFIG,       "config",       78, false, "correct the configuration, check it with estafetted -n")
/* clang-format on */

enum fault_code {
#define X(code, name, exit, again, action) code,
    FAULT_CODES(X)
#undef X
        FAULT_CODE_COUNT
};

struct fault {
    enum fault_code code;
    char text[400];
    char action[240]; /* empty: the action of the code */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* Always returns false, so that `return fault_set(...)` reads as one thought. */
bool fault_set(struct fault *fault, enum fault_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds what the operator can do about this very failure; returns false too. */
bool fault_advise(struct fault *fault, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Like fault_set(FAULT_IO or FAULT_INPUT) with the text of `error` (an errno) behind `what`.
 */
bool fault_set_errno(struct fault *fault, enum fault_code code, const char *what, int error);

/* May the same call succeed later without anyone changing anything? */
bool fault_is_temporary(const struct fault *fault);

const char *fault_name(enum fault_code code);
enum fault_code fault_code_named(const char *name); /* FAULT_INTERNAL when there is none */
int fault_exit_code(const struct fault *fault);     /* sysexits as the commands promise them */
const char *fault_action(const struct fault *fault);

#endif

/* config -- estafette.ini: every setting in one table, with its default and bounds.
 *
 * Unknown sections and keys are refused with file and line, so that a typing mistake is never
 * a silent default. The rest of the program holds a const struct config *.
 */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "codecs/message.h"
#include "codecs/rules.h"
#include "gateway/home.h"
#include "peers/peer.h"

#define CONFIG_BASE_MAX 180
#define CONFIG_DUO_BASES 14 /* DUO's APIs that we call; notificatie is called by DUO */

/* DUO is configuration, not a peer. */
struct config_duo {
    char oin[OIN_SIZE]; /* "": DUO is not used */
    char base[CONFIG_BASE_MAX + 1];
    char bases[CONFIG_DUO_BASES][CONFIG_BASE_MAX + 1]; /* "": base */
    char listen[128];                                  /* "": no notifications */
    int per_duo, scope_days;
    char toegang_vanaf[16];
};

/* Reminders by mail; all empty: none. */
struct config_mail {
    char smtp[CONFIG_BASE_MAX + 1], from[181];
    char klantregisseur[181], beheer[181]; /* "": the other */
    char user[181], password_file[256], ca[256];
    char command[256]; /* instead of smtp */
};

#define CONFIG_PATH_MAX 180

struct config_levering {
    char map[CONFIG_PATH_MAX + 1];      /* folder; not from "/": in the home */
    char commando[CONFIG_PATH_MAX + 1]; /* "": none */
    int seconden;
};

struct config {
    /* [organisatie] */
    char oin[OIN_SIZE];
    char naam[PEER_NAAM_MAX + 1];
    char gemeentecodes_text[256]; /* as written: "0141, 0142" */
    char omgeving_text[16];
    /* [contact] goes into the header of what we send; all empty: none */
    struct contactpersoon contact;
    /* [listen] */
    char address[128], endpoint[PEER_ENDPOINT_MAX + 1];
    int handshake_seconds, head_seconds, body_seconds, idle_seconds, life_seconds;
    int connections_max, per_address_max, workers;
    /* [deliver] */
    int couriers, per_peer, connect_seconds, total_seconds;
    int retry_first_seconds, retry_longest_seconds, expire_days;
    /* [limits] */
    int message_kib, document_mib, waiting_mib, kaart_days;
    /* [local] */
    char sockets[80]; /* "": HOME/run */
    /* [rollen] who besides our own user may use them: klantregisseur, beheer, lezer */
    char rollen[3][181];
    /* [regels] amounts and terms that dossiers are held against; today is the caller's */
    struct rules_limits regels;
    struct config_duo duo;   /* [duo] */
    struct config_mail mail; /* [mail] */
    /* our own system supplies dossiers that are asked for, gets those that were received */
    struct config_levering aanlevering, aflevering;
    int bewaar_dagen;                       /* in aanlevering's map */
    char wacht_op_duo[4], doorverwijzen[4]; /* ja, nee */
    char gebruiker[40];                     /* [programma]; "": our own */
    /* [log] */
    char level[16];

    /* derived */
    char gemeentecodes[PEER_GEMEENTECODES_MAX][GEMEENTECODE_SIZE];
    size_t gemeentecode_count;
    enum omgeving omgeving;
};

/* Reads HOME/estafette.ini. FAULT_CONFIG: "estafette.ini:12: ...". */
bool config_load(const struct home *home, struct config *config,
                 struct fault *fault) MUST_CHECK;

/* The same from text; `name` is for the faults. */
bool config_parse(const char *name, const struct buf *text, struct config *config,
                  struct fault *fault) MUST_CHECK;

typedef void config_each(void *context, const char *section, const char *key);
/* The settings that differ between the two. */
void config_compare(const struct config *a, const struct config *b, config_each *each,
                    void *context);

/* A commented estafette.ini with every setting and its default; `values` ("section.key=value",
 * ends with NULL) are filled in. For `init`. */
void config_write(const char *const *values, struct buf *text);

/* Our own name of a socket: "control" or "events" to "ipc:///..." FAULT_CONFIG: path too long.
 */
bool config_socket(const struct config *config, const struct home *home, const char *name,
                   char url[128], struct fault *fault) MUST_CHECK;

/* Where DUO's API of that name ("PIP", "GevolgdeUren": as its specification is called) is. */
const char *config_duo_base(const struct config *config, const char *api);

bool config_serves(const struct config *config, const char *gemeentecode);

/* The one municipality that we are: of codes that merged, what they became. "": we are more
 * than one, and which is meant must be said. */
const char *config_own(const struct config *config);

#endif

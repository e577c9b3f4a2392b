/* peer -- another gateway as our registry knows it: its card, and where it stands with us.
 *
 *   VOORGESTELD --> ACTIEF <--> GESCHORST --> VERWIJDERD
 *        \______________________/   (a proposed or suspended peer can be removed)
 */
#ifndef PEERS_PEER_H
#define PEERS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <openssl/x509.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "codecs/digest.h"
#include "codecs/message.h"

#define PEER_GEMEENTECODES_MAX 32
#define PEER_NAAM_MAX 400
#define PEER_ENDPOINT_MAX 256

enum omgeving { OMGEVING_TEST, OMGEVING_PRODUCTIE, OMGEVINGEN };
const char *omgeving_name(enum omgeving omgeving);
bool omgeving_from_name(const char *name, enum omgeving *omgeving);

enum peer_state {
    PEER_VOORGESTELD,
    PEER_ACTIEF,
    PEER_GESCHORST,
    PEER_VERWIJDERD,
    PEER_STATES
};
const char *peer_state_name(enum peer_state state);
bool peer_state_from_name(const char *name, enum peer_state *state);
bool peer_state_arrow(enum peer_state from, enum peer_state to);

/* What a card says (peers/card.h reads and writes it). */
struct card {
    char oin[OIN_SIZE];
    char naam[PEER_NAAM_MAX + 1];
    char gemeentecodes[PEER_GEMEENTECODES_MAX][GEMEENTECODE_SIZE];
    size_t gemeentecode_count;
    enum omgeving omgeving;
    char endpoint[PEER_ENDPOINT_MAX + 1]; /* https://host[:port] without path or slash */
    STACK_OF(X509) * certificates[PURPOSES];
    time_t geldig_van, geldig_tot;
};
void card_finish(struct card *card);

/* Shared between threads, immutable, counted. A change of state makes a new one. */
struct peer {
    int references; /* only through peer_retain and peer_release */
    struct card card;
    enum peer_state state;
    struct digest fingerprint; /* canonical digest: what is compared by telephone */
    struct buf signed_card;    /* as it was received */
};

/* Verifies and reads the card. *peer is the caller's. Faults of card_read(). */
bool peer_create(const void *signed_card, size_t size, enum peer_state state,
                 struct peer **peer, struct fault *fault) MUST_CHECK;
struct peer *peer_retain(const struct peer *peer);
void peer_release(struct peer **peer);
#define SCOPED_PEER __attribute__((cleanup(peer_release)))

/* Is this very certificate (byte-identical) on the card for this purpose? */
bool peer_has(const struct peer *peer, enum purpose purpose, X509 *certificate);
bool peer_serves(const struct peer *peer, const char *gemeentecode);

/* May we exchange `soort` with it now: state (a ping, and only a ping, also with a proposed
 * peer), and the card's validity. FAULT_IDENTITY, FAULT_EXPIRED. */
bool peer_may(const struct peer *peer, enum soort soort, time_t now,
              struct fault *fault) MUST_CHECK;

#endif

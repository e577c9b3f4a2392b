/* town -- a whole municipality for tests: home, keys, authority, gateway, in this process.
 *
 * Anything that goes wrong while building aborts. Each town has a root of its own; acquainted
 * towns trust each other's root and hold each other's card as an active peer.
 */
#ifndef TESTS_TOWN_H
#define TESTS_TOWN_H

#include <jansson.h>

#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"
#include "tests/pki.h"

struct town {
    const char *oin, *code, *naam;
    const char *level;     /* of its log; NULL: error */
    enum pki_kind kind;    /* PKI_RSA or PKI_P256, of its keys and its root */
    int total_seconds;     /* deadline of an exchange; 0: 10 */
    const char *duo;       /* more lines of estafette.ini, as "[duo]\n..."; NULL: none */
    struct helper *helper; /* the test's; NULL: no command can be run */
    char folder[64];
    int port;
    struct pki *pki;
    struct gateway gateway;
    bool open; /* town_open() or town_start() was called, and not town_stop() yet */
    bool runs; /* town_start() was called */
};

/* Once per program: libraries. */
void town_install(void);

/* A port of the loopback that is free, and that nobody is given by chance. */
int town_free_port(void);

/* Home, keys, certificates, configuration and own trust on disk. retry is 1..2 seconds. */
void town_build(struct town *town);
/* estafette.ini once more, as the members say now. */
void town_configure(struct town *town);
/* Another certificate for the same key, until then (0: a year). Of effect at the next start.
 */
void town_renew(struct town *town, enum purpose purpose, time_t until);
/* Puts the other's root and CRL into its trust. */
void town_trust(struct town *town, struct town *other);
/* Keys, trust and store only: enough to make a card, to compose, and to call handlers. */
void town_open(struct town *town);
/* Everything: listener, couriers, local bus. Instead of town_open(). */
void town_start(struct town *town);
/* town_build() for all, every root in every trust, town_open(), every card with the first
 * `known` as an active peer. town_scatter() stops and removes them. */
void town_gather(struct town *towns, size_t count, size_t known);
void town_scatter(struct town *towns, size_t count);
/* The home stays; may be opened again. Of a stopped town nothing is done. */
void town_stop(struct town *town);
void town_remove(struct town *town);

/* Registers the card of `other` (opened) with `town` (opened), in that state. */
void town_know(struct town *town, struct town *other, enum peer_state state);
/* The card of an opened town, changed first (NULL: not), signed by it. */
void town_card(struct town *town, void (*change)(struct card *card), struct buf *signed_card,
               struct digest *fingerprint);

/* The same for a card that was changed first (endpoint, validity), signed by other. */
void town_know_card(struct town *town, struct town *other, enum peer_state state,
                    void (*change)(struct card *card));

/* Queues the sample dossier to the peer; the handover's id is copied. */
void town_send(struct town *town, struct town *other, char overdracht[UUID_SIZE]);

/* The same with a PDF of `size` bytes beside it. */
void town_send_document(struct town *town, struct town *other, size_t size,
                        char overdracht[UUID_SIZE]);

/* Queues any message in a handover that is there, whatever its state says; its id is copied.
 */
void town_queue(struct town *town, struct town *other, const struct letter *letter,
                char id[UUID_SIZE]);

/* One request as the local bus brings it; `arguments` are taken. The result is the caller's;
 * NULL with the fault. It is held to gateway/api.json. */
json_t *town_ask(struct town *town, call_handler *handler, json_t *arguments,
                 struct fault *why);

/* Changes the store behind the gateway's back. */
void town_do(struct town *town, const char *statement);

/* How many rows the query counts ("SELECT count(*) ..."). */
int64_t town_count(struct town *town, const char *query);
/* Waits until the query gives `expected`, at most so many seconds; false: it did not. */
bool town_wait(struct town *town, const char *query, int64_t expected, int seconds);

#endif

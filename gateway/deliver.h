/* deliver -- one HTTPS exchange with a peer or DUO, by libcurl, bounded in every direction.
 *
 * https only, no redirects, no decoding, no proxy, own byte counters; the
 * server must show, in the handshake and before a byte of the request leaves,
 * one of the tls-server certificates on the peer's card, with the card's OIN.
 * Of DUO there is no card: any certificate that its own trust finds good, with
 * DUO's OIN.
 */
#ifndef GATEWAY_DELIVER_H
#define GATEWAY_DELIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/keys.h"
#include "peers/peer.h"
#include "peers/trust.h"

struct deliver; /* keeps the last connection open; belongs to one thread at a time */

struct deliver_settings {
    long connect_ms, total_ms; /* total grows with size / 100 kB/s */
    size_t answer_max;         /* bytes of body; its header may have 16 KiB */
};

struct deliver_request {
    const struct peer *peer; /* NULL: a server without a card, known by: */
    const char *base, *oin;  /* "https://host:port", and what its certificate must carry */
    const char *method, *path, *content_type; /* "POST", "/v1/berichten", ... */
    const char *bron, *doel;
    const char *bericht_id, *traceparent,
        *content_range; /* each may be NULL, content_type too */
    const void *body;
    size_t size;
    long patience_ms; /* beyond the settings: what the other side needs to think */
};

/* How far an exchange came; each step stands on the one before it. On a kept connection only
 * the last one is told. */
enum deliver_step {
    DELIVER_NOWHERE,
    DELIVER_NAMED,      /* the host of the endpoint has an address */
    DELIVER_CONNECTED,  /* somebody took the connection */
    DELIVER_SPOKEN,     /* in TLS, and showed a certificate */
    DELIVER_RECOGNISED, /* which ends at an anchor of ours and is on the card */
    DELIVER_ANSWERED,   /* they took our certificate and gave an HTTP answer */
};

struct deliver_answer {
    int status;                              /* 0: no HTTP answer came */
    char content_type[128], api_version[32]; /* "": not given */
    struct buf body;
    long long content_length; /* as declared, also to HEAD; -1: not */
    bool connected; /* false: the peer could not be reached at all (one clock per peer) */
    enum deliver_step reached;
};

void deliver_install(void); /* once: curl_global_init */
struct deliver *deliver_create(const struct deliver_settings *settings);
void deliver_destroy(struct deliver *deliver);

/* True: an HTTP answer came, whatever its status. FAULT_UNREACHABLE (nobody there; TLS refused
 * by them or, for a certificate without a good chain, by us), FAULT_IDENTITY (a good
 * certificate, not of who was called), FAULT_ANSWER (too large, cut off, too slow, not HTTP),
 * FAULT_CONFIG. The answer is the caller's in either case. */
bool deliver_send(struct deliver *deliver, const struct deliver_request *request,
                  const struct keys *keys, struct trust *trust, struct deliver_answer *answer,
                  struct fault *fault) MUST_CHECK;
void deliver_answer_finish(struct deliver_answer *answer);

#endif

/* route -- see route.h. */
#include "gateway/route.h"

#include <string.h>

#include "gateway/clock.h"
#include "gateway/gateway.h"
#include "gateway/bijlagen.h"
#include "gateway/handle_bericht.h"
#include "gateway/handle_bijlage.h"
#include "gateway/handle_kaart.h"
#include "gateway/log.h"

#define RETRY_AFTER_SECONDS 30

/* clang-format off */
static const struct problem {
    enum fault_code fault; /* FAULT_NONE: for all others, by whether they may work later */
    int status;
    const char *title, *type;
} PROBLEMS[] = {
    { FAULT_NONE,    400, "Verzoek niet aanvaard",         NULL },
    { FAULT_NONE,    503, "Tijdelijk niet beschikbaar",    NULL },
    { FAULT_SIZE,    413, "Bericht te groot",              NULL },
    { FAULT_CLOCK,   503, "De klok van een van beide kanten loopt niet goed", "klok" },
    { FAULT_MISSING, 409, "Een bijlage is er nog niet",    "bijlage-ontbreekt" },
    { FAULT_QUOTA,   429, "Te veel bijlagen zonder bericht", "quotum" },
};
/* clang-format on */

void route_table(const struct config *config, struct listen_route routes[ROUTES])
{
    routes[0] = (struct listen_route){ "POST", "/v1/berichten",
                                       (size_t)config->message_kib << 10, handle_bericht };
    routes[1] = (struct listen_route){ "GET", "/v1/kaart", 0, handle_kaart };
    routes[2] =
        (struct listen_route){ "HEAD", HANDLE_BIJLAGE_PATH "*", 0, handle_bijlage_head };
    routes[3] = (struct listen_route){ "PUT", HANDLE_BIJLAGE_PATH "*", BIJLAGEN_PIECE_MAX,
                                       handle_bijlage_put };
    routes[4] = (struct listen_route){ 0 };
}

bool route_peer(struct gateway *gateway, X509 *client, struct peer **peer, struct fault *fault)
{
    char oin[OIN_SIZE];

    if (!certificate_oin(client, oin, fault))
        return false;
    *peer = registry_by_oin(gateway->registry, oin);
    if (!*peer)
        return fault_set(fault, FAULT_IDENTITY, "TLS client %s is not a registered peer", oin);
    return peer_has(*peer, PURPOSE_TLS_CLIENT, client)
           || fault_set(fault, FAULT_IDENTITY, "TLS certificate is not on the card of peer %s",
                        oin);
}

/* The handshake has looked at it too, but behind a stale CRL, or under a trust that `reload`
 * has replaced since. */
static bool is_trusted(struct gateway *gateway, X509 *client, struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(gateway);

    return trust_check(trust, client, PURPOSE_TLS_CLIENT, clock_now(), fault);
}

bool route_admit(void *context, const struct listen_request *request,
                 struct listen_answer *answer)
{
    SCOPED_PEER struct peer *peer = NULL;
    struct fault fault = { 0 };

    if (route_peer(context, request->client, &peer, &fault)
        && peer_may(peer, SOORT_PING, clock_now(), &fault)
        && is_trusted(context, request->client, &fault))
        return true;
    route_refuse(request->address, &fault, answer);
    return false;
}

static const struct problem *problem_for(const struct fault *fault)
{
    for (size_t i = 0; i < sizeof(PROBLEMS) / sizeof(PROBLEMS[0]); i++)
        if (PROBLEMS[i].fault == fault->code)
            return &PROBLEMS[i];
    return &PROBLEMS[fault_is_temporary(fault)];
}

void route_refuse(const char *address, const struct fault *fault, struct listen_answer *answer)
{
    const struct problem *problem = problem_for(fault);

    log_warning("refused from=%s status=%d (%s: %s)", address, problem->status,
                fault_name(fault->code), fault->text);
    answer->status = problem->status;
    answer->content_type = "application/problem+xml";
    answer->retry_after = fault_is_temporary(fault) ? RETRY_AFTER_SECONDS : 0;
    answer->close = true;
    buf_add_text(&answer->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<problem xmlns=\"urn:ietf:rfc:7807\">");
    if (problem->type)
        buf_addf(&answer->body, "<type>urn:nl:estafette:problem:%s</type>", problem->type);
    buf_addf(&answer->body, "<title>%s</title><status>%d</status></problem>\n", problem->title,
             problem->status);
}

/* duo_listen -- see duo_listen.h. */
#include "gateway/duo_listen.h"

#include <string.h>

#include "gateway/clock.h"
#include "gateway/handle_notificatie.h"
#include "gateway/log.h"
#include "gateway/tls.h"

#define RETRY_AFTER_SECONDS 30

static const struct listen_route ROUTES[] = {
    { "POST", "/v1/notificaties", HANDLE_NOTIFICATIE_BYTES_MAX, handle_notificatie },
    { 0 },
};

/* --- refusing -------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    enum fault_code fault;
    int status;
} STATUSES[] = { /* Notificatie 1.8.0: 400, 401, 403, 500, 503; what may work later is 503 */
    { FAULT_USAGE,       400 },
    { FAULT_DOCUMENT,    400 },
    { FAULT_SCHEMA,      400 },
    { FAULT_CONFLICT,    400 },
    { FAULT_SIZE,        413 },
    { FAULT_CERTIFICATE, 401 }, /* cannot be authenticated or identified */
    { FAULT_IDENTITY,    403 }, /* can be: it is not DUO */
    { FAULT_RECIPIENT,   403 },
};
/* clang-format on */

static int status_for(const struct fault *fault)
{
    for (size_t i = 0; i < sizeof(STATUSES) / sizeof(STATUSES[0]); i++)
        if (STATUSES[i].fault == fault->code)
            return STATUSES[i].status;
    return fault_is_temporary(fault) ? 503 : 500;
}

/* The one error that has a body is 503, a single Foutmelding. */
static void put_words(int status, struct listen_answer *answer)
{
    if (status != 503)
        return;
    answer->content_type = "application/json";
    buf_add_text(&answer->body,
                 "{\"fouttekst\":\"De notificatie kan nu niet worden opgeslagen; "
                 "bied haar later opnieuw aan.\"}");
}

void duo_listen_refuse(const char *address, const struct fault *fault,
                       struct listen_answer *answer)
{
    answer->status = status_for(fault);
    log_warning("refused from=%s of=duo status=%d (%s: %s)", address, answer->status,
                fault_name(fault->code), fault->text);
    answer->retry_after = answer->status == 503 ? RETRY_AFTER_SECONDS : 0;
    answer->close = true;
    put_words(answer->status, answer);
}

/* --- who may come in ------------------------------------------------------------------- */

static bool is_duo(struct gateway *gateway, X509 *client, struct fault *fault)
{
    SCOPED_TRUST struct trust *trust = gateway_duo_trust(gateway);
    char oin[OIN_SIZE];

    if (!trust_check(trust, client, PURPOSE_TLS_CLIENT, clock_now(), fault)
        || !certificate_oin(client, oin, fault))
        return false;
    return strcmp(oin, gateway->config.duo.oin) == 0
           || fault_set(fault, FAULT_IDENTITY, "TLS client %s is not DUO", oin);
}

/* Asked at each request: the CRL may be another by now, and behind a stale one the handshake
 * lets everybody pass (tls.h). */
static bool admit(void *context, const struct listen_request *request,
                  struct listen_answer *answer)
{
    struct fault fault = { 0 };

    if (is_duo(context, request->client, &fault))
        return true;
    duo_listen_refuse(request->address, &fault, answer);
    return false;
}

/* --- life ------------------------------------------------------------------------------ */

/* DUO's trust says who comes in; our own chain is completed from the trust that we are under.
 */
static bool make_context(struct gateway *gateway, const struct trust *trust, SSL_CTX **tls,
                         struct fault *fault)
{
    SCOPED_TRUST struct trust *own = gateway_trust(gateway);

    if (!tls_server_context(gateway->keys, trust, tls, fault))
        return false;
    if (tls_own_chain(*tls, own, fault))
        return true;
    SSL_CTX_free(*tls);
    return false;
}

bool duo_listen_start(struct gateway *gateway, struct fault *fault)
{
    const struct config *config = &gateway->config;
    SCOPED_TRUST struct trust *trust = gateway_duo_trust(gateway);
    const struct listen_settings settings = {
        .address = config->duo.listen,
        .routes = ROUTES,
        .admit = admit,
        .context = gateway,
        .allowed = HTTP_CHUNKS,
        .fields = "API-Version: " HANDLE_NOTIFICATIE_VERSION "\r\n",
        .refuse = put_words,
        .handshake_seconds = config->handshake_seconds,
        .head_seconds = config->head_seconds,
        .body_seconds = config->body_seconds,
        .life_seconds = config->life_seconds,
        .idle_seconds = config->idle_seconds,
        .connections_max = config->connections_max,
        .per_address_max = config->per_address_max,
    };
    SSL_CTX *tls = NULL;

    if (!trust || !config->duo.listen[0])
        return true;
    if (!make_context(gateway, trust, &tls, fault))
        return false;
    bool good = listen_start(&settings, tls, gateway->workers, &gateway->duo_listener, fault);
    SSL_CTX_free(tls);
    return good;
}

bool duo_listen_trust(struct gateway *gateway, const struct trust *trust, struct fault *fault)
{
    SSL_CTX *tls = NULL;

    if (!gateway->duo_listener)
        return true;
    if (!make_context(gateway, trust, &tls, fault))
        return false;
    listen_set_tls(gateway->duo_listener, tls);
    SSL_CTX_free(tls);
    return true;
}

/* deliver -- see deliver.h.
 *
 * Who the server is, is decided in the handshake: its certificate must chain
 * to an anchor of ours (tls.h) and be byte-identical to one on the peer's card.
 * The name in the URL is not compared (VERIFYHOST 0): the certificate itself is
 * what was registered and compared by telephone, so a name could only refuse
 * the right peer after a change of address, never stop a wrong one. Of DUO the
 * OIN is what is compared, under anchors that are for DUO alone.
 *
 * A kept connection was checked against one card, trust and certificate of
 * ours; when one of these has changed, or the trust no longer finds the server
 * good, a new connection is made.
 */
#include "gateway/deliver.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <curl/curl.h>
#include <openssl/ssl.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "gateway/tls.h"

enum { HEADER_MAX = 16384, SLOWEST = 100 /* bytes per millisecond */, SILENT_SECONDS = 10 };

struct deliver {
    struct deliver_settings settings;
    CURL *curl;

    /* What the kept connection was checked against. */
    struct digest whom;
    X509 *client;
    struct trust *trust;
    X509 *server; /* what it showed */

    /* The exchange that runs. */
    const struct deliver_request *request;
    const struct keys *keys;
    struct deliver_answer *answer;
    size_t header_size;
    int alert; /* a fatal one from the other side; 0: none */
    struct fault noticed;
};

static void slist_release(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}
#define SCOPED_SLIST __attribute__((cleanup(slist_release)))

void deliver_install(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort(); /* no memory */
}

struct deliver *deliver_create(const struct deliver_settings *settings)
{
    struct deliver *deliver = mem_alloc(sizeof(*deliver));

    deliver->settings = *settings;
    deliver->curl = curl_easy_init();
    if (!deliver->curl)
        abort(); /* no memory */
    return deliver;
}

void deliver_destroy(struct deliver *deliver)
{
    if (!deliver)
        return;
    curl_easy_cleanup(deliver->curl);
    X509_free(deliver->client);
    X509_free(deliver->server);
    trust_release(&deliver->trust);
    free(deliver);
}

void deliver_answer_finish(struct deliver_answer *answer)
{
    buf_finish(&answer->body);
}

/* -- who is called --------------------------------------------------------------------- */

static const char *endpoint_of(const struct deliver_request *request)
{
    return request->peer ? request->peer->card.endpoint : request->base;
}

static void identify(const struct deliver_request *request, struct digest *whom)
{
    SCOPED_BUF struct buf text = { 0 };

    if (request->peer) {
        *whom = request->peer->fingerprint;
        return;
    }
    buf_addf(&text, "%s %s", request->base, request->oin);
    digest_of(text.data, text.size, whom);
}

/* -- the handshake ------------------------------------------------------------------------ */

static bool is_on_card(const struct card *card, X509 *certificate)
{
    const STACK_OF(X509) *listed = card->certificates[PURPOSE_TLS_SERVER];

    for (int i = 0; i < sk_X509_num(listed); i++)
        if (certificate_same(sk_X509_value(listed, i), certificate))
            return true;
    return false;
}

static bool is_right(const struct deliver_request *request, X509 *certificate,
                     struct fault *fault)
{
    const char *expected = request->peer ? request->peer->card.oin : request->oin;
    char oin[OIN_SIZE];

    if (request->peer && !is_on_card(&request->peer->card, certificate))
        return fault_set(fault, FAULT_IDENTITY,
                         "%s shows a certificate that is not on the card of %s",
                         endpoint_of(request), expected);
    if (!certificate_oin(certificate, oin, fault))
        return false;
    return strcmp(oin, expected) == 0
           || fault_set(fault, FAULT_IDENTITY, "%s shows the OIN %s instead of %s",
                        endpoint_of(request), oin, expected);
}

static int check_server(X509_STORE_CTX *chain, void *argument)
{
    struct deliver *deliver = argument;
    X509 *server = X509_STORE_CTX_get0_cert(chain);

    deliver->answer->reached = DELIVER_SPOKEN;
    if (X509_verify_cert(chain) != 1) {
        fault_set(&deliver->noticed, FAULT_UNREACHABLE, "%s: certificate: %s",
                  endpoint_of(deliver->request),
                  X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain)));
        return 0;
    }
    if (is_right(deliver->request, server, &deliver->noticed)) {
        deliver->answer->reached = DELIVER_RECOGNISED;
        X509_up_ref(server);
        X509_free(deliver->server);
        deliver->server = server;
        return 1;
    }
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

/* In TLS 1.3 the other side judges our certificate when for us the handshake is over; without
 * its alert that would look like an answer cut off. */
static void watch_alerts(const SSL *ssl, int where, int alert)
{
    struct deliver *deliver = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && alert >> 8 == SSL3_AL_FATAL)
        deliver->alert = alert;
}

static CURLcode set_up_tls(CURL *curl, void *tls, void *argument)
{
    struct deliver *deliver = argument;

    (void)curl;
    deliver->answer->reached = DELIVER_CONNECTED;
    if (!tls_client_setup(tls, deliver->keys, deliver->trust, &deliver->noticed))
        return CURLE_SSL_CERTPROBLEM;
    SSL_CTX_set_cert_verify_callback(tls, check_server, deliver);
    SSL_CTX_set_app_data(tls, deliver);
    SSL_CTX_set_info_callback(tls, watch_alerts);
    return CURLE_OK;
}

/* -- what libcurl calls meanwhile --------------------------------------------------------- */

/* A card may not point us at what answers only to this host's own links (OUT-01). */
static bool is_link_local(const struct curl_sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)&address->addr;
    const struct sockaddr_in6 *v6 = (const void *)&address->addr;

    if (address->family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 16 == 0xa9fe; /* 169.254.0.0/16 */
    return IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
}

static curl_socket_t open_socket(void *argument, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct deliver *deliver = argument;

    (void)purpose;
    deliver->answer->reached = DELIVER_NAMED;
    if (address->family != AF_INET && address->family != AF_INET6)
        return CURL_SOCKET_BAD;
    if (is_link_local(address)) {
        fault_set(&deliver->noticed, FAULT_UNREACHABLE, "%s is a link-local address",
                  endpoint_of(deliver->request));
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* TLS has been agreed, on this or an earlier exchange, and no byte of the request has left. */
static int note_connected(void *argument, char *ip, char *local_ip, int port, int local_port)
{
    struct deliver *deliver = argument;

    (void)ip, (void)local_ip, (void)port, (void)local_port;
    deliver->answer->connected = true;
    return CURL_PREREQFUNC_OK;
}

/* Of DUO's answers; of a header that comes twice the first. */
static void note_version(const char *line, size_t size, struct deliver_answer *answer)
{
    static const char NAME[] = "API-Version:";
    size_t at = sizeof(NAME) - 1;

    if (size < at || strncasecmp(line, NAME, at) != 0 || answer->api_version[0])
        return;
    while (at < size && line[at] == ' ')
        at++;
    while (size > at && strchr("\r\n ", line[size - 1]))
        size--;
    snprintf(answer->api_version, sizeof(answer->api_version), "%.*s", (int)(size - at),
             line + at);
}

static size_t take_header(char *bytes, size_t one, size_t size, void *argument)
{
    struct deliver *deliver = argument;

    (void)one;
    note_version(bytes, size, deliver->answer);
    deliver->header_size += size;
    if (deliver->header_size <= HEADER_MAX)
        return size;
    fault_set(&deliver->noticed, FAULT_ANSWER, "the answer has more than %d bytes of header",
              HEADER_MAX);
    return 0;
}

static size_t take_body(char *bytes, size_t one, size_t size, void *argument)
{
    struct deliver *deliver = argument;
    struct buf *body = &deliver->answer->body;

    (void)one;
    if (body->size + size <= deliver->settings.answer_max) {
        buf_add(body, bytes, size);
        return size;
    }
    fault_set(&deliver->noticed, FAULT_ANSWER, "the answer is larger than %zu bytes",
              deliver->settings.answer_max);
    return 0;
}

/* -- the request -------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    CURLoption option;
    long value;
} NUMBERS[] = {
    { CURLOPT_FOLLOWLOCATION,          0 },
    { CURLOPT_MAXREDIRS,               0 },
    { CURLOPT_HTTP_VERSION,            CURL_HTTP_VERSION_1_1 },
    { CURLOPT_HTTP09_ALLOWED,          0 },
    { CURLOPT_HTTP_CONTENT_DECODING,   0 },
    { CURLOPT_LOW_SPEED_LIMIT,         1024 },
    { CURLOPT_NOSIGNAL,                1 },
    { CURLOPT_QUICK_EXIT,              1 }, /* do not wait for a name server that is silent */
    { CURLOPT_NETRC,                   CURL_NETRC_IGNORED },
    { CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
    { CURLOPT_PATH_AS_IS,              1 },
    { CURLOPT_SSL_VERIFYPEER,          1 },
    { CURLOPT_SSL_VERIFYHOST,          0 }, /* see above */
    { CURLOPT_SSLVERSION,              CURL_SSLVERSION_TLSv1_2 },
    { CURLOPT_SSL_SESSIONID_CACHE,     0 },
    { CURLOPT_SSL_ENABLE_ALPN,         0 },
    { CURLOPT_MAXCONNECTS,             1 },
    { CURLOPT_MAXAGE_CONN,             60 },
    { CURLOPT_MAXLIFETIME_CONN,        900 },
};

static const struct {
    CURLoption option;
    const char *value;
} TEXTS[] = {
    { CURLOPT_PROTOCOLS_STR,       "https" },
    { CURLOPT_REDIR_PROTOCOLS_STR, "https" }, /* an empty list allows all: CVE-2024-2004 */
    { CURLOPT_PROXY,               "" },
    { CURLOPT_CAINFO,              NULL },
    { CURLOPT_CAPATH,              NULL },
};
/* clang-format on */

static void set_fixed(CURL *curl)
{
    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
        curl_easy_setopt(curl, NUMBERS[i].option, NUMBERS[i].value);
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        curl_easy_setopt(curl, TEXTS[i].option, TEXTS[i].value);
}

static void set_callbacks(struct deliver *deliver)
{
    CURL *curl = deliver->curl;

    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, deliver);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, deliver);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, note_connected);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, deliver);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, deliver);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, deliver);
}

static void set_limits(struct deliver *deliver)
{
    const struct deliver_settings *settings = &deliver->settings;
    const struct deliver_request *request = deliver->request;
    long total = settings->total_ms + (long)(request->size / SLOWEST) + request->patience_ms;

    curl_easy_setopt(deliver->curl, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_ms);
    curl_easy_setopt(deliver->curl, CURLOPT_TIMEOUT_MS, total);
    curl_easy_setopt(deliver->curl, CURLOPT_LOW_SPEED_TIME,
                     SILENT_SECONDS + request->patience_ms / 1000);
}

static void add_header(struct curl_slist **list, const char *name, const char *value)
{
    SCOPED_BUF struct buf line = { 0 };

    if (!value)
        return;
    buf_addf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(*list, buf_text(&line));
    if (!longer)
        abort(); /* no memory */
    *list = longer;
}

static struct curl_slist *headers_of(const struct deliver_request *request)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* never ask for 100 */

    /* "": none, where libcurl would make one up. */
    add_header(&list, "Content-Type", request->content_type ? request->content_type : "");
    add_header(&list, "Content-Range", request->content_range);
    add_header(&list, "bron", request->bron);
    add_header(&list, "doel", request->doel);
    add_header(&list, "berichtId", request->bericht_id);
    add_header(&list, "traceparent", request->traceparent);
    return list;
}

static void set_request(CURL *curl, const struct deliver_request *request)
{
    SCOPED_BUF struct buf url = { 0 };

    buf_addf(&url, "%s%s", endpoint_of(request), request->path);
    curl_easy_setopt(curl, CURLOPT_URL, buf_text(&url)); /* copied */
    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (strcmp(request->method, "DELETE") == 0) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    } else if (strcmp(request->method, "GET") != 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->size ? request->body : "");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->size);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    }
}

/* Time alone makes a CRL stale or a certificate expire under a kept connection; the handshake
 * of a new one says why. */
static bool is_still_good(const struct deliver *deliver, struct trust *trust)
{
    struct fault fault;

    return deliver->server
           && trust_check(trust, deliver->server, PURPOSE_TLS_SERVER, clock_now(), &fault);
}

static void remember(struct deliver *deliver, const struct keys *keys, struct trust *trust)
{
    struct digest whom;
    X509 *client = keys_certificate(keys, PURPOSE_TLS_CLIENT);

    identify(deliver->request, &whom);
    bool same = deliver->client == client && deliver->trust == trust
                && digest_equal(&deliver->whom, &whom) && is_still_good(deliver, trust);

    curl_easy_setopt(deliver->curl, CURLOPT_FRESH_CONNECT, same ? 0L : 1L);
    if (same)
        return;
    /* Both are kept, so that another one cannot come to stand at the same address. */
    X509_free(deliver->client);
    trust_release(&deliver->trust);
    X509_up_ref(client);
    deliver->client = client;
    deliver->trust = trust_retain(trust);
    deliver->whom = whom;
}

/* -- the answer --------------------------------------------------------------------------- */

static void read_info(CURL *curl, struct deliver_answer *answer)
{
    long status = 0;
    curl_off_t length = -1;
    const char *type = NULL;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    answer->status = (int)status;
    answer->reached = DELIVER_ANSWERED;
    answer->content_length = length;
    snprintf(answer->content_type, sizeof(answer->content_type), "%s", type ? type : "");
}

static bool failed(struct deliver *deliver, CURLcode code, const char *text,
                   struct fault *fault)
{
    const char *endpoint = endpoint_of(deliver->request);

    if (deliver->noticed.code != FAULT_NONE) {
        *fault = deliver->noticed;
        return false;
    }
    if (deliver->alert) {
        deliver->answer->connected = false;
        return fault_set(fault, FAULT_UNREACHABLE, "%s refuses our TLS: %s", endpoint,
                         SSL_alert_desc_string_long(deliver->alert));
    }
    return fault_set(fault, deliver->answer->connected ? FAULT_ANSWER : FAULT_UNREACHABLE,
                     "%s: %s", endpoint, text[0] ? text : curl_easy_strerror(code));
}

bool deliver_send(struct deliver *deliver, const struct deliver_request *request,
                  const struct keys *keys, struct trust *trust, struct deliver_answer *answer,
                  struct fault *fault)
{
    char text[CURL_ERROR_SIZE] = "";
    SCOPED_SLIST struct curl_slist *headers = headers_of(request);

    *answer = (struct deliver_answer){ .content_length = -1 };
    deliver->request = request;
    deliver->keys = keys;
    deliver->answer = answer;
    deliver->header_size = 0;
    deliver->alert = 0;
    deliver->noticed = (struct fault){ 0 };

    curl_easy_reset(deliver->curl);
    set_fixed(deliver->curl);
    set_callbacks(deliver);
    set_limits(deliver);
    set_request(deliver->curl, request);
    remember(deliver, keys, trust);
    curl_easy_setopt(deliver->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(deliver->curl, CURLOPT_ERRORBUFFER, text);
    CURLcode code = curl_easy_perform(deliver->curl);
    curl_easy_setopt(deliver->curl, CURLOPT_ERRORBUFFER, NULL);
    if (code != CURLE_OK)
        return failed(deliver, code, text, fault);
    read_info(deliver->curl, answer);
    return true;
}

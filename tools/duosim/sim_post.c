/* sim_post -- see sim_post.h. */
#include "tools/duosim/sim_post.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "codecs/base/buf.h"
#include "codecs/certificate.h"

enum { CONNECT_MS = 2000, TOTAL_MS = 10000, ANSWER_MAX = 65536 };

struct exchange {
    const struct sim_tls *tls;
    const struct sim_post *post;
    size_t size;
};

static void list_release(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}
#define SCOPED_LIST __attribute__((cleanup(list_release)))

/* The chain, and that the certificate is of the municipality that is meant. */
static int check_server(X509_STORE_CTX *chain, void *argument)
{
    const struct exchange *exchange = argument;
    char oin[OIN_SIZE];
    struct fault fault;

    if (X509_verify_cert(chain) != 1)
        return 0;
    if (certificate_oin(X509_STORE_CTX_get0_cert(chain), oin, &fault)
        && strcmp(oin, exchange->post->to->oin) == 0)
        return 1;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static CURLcode set_up_tls(CURL *curl, void *context, void *argument)
{
    struct exchange *exchange = argument;
    struct fault fault;

    (void)curl;
    if (!sim_tls_client(exchange->tls, context, &fault))
        return CURLE_SSL_CERTPROBLEM;
    SSL_CTX_set_cert_verify_callback(context, check_server, exchange);
    return CURLE_OK;
}

static size_t drop_body(char *bytes, size_t one, size_t size, void *argument)
{
    struct exchange *exchange = argument;

    (void)bytes, (void)one;
    exchange->size += size;
    return exchange->size <= ANSWER_MAX ? size : 0;
}

/* libcurl asks this about once a second, and more often while bytes flow. */
static int give_up(void *argument, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                   curl_off_t up)
{
    const struct exchange *exchange = argument;

    (void)down_all, (void)down, (void)up_all, (void)up;
    return *exchange->post->stopping;
}

static void add_header(struct curl_slist **list, const char *name, const char *value)
{
    SCOPED_BUF struct buf line = { 0 };

    buf_addf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(*list, buf_text(&line));
    if (!longer)
        abort(); /* no memory */
    *list = longer;
}

static void set_request(CURL *curl, const struct sim_post *post)
{
    SCOPED_BUF struct buf url = { 0 };

    buf_addf(&url, "%s/v1/notificaties", post->to->url);
    curl_easy_setopt(curl, CURLOPT_URL, buf_text(&url)); /* copied */
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)TOTAL_MS);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L); /* the OIN tells who it is */
    curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
}

int sim_post_send(const struct sim_tls *tls, const struct sim_post *post)
{
    SCOPED_LIST struct curl_slist *headers = NULL;
    struct exchange exchange = { .tls = tls, .post = post };
    CURL *curl = curl_easy_init();
    long status = 0;

    if (!curl)
        abort(); /* no memory */
    add_header(&headers, "Content-Type", "application/json");
    add_header(&headers, "bron", post->bron);
    add_header(&headers, "doel", post->to->oin);
    add_header(&headers, "berichtId", post->id);
    set_request(curl, post);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, set_up_tls);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, give_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    return (int)status;
}

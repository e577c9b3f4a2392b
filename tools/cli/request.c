/* request -- see request.h. */
#include "tools/cli/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/csr.h"
#include "gateway/keys.h"
#include "peers/file.h"

#define HTTPS "https://"

/* "https://host:8443" to "host"; "https://[::1]:8443" to "::1". */
static void host_of(const char *endpoint, char host[PEER_ENDPOINT_MAX + 1])
{
    const char *start = endpoint + strlen(HTTPS);
    bool brackets = *start == '[';

    start += brackets;
    snprintf(host, PEER_ENDPOINT_MAX + 1, "%.*s", (int)strcspn(start, brackets ? "]" : ":"),
             start);
}

/* CN is the host for TLS and the organisation for the rest. */
static struct csr csr_for(const struct config *config, enum purpose purpose, const char *host)
{
    bool tls = purpose == PURPOSE_TLS_SERVER || purpose == PURPOSE_TLS_CLIENT;

    return (struct csr){
        .purpose = purpose, .oin = config->oin, .naam = config->naam, .host = tls ? host : NULL
    };
}

bool request_possible(const struct config *config, struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };
    char host[PEER_ENDPOINT_MAX + 1];
    EVP_PKEY *key = EVP_EC_gen("P-256");

    if (!key)
        abort();
    host_of(config->endpoint, host);
    const struct csr csr = csr_for(config, PURPOSE_TLS_SERVER, host);
    bool good = csr_make(&csr, key, &pem, fault);
    EVP_PKEY_free(key);
    return good;
}

bool request_make(const struct home *home, const struct config *config, enum purpose purpose,
                  const char *kind, char path[PATH_MAX], struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };
    char host[PEER_ENDPOINT_MAX + 1], relative[64];

    host_of(config->endpoint, host);
    const struct csr csr = csr_for(config, purpose, host);
    if (!keys_request(home, &csr, kind, &pem, fault))
        return false;
    snprintf(relative, sizeof(relative), "certificates/%s.csr", purpose_name(purpose));
    return file_write(home_path(home, relative, path), 0600, pem.data, pem.size, fault);
}

/* gateway -- see gateway.h. */
#include "gateway/gateway.h"

#include <stdio.h>

#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/tls.h"

struct trust *gateway_trust(struct gateway *gateway)
{
    pthread_mutex_lock(&gateway->trust_lock);
    struct trust *trust = trust_retain(gateway->trust_now);
    pthread_mutex_unlock(&gateway->trust_lock);
    return trust;
}

static void replace_trust(struct gateway *gateway, struct trust *trust)
{
    pthread_mutex_lock(&gateway->trust_lock);
    struct trust *old = gateway->trust_now;
    gateway->trust_now = trust;
    pthread_mutex_unlock(&gateway->trust_lock);
    trust_release(&old);
}

bool gateway_reload(struct gateway *gateway, struct fault *fault)
{
    char path[PATH_MAX];
    struct trust *trust = NULL;
    SSL_CTX *tls = NULL;

    if (!trust_load(home_path(&gateway->home, "trust", path), &trust, fault))
        return false;
    if (!tls_server_context(gateway->keys, trust, &tls, fault)) {
        trust_release(&trust);
        return false;
    }
    if (gateway->listener)
        listen_set_tls(gateway->listener, tls);
    SSL_CTX_free(tls);
    replace_trust(gateway, trust);
    log_info("trust read from %s", path);
    return true;
}

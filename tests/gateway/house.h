/* house -- keys and trust of an organisation of our own, made at run time; for tests of TLS.
 *
 * Certificates come from its pki, which is also its only anchor.
 */
#ifndef TESTS_GATEWAY_HOUSE_H
#define TESTS_GATEWAY_HOUSE_H

#include "gateway/keys.h"
#include "peers/trust.h"
#include "tests/pki.h"

struct house;

struct house *house_create(const char *oin);
void house_destroy(struct house *house);

/* Puts the certificate on the CRL (and only that one) and loads the trust anew. */
void house_revoke(struct house *house, X509 *certificate);

struct pki *house_pki(const struct house *house); /* borrowed, like the others */
const struct keys *house_keys(const struct house *house);
struct trust *house_trust(const struct house *house);

#endif

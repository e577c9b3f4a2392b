/* request -- a certificate request of this home, kept where the admin finds it. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include <limits.h>
#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "gateway/config.h"
#include "gateway/home.h"

#define REQUEST_KEY "rsa" /* unless asked otherwise: every authority issues for RSA */

/* Can what the configuration says stand in a certificate? With a key that is thrown away, so
 * that `init` refuses before it has made anything. FAULT_USAGE. */
bool request_possible(const struct config *config, struct fault *fault) MUST_CHECK;

/* Makes the key when there is none, and writes HOME/certificates/PURPOSE.csr, whose name comes
 * in `path`. The host is that of the endpoint. Faults of keys_request(). */
bool request_make(const struct home *home, const struct config *config, enum purpose purpose,
                  const char *kind, char path[PATH_MAX], struct fault *fault) MUST_CHECK;

#endif

/* home -- the folder of one organisation, and where what lies in it.
 *
 *   HOME/estafette.ini                  configuration
 *   HOME/keys/PURPOSE.key, home.key     private keys (0600), the key of the store
 *   HOME/certificates/PURPOSE.pem|csr   our certificates and requests for them
 *   HOME/trust/{anchors,intermediates,crls}
 *   HOME/duo-trust/...                  the same for DUO alone
 *   HOME/store/estafette.db             everything that must not be lost
 *   HOME/bijlagen/OIN/SHA256            documents, as ciphertext (bijlagen.h)
 *   HOME/aanlevering/in, ...            dossiers from our own system (aanlevering_map.h)
 *   HOME/run/control.sock, events.sock  the local bus (or where [lokaal] sockets says)
 */
#ifndef GATEWAY_HOME_H
#define GATEWAY_HOME_H

#include <limits.h>
#include <stdbool.h>

#include "codecs/base/fault.h"

struct home {
    char path[PATH_MAX - 128]; /* absolute, without trailing slash */
};

/* Resolves `path`, which must be an existing directory owned by us (or root) and closed to
 * others. FAULT_CONFIG names what is wrong. */
bool home_open(const char *path, struct home *home, struct fault *fault) MUST_CHECK;

/* Makes the folder and its subfolders, mode 0700; an existing empty folder will do.
 * FAULT_STATE when it already is a home. */
bool home_create(const char *path, struct home *home, struct fault *fault) MUST_CHECK;

/* Makes the folders that a home of an older program has not. */
bool home_mend(const struct home *home, struct fault *fault) MUST_CHECK;

/* "keys/home.key" to the full path; the text lives in `path`. */
const char *home_path(const struct home *home, const char *relative, char path[PATH_MAX]);

/* The folders that a home has, ends with NULL: "keys", "trust/anchors", ... */
const char *const *home_folders(void);

#endif

/* persoon -- who a handover is about, as the store keeps it: sealed under the home key, and
 * found by HMACs of the numbers.
 *
 * Personal data: for the local bus and for messages, never for a log or a fault.
 */
#ifndef GATEWAY_PERSOON_H
#define GATEWAY_PERSOON_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "codecs/dossierverzoek.h"
#include "gateway/keys.h"

struct persoon {
    char bsn[10], vnummer[11]; /* "" when not known; one of them is */
    char naam[512], geboortedatum[16];
};

/* As a dossier tells it, or a request. */
void persoon_of_dossier(const xmlNode *dossier, struct persoon *persoon);
void persoon_of_verzoek(const struct dossierverzoek *verzoek, struct persoon *persoon);

/* What `newer` knows takes the place of what was known; the rest stays. */
void persoon_renew(struct persoon *persoon, const struct persoon *newer);

/* Bound to the handover with that id. */
void persoon_seal(const struct keys *keys, const char *overdracht,
                  const struct persoon *persoon, struct buf *sealed);
bool persoon_unseal(const struct keys *keys, const char *overdracht, const struct buf *sealed,
                    struct persoon *persoon, struct fault *fault) MUST_CHECK;

/* What the numbers are looked up by. Each answer is NULL when there is no such number, else
 * `index` filled. */
const struct digest *persoon_bsn_index(const struct keys *keys, const struct persoon *persoon,
                                       struct digest *index);
const struct digest *persoon_vnummer_index(const struct keys *keys,
                                           const struct persoon *persoon,
                                           struct digest *index);

#endif

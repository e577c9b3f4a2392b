/* signature_xmlsec -- the second opinion: xmlsec, with the key preset and all choices closed.
 */
#ifndef CODECS_SIGNATURE_XMLSEC_H
#define CODECS_SIGNATURE_XMLSEC_H

#include <stdbool.h>

#include <libxml/tree.h>
#include <openssl/evp.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* Does xmlsec find the same Signature valid with this key, over the same canonical bytes? For
 * a Signature whose shape was checked; the tree is only read. FAULT_SIGNATURE. */
bool signature_xmlsec_agrees(xmlNode *signature, EVP_PKEY *key, const struct buf *canonical,
                             struct fault *fault) MUST_CHECK;

#endif

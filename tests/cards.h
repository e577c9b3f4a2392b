/* cards -- peer cards of municipalities that do not exist, made at run time.
 *
 * Anything that goes wrong aborts the test program.
 */
#ifndef TESTS_CARDS_H
#define TESTS_CARDS_H

#include "codecs/base/buf.h"
#include "peers/peer.h"
#include "tests/pki.h"

#define CARDS_OIN_1 "00000099000000001000"
#define CARDS_OIN_2 "00000099000000002000"
#define CARDS_OIN_3 "00000099000000003000"

/* A good card: naam, one gemeentecode, four purposes on EC P-256 keys, valid from an hour ago
 * for a year. The caller's: card_finish(). Its signing key is cards_key(PURPOSE_ONDERTEKENEN).
 */
struct card cards_make(struct pki *pki, const char *oin, const char *naam, const char *code);
EVP_PKEY *cards_key(enum purpose purpose); /* borrowed */
X509 *cards_certificate(struct pki *pki, const char *oin, enum purpose purpose);

/* The same, signed, and as a peer; the caller's. */
void cards_sign(const struct card *card, struct buf *xml);
struct peer *cards_peer(struct pki *pki, const char *oin, const char *naam, const char *code,
                        enum peer_state state);

#endif

/* cards -- see cards.h. */
#include "tests/cards.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "peers/card.h"

EVP_PKEY *cards_key(enum purpose purpose)
{
    return pki_key(PKI_P256, (int)purpose);
}

X509 *cards_certificate(struct pki *pki, const char *oin, enum purpose purpose)
{
    return pki_issue(
        pki, &(struct pki_leaf){ .oin = oin, .purpose = purpose, .key = cards_key(purpose) });
}

struct card cards_make(struct pki *pki, const char *oin, const char *naam, const char *code)
{
    struct card card = { .gemeentecode_count = 1, .omgeving = OMGEVING_TEST };
    time_t now = time(NULL);

    (void)snprintf(card.oin, sizeof(card.oin), "%s", oin);
    (void)snprintf(card.naam, sizeof(card.naam), "%s", naam);
    (void)snprintf(card.gemeentecodes[0], GEMEENTECODE_SIZE, "%s", code);
    (void)snprintf(card.endpoint, sizeof(card.endpoint), "https://estafette.example:8443");
    card.geldig_van = now - 1800; /* younger than the CRL, which is of an hour ago */
    card.geldig_tot = now + 365L * 86400;
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        card.certificates[purpose] = sk_X509_new_null();
        sk_X509_push(card.certificates[purpose],
                     cards_certificate(pki, oin, (enum purpose)purpose));
    }
    return card;
}

void cards_sign(const struct card *card, struct buf *xml)
{
    struct digest fingerprint;
    struct fault fault = { 0 };

    if (card_make(card, cards_key(PURPOSE_ONDERTEKENEN), xml, &fingerprint, &fault))
        return;
    (void)fprintf(stderr, "cards: %s\n", fault.text);
    abort();
}

struct peer *cards_peer(struct pki *pki, const char *oin, const char *naam, const char *code,
                        enum peer_state state)
{
    struct card card = cards_make(pki, oin, naam, code);
    SCOPED_BUF struct buf xml = { 0 };
    struct peer *peer = NULL;
    struct fault fault = { 0 };

    cards_sign(&card, &xml);
    card_finish(&card);
    if (!peer_create(xml.data, xml.size, state, &peer, &fault))
        abort();
    return peer;
}

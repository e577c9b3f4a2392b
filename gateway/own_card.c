/* own_card -- see own_card.h. */
#include "gateway/own_card.h"

#include <string.h>

#include "codecs/certificate.h"
#include "peers/card.h"

static bool add_certificate(struct card *card, enum purpose purpose, X509 *certificate,
                            struct fault *fault)
{
    time_t from, until = certificate_not_after(certificate);
    struct tm tm;

    if (!ASN1_TIME_to_tm(X509_get0_notBefore(certificate), &tm))
        return fault_set(fault, FAULT_CERTIFICATE,
                         "our certificate has no readable notBefore");
    from = timegm(&tm);
    if (from > card->geldig_van)
        card->geldig_van = from;
    if (!card->geldig_tot || until < card->geldig_tot)
        card->geldig_tot = until;
    card->certificates[purpose] = sk_X509_new_null();
    X509_up_ref(certificate);
    sk_X509_push(card->certificates[purpose], certificate);
    return true;
}

static bool fill(const struct gateway *gateway, struct card *card, struct fault *fault)
{
    const struct config *config = &gateway->config;

    memcpy(card->oin, config->oin, sizeof(card->oin));
    memcpy(card->naam, config->naam, sizeof(card->naam));
    memcpy(card->endpoint, config->endpoint, sizeof(card->endpoint));
    memcpy(card->gemeentecodes, config->gemeentecodes, sizeof(card->gemeentecodes));
    card->gemeentecode_count = config->gemeentecode_count;
    card->omgeving = config->omgeving;
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        if (!add_certificate(card, (enum purpose)purpose,
                             keys_certificate(gateway->keys, (enum purpose)purpose), fault))
            return false;
    return true;
}

bool own_card_make(const struct gateway *gateway, struct buf *signed_xml,
                   struct digest *fingerprint, time_t *geldig_tot, struct fault *fault)
{
    struct card card = { 0 };

    bool good = fill(gateway, &card, fault)
                && card_make(&card, keys_get(gateway->keys, PURPOSE_ONDERTEKENEN), signed_xml,
                             fingerprint, fault);
    *geldig_tot = card.geldig_tot;
    card_finish(&card);
    return good;
}

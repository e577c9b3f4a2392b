/* compose -- see compose.h. */
#include "gateway/compose.h"

#include <string.h>

#include "codecs/seal.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"

static void fill_kop(const struct gateway *gateway, const struct letter *letter,
                     struct kop *kop)
{
    uuid_v7(clock_now_ms(), kop->bericht_id);
    if (letter->overdracht_id)
        memcpy(kop->overdracht_id, letter->overdracht_id, UUID_SIZE);
    else
        uuid_v7(clock_now_ms(), kop->overdracht_id);
    if (letter->antwoord_op)
        memcpy(kop->antwoord_op, letter->antwoord_op, UUID_SIZE);
    kop->soort = letter->soort;
    memcpy(kop->afzender.oin, gateway->config.oin, OIN_SIZE);
    memcpy(kop->afzender.gemeentecode, letter->from, GEMEENTECODE_SIZE);
    memcpy(kop->ontvanger.oin, letter->peer->card.oin, OIN_SIZE);
    memcpy(kop->ontvanger.gemeentecode, letter->to, GEMEENTECODE_SIZE);
    kop->gemaakt = clock_now();
    kop->geldig_tot = kop->gemaakt + letter->valid_seconds;
    kop->contact = gateway->config.contact;
}

/* Whose certificates count now. */
static X509 *present_signer(const struct gateway *gateway)
{
    return keys_certificate(gateway->keys, PURPOSE_ONDERTEKENEN);
}

static X509 *present_receiver(const struct peer *peer)
{
    return sk_X509_value(peer->card.certificates[PURPOSE_VERZEGELEN], 0);
}

static bool sign_and_seal(struct gateway *gateway, const struct peer *peer, xmlDoc *doc,
                          struct outbox_row *row, struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };
    X509 *const recipients[2] = {
        present_receiver(peer),
        keys_certificate(gateway->keys, PURPOSE_VERZEGELEN),
    };

    certificate_fingerprint(present_signer(gateway), &row->signer);
    certificate_fingerprint(recipients[0], &row->sealed_for);
    return signature_sign(doc, keys_get(gateway->keys, PURPOSE_ONDERTEKENEN),
                          present_signer(gateway), &xml, &row->canonical, fault)
           && seal_make(xml.data, xml.size, recipients, &row->sealed, fault);
}

bool compose_letter(struct gateway *gateway, const struct letter *letter,
                    struct outbox_row *row, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct kop kop = { 0 };
    size_t most = (size_t)gateway->config.message_kib << 10;

    fill_kop(gateway, letter, &kop);
    if (!message_build(&kop, letter->content, &doc, fault)
        || !sign_and_seal(gateway, letter->peer, doc, row, fault))
        return false;
    if (row->sealed.size > most)
        return fault_set(fault, FAULT_SIZE,
                         "the message is %zu bytes sealed, the limit is %zu", row->sealed.size,
                         most);
    memcpy(row->id, kop.bericht_id, UUID_SIZE);
    memcpy(row->overdracht, kop.overdracht_id, UUID_SIZE);
    memcpy(row->peer, kop.ontvanger.oin, OIN_SIZE);
    strncat(row->soort, soort_name(kop.soort), sizeof(row->soort) - 1);
    row->expires = kop.geldig_tot;
    return true;
}

bool compose_preview(struct gateway *gateway, const struct letter *letter, struct buf *xml,
                     struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct kop kop = { 0 };

    fill_kop(gateway, letter, &kop);
    if (!message_build(&kop, letter->content, &doc, fault))
        return false;
    xmldoc_write(doc, xml);
    return true;
}

bool compose_open(struct gateway *gateway, const struct buf *sealed,
                  const struct digest *recorded, struct buf *canonical, xmlDoc **doc,
                  struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };
    SCOPED_XMLDOC xmlDoc *signed_doc = NULL;
    struct digest digest;

    if (!seal_open(sealed->data, sealed->size, keys_get(gateway->keys, PURPOSE_VERZEGELEN),
                   &xml, fault)
        || !xmldoc_parse(xml.data, xml.size, &signed_doc, fault)
        || !signature_canonical(signed_doc, canonical, &digest, fault))
        return false;
    if (!digest_equal(&digest, recorded))
        return fault_set(fault, FAULT_STORE,
                         "a stored message is not the one that was recorded");
    return xmldoc_parse(canonical->data, canonical->size, doc, fault);
}

bool compose_is_current(const struct gateway *gateway, const struct peer *peer,
                        const struct outbox_row *row)
{
    struct digest signer, sealed_for;

    certificate_fingerprint(present_signer(gateway), &signer);
    certificate_fingerprint(present_receiver(peer), &sealed_for);
    return digest_equal(&signer, &row->signer) && digest_equal(&sealed_for, &row->sealed_for);
}

bool compose_again(struct gateway *gateway, const struct peer *peer, struct outbox_row *row,
                   struct fault *fault)
{
    SCOPED_BUF struct buf canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_OUTBOX_ROW struct outbox_row made = { 0 };

    if (!compose_open(gateway, &row->sealed, &row->canonical, &canonical, &doc, fault)
        || !sign_and_seal(gateway, peer, doc, &made, fault))
        return false;
    if (!digest_equal(&made.canonical, &row->canonical))
        return fault_set(fault, FAULT_INTERNAL, "message %s: other content when signed again",
                         row->id);
    buf_take(&row->sealed, &made.sealed);
    row->signer = made.signer;
    row->sealed_for = made.sealed_for;
    return true;
}

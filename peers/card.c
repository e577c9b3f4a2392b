/* card -- see card.h. */
#include "peers/card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base64.h"
#include "codecs/moment.h"
#include "codecs/schema.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"

void card_finish(struct card *card)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        sk_X509_pop_free(card->certificates[purpose], X509_free);
    *card = (struct card){ 0 };
}

static X509 *first_signing(const struct card *card)
{
    return sk_X509_value(card->certificates[PURPOSE_ONDERTEKENEN], 0);
}

/* Calls check for every certificate; a fault tells which one it is about. */
typedef bool certificate_check(const struct card *card, X509 *certificate,
                               enum purpose purpose, const void *context, struct fault *fault);

static bool check_one(const struct card *card, enum purpose purpose, int at,
                      certificate_check *check, const void *context, struct fault *fault)
{
    struct fault cause = { 0 };

    if (check(card, sk_X509_value(card->certificates[purpose], at), purpose, context, &cause))
        return true;
    return fault_set(fault, cause.code, "peerkaart, certificate %d for %s: %s", at + 1,
                     purpose_name(purpose), cause.text);
}

static bool check_each(const struct card *card, certificate_check *check, const void *context,
                       struct fault *fault)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int at = 0; at < sk_X509_num(card->certificates[purpose]); at++)
            if (!check_one(card, (enum purpose)purpose, at, check, context, fault))
                return false;
    return true;
}

/* --- making -------------------------------------------------------------------------- */

static void add_certificate(xmlNode *root, enum purpose purpose, X509 *certificate)
{
    SCOPED_BUF struct buf der = { 0 }, text = { 0 };

    certificate_to_der(certificate, &der);
    base64_encode(der.data, der.size, &text);
    xmlNewProp(xmldoc_add(root, "certificaat", buf_text(&text)), (const xmlChar *)"doel",
               (const xmlChar *)purpose_name(purpose));
}

static void add_time(xmlNode *root, const char *name, time_t at)
{
    char text[MOMENT_SIZE];

    moment_format(at, text);
    xmldoc_add(root, name, text);
}

static void write_card(const struct card *card, xmlNode *root)
{
    xmldoc_add(root, "oin", card->oin);
    xmldoc_add(root, "naam", card->naam);
    for (size_t i = 0; i < card->gemeentecode_count; i++)
        xmldoc_add(root, "gemeentecode", card->gemeentecodes[i]);
    xmldoc_add(root, "omgeving", omgeving_name(card->omgeving));
    xmldoc_add(root, "endpoint", card->endpoint);
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int at = 0; at < sk_X509_num(card->certificates[purpose]); at++)
            add_certificate(root, (enum purpose)purpose,
                            sk_X509_value(card->certificates[purpose], at));
    add_time(root, "geldigVan", card->geldig_van);
    add_time(root, "geldigTot", card->geldig_tot);
}

/* --- judging ------------------------------------------------------------------------- */

static bool fits(const struct card *card, X509 *certificate, enum purpose purpose,
                 const void *context, struct fault *fault)
{
    char oin[OIN_SIZE];

    (void)context;
    if (!certificate_oin(certificate, oin, fault))
        return false;
    if (strcmp(oin, card->oin) != 0)
        return fault_set(fault, FAULT_CERTIFICATE, "carries another OIN than the card");
    return certificate_fits(certificate, purpose, fault);
}

static bool is_complete(const struct card *card, struct fault *fault)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        if (sk_X509_num(card->certificates[purpose]) < 1)
            return fault_set(fault, FAULT_CERTIFICATE, "peerkaart: no certificate for %s",
                             purpose_name((enum purpose)purpose));
    return true;
}

/* The schema has seen to "https://", host characters and up to five digits. */
static bool endpoint_fits(const struct card *card, struct fault *fault)
{
    const char *port = strchr(card->endpoint + sizeof("https://") - 1, ':');
    long number = port ? strtol(port + 1, NULL, 10) : 443;

    return (number >= 1 && number <= 65535)
           || fault_set(fault, FAULT_DOCUMENT, "peerkaart/endpoint: the port is none");
}

static bool validity_fits(const struct card *card, struct fault *fault)
{
    return card->geldig_van < card->geldig_tot
           || fault_set(fault, FAULT_DOCUMENT, "peerkaart: geldigTot is not after geldigVan");
}

static bool card_fits(const struct card *card, struct fault *fault)
{
    return is_complete(card, fault)               /* one per purpose at least */
           && check_each(card, fits, NULL, fault) /* its OIN, key and usage */
           && endpoint_fits(card, fault)          /* https://host[:port] */
           && validity_fits(card, fault);
}

bool card_make(const struct card *card, EVP_PKEY *key, struct buf *signed_xml,
               struct digest *fingerprint, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new(CARD_NS, "peerkaart");

    if (!is_complete(card, fault))
        return false;
    write_card(card, xmlDocGetRootElement(doc));
    return schema_validate(SCHEMA_PEERKAART, doc, NULL, NULL, fault) && card_fits(card, fault)
           && signature_sign(doc, key, first_signing(card), signed_xml, fingerprint, fault);
}

/* --- reading ------------------------------------------------------------------------- */

static bool copy(const char *text, char *to, size_t size)
{
    return (size_t)snprintf(to, size, "%s", text) < size;
}

static bool read_certificate(const xmlNode *node, struct card *card, struct fault *fault)
{
    const xmlAttr *doel = xmlHasNsProp((xmlNode *)node, (const xmlChar *)"doel", NULL);
    SCOPED_BUF struct buf der = { 0 };
    enum purpose purpose;
    X509 *certificate = NULL;

    if (!purpose_from_name((const char *)doel->children->content, &purpose))
        return fault_set(fault, FAULT_SCHEMA, "peerkaart/certificaat/@doel: is no purpose");
    if (!base64_decode(xmldoc_text(node, ""), &der, fault)
        || !certificate_from_der(der.data, der.size, &certificate, fault))
        return false;
    if (!card->certificates[purpose])
        card->certificates[purpose] = sk_X509_new_null();
    sk_X509_push(card->certificates[purpose], certificate);
    return true;
}

static bool read_certificates(const xmlNode *root, struct card *card, struct fault *fault)
{
    for (const xmlNode *node = xmldoc_child(root, "certificaat"); node;
         node = xmldoc_next(node))
        if (!read_certificate(node, card, fault))
            return false;
    return true;
}

static bool read_gemeentecodes(const xmlNode *root, struct card *card)
{
    for (const xmlNode *node = xmldoc_child(root, "gemeentecode"); node;
         node = xmldoc_next(node))
        if (card->gemeentecode_count == PEER_GEMEENTECODES_MAX
            || !copy(xmldoc_text(node, ""), card->gemeentecodes[card->gemeentecode_count++],
                     GEMEENTECODE_SIZE))
            return false;
    return true;
}

/* From a tree that fits the schema: everything asked for is there. */
static bool fill(const xmlNode *root, struct card *card, struct fault *fault)
{
    bool filled =
        copy(xmldoc_text(root, "oin"), card->oin, OIN_SIZE)
        && copy(xmldoc_text(root, "naam"), card->naam, sizeof(card->naam))
        && copy(xmldoc_text(root, "endpoint"), card->endpoint, sizeof(card->endpoint))
        && read_gemeentecodes(root, card)
        && omgeving_from_name(xmldoc_text(root, "omgeving"), &card->omgeving)
        && moment_parse(xmldoc_text(root, "geldigVan"), &card->geldig_van)
        && moment_parse(xmldoc_text(root, "geldigTot"), &card->geldig_tot);

    if (!filled)
        return fault_set(fault, FAULT_SCHEMA, "peerkaart: a value is out of range");
    return read_certificates(root, card, fault);
}

static bool lists_signer(const struct card *card, X509 *signer, struct fault *fault)
{
    const STACK_OF(X509) *signing = card->certificates[PURPOSE_ONDERTEKENEN];

    for (int at = 0; at < sk_X509_num(signing); at++)
        if (certificate_same(sk_X509_value(signing, at), signer))
            return true;
    return fault_set(fault, FAULT_SIGNATURE,
                     "peerkaart: signed by a certificate that is not on it for ondertekenen");
}

static bool read_canonical(const struct buf *canonical, X509 *signer, struct card *card,
                           struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    return xmldoc_parse(canonical->data, canonical->size, &doc, fault)
           && schema_validate(SCHEMA_PEERKAART, doc, NULL, NULL, fault)
           && fill(xmlDocGetRootElement(doc), card, fault)
           && lists_signer(card, signer, fault) /* what it proves, and all it proves */
           && card_fits(card, fault);
}

bool card_read(const void *bytes, size_t size, struct card *card, struct digest *fingerprint,
               struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_X509 X509 *signer = NULL;
    SCOPED_BUF struct buf canonical = { 0 };

    *card = (struct card){ 0 };
    if (size > CARD_BYTES_MAX)
        return fault_set(fault, FAULT_SIZE, "a peerkaart of %zu bytes; at most %d may be",
                         size, CARD_BYTES_MAX);
    if (xmldoc_parse(bytes, size, &doc, fault) && signature_certificate(doc, &signer, fault)
        && signature_verify(doc, signer, &canonical, fingerprint, fault)
        && read_canonical(&canonical, signer, card, fault))
        return true;
    card_finish(card);
    return false;
}

/* --- trusting ------------------------------------------------------------------------ */

struct when {
    struct trust *trust;
    time_t at;
};

static bool chains(const struct card *card, X509 *certificate, enum purpose purpose,
                   const void *context, struct fault *fault)
{
    const struct when *when = context;

    (void)card;
    return trust_check(when->trust, certificate, purpose, when->at, fault);
}

bool card_trusted(const struct card *card, struct trust *trust, time_t at, struct fault *fault)
{
    const struct when when = { trust, at };

    if (at < card->geldig_van || at >= card->geldig_tot)
        return fault_set(fault, FAULT_EXPIRED, "the peerkaart is not valid at this time");
    return check_each(card, chains, &when, fault);
}

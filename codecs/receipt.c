/* receipt -- see receipt.h. */
#include "codecs/receipt.h"

#include <stdio.h>
#include <string.h>

#include "codecs/moment.h"
#include "codecs/schema.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"

/* The closed list; the order is that of the schema. */
static const struct {
    const char *code;
    enum fault_code fault;
    const char *meaning;
} CODES[] = {
    { "schema", FAULT_SCHEMA,
      "Het bericht voldoet niet aan het schema. Laat het genoemde element verbeteren in het "
      "systeem waar het dossier vandaan komt, en verstuur opnieuw." },
    { "regel", FAULT_RULE,
      "De inhoud voldoet niet aan een regel. Verbeter het genoemde element en verstuur "
      "opnieuw." },
    { "verlopen", FAULT_EXPIRED,
      "Het bericht is te oud, of de klok van een van beide kanten loopt niet goed. Controleer "
      "de "
      "klok en verstuur opnieuw." },
    { "conflict", FAULT_CONFLICT,
      "Onder hetzelfde berichtnummer is eerder iets anders ontvangen. Verstuur opnieuw, met "
      "een "
      "nieuw nummer." },
    { "ontvanger", FAULT_RECIPIENT,
      "Het bericht is niet voor deze gemeente. Controleer de gemeentecode van de ontvanger." },
    { "omvang", FAULT_SIZE,
      "Het bericht is groter dan de ontvanger aanneemt. Stuur documenten als bijlage, of "
      "overleg "
      "met de ontvanger." },
    { "toestand", FAULT_STATE,
      "Het bericht past niet bij waar de overdracht nu staat. Bekijk de overdracht en neem zo "
      "nodig "
      "contact op met de andere gemeente." },
    { "bijlage", FAULT_ATTACHMENT,
      "Een document is niet wat het dossier erover zegt, of van een soort die niet mag. Voeg "
      "het document opnieuw toe (PDF, JPEG, PNG of TIFF) en verstuur opnieuw." },
};

#define CODE_COUNT (sizeof(CODES) / sizeof(CODES[0]))

const char *receipt_code(enum fault_code code)
{
    for (size_t i = 0; i < CODE_COUNT; i++)
        if (CODES[i].fault == code)
            return CODES[i].code;
    return NULL;
}

const char *receipt_meaning(const char *code)
{
    for (size_t i = 0; i < CODE_COUNT; i++)
        if (strcmp(CODES[i].code, code) == 0)
            return CODES[i].meaning;
    return NULL;
}

/* --- making -------------------------------------------------------------------------- */

static void add_digest(xmlNode *root, const char *name, const struct digest *digest)
{
    char hex[DIGEST_HEX];

    digest_hex(digest, hex);
    xmldoc_add(root, name, hex);
}

static void add_outcome(xmlNode *root, const struct receipt *receipt)
{
    if (receipt->aangenomen) {
        xmldoc_add(root, "aangenomen", NULL);
        return;
    }
    xmlNode *refused = xmldoc_add(root, "geweigerd", NULL);
    xmldoc_add(refused, "code", receipt->code);
    xmldoc_add(refused, "tekst", receipt->tekst);
}

bool receipt_make(const struct receipt *receipt, EVP_PKEY *key, X509 *certificate,
                  struct buf *xml, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = xmldoc_new(RECEIPT_NS, "ontvangstbevestiging");
    xmlNode *root = xmlDocGetRootElement(doc);
    char tijd[MOMENT_SIZE];
    struct digest canonical;

    moment_format(receipt->tijd, tijd);
    xmldoc_add(root, "berichtId", receipt->bericht_id);
    xmldoc_add(root, "afzender", receipt->afzender);
    xmldoc_add(root, "ontvanger", receipt->ontvanger);
    add_digest(root, "verzegeld", &receipt->verzegeld);
    add_digest(root, "canoniek", &receipt->canoniek);
    add_outcome(root, receipt);
    xmldoc_add(root, "tijd", tijd);
    return schema_validate(SCHEMA_ONTVANGSTBEVESTIGING, doc, NULL, NULL, fault)
           && signature_sign(doc, key, certificate, xml, &canonical, fault);
}

/* --- reading ------------------------------------------------------------------------- */

/* The schema counts characters, the record bytes: what is too long ends at a whole character.
 */
static void copy_text(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);

    if (length >= size)
        length = size - 1;
    while (length > 0 && (text[length] & 0xC0) == 0x80)
        length--;
    memcpy(to, text, length);
    to[length] = '\0';
}

/* From a tree that fits the schema: everything asked for is there. */
static bool fill(const xmlNode *root, struct receipt *receipt, struct fault *fault)
{
    const xmlNode *refused = xmldoc_child(root, "geweigerd");

    *receipt = (struct receipt){ .aangenomen = !refused };
    copy_text(receipt->bericht_id, UUID_SIZE, xmldoc_text(root, "berichtId"));
    copy_text(receipt->afzender, OIN_SIZE, xmldoc_text(root, "afzender"));
    copy_text(receipt->ontvanger, OIN_SIZE, xmldoc_text(root, "ontvanger"));
    if (refused) {
        copy_text(receipt->code, sizeof(receipt->code), xmldoc_text(refused, "code"));
        copy_text(receipt->tekst, sizeof(receipt->tekst), xmldoc_text(refused, "tekst"));
    }
    return (digest_from_hex(xmldoc_text(root, "verzegeld"), &receipt->verzegeld)
            && digest_from_hex(xmldoc_text(root, "canoniek"), &receipt->canoniek)
            && moment_parse(xmldoc_text(root, "tijd"), &receipt->tijd))
           || fault_set(fault, FAULT_SCHEMA,
                        "ontvangstbevestiging: a digest or the time is out of range");
}

static bool read_canonical(const struct buf *canonical, struct receipt *receipt,
                           struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    return xmldoc_parse(canonical->data, canonical->size, &doc, fault)
           && schema_validate(SCHEMA_ONTVANGSTBEVESTIGING, doc, NULL, NULL, fault)
           && fill(xmlDocGetRootElement(doc), receipt, fault);
}

static bool read_signed(const void *bytes, size_t size, const STACK_OF(X509) * registered,
                        struct receipt *receipt, X509 **signer, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf canonical = { 0 };
    struct digest digest;

    if (size > RECEIPT_BYTES_MAX)
        return fault_set(fault, FAULT_SIZE, "more than %d bytes", RECEIPT_BYTES_MAX);
    return xmldoc_parse(bytes, size, &doc, fault)
           && signature_verify_by(doc, registered, signer, &canonical, &digest, fault)
           && read_canonical(&canonical, receipt, fault);
}

bool receipt_read(const void *bytes, size_t size, const STACK_OF(X509) * registered,
                  struct receipt *receipt, X509 **signer, struct fault *fault)
{
    struct fault cause = { 0 };
    X509 *by = NULL;

    if (!read_signed(bytes, size, registered, receipt, &by, &cause))
        return fault_set(fault, FAULT_ANSWER, "the answer is no receipt: %s", cause.text);
    if (signer)
        *signer = by;
    return true;
}

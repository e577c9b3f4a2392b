/* message -- a bericht: its header as a record, its content as a tree.
 *
 *   <bericht xmlns="urn:nl:estafette:bericht:1">
 *     <kop> berichtId overdrachtId soort afzender{oin gemeentecode}
 *           ontvanger{oin gemeentecode} gemaakt geldigTot antwoordOp?
 *           contactpersoon{naam telefoon email}? versie </kop>
 *     <ping/> | <dossier xmlns="urn:nl:estafette:dossier:1">...</dossier> | <overname>...
 *     <Signature/>
 *   </bericht>
 *
 * The element behind kop has the name that soort says. Signing and sealing
 * are signature.h and seal.h; this file knows neither.
 */
#ifndef CODECS_MESSAGE_H
#define CODECS_MESSAGE_H

#include <stdbool.h>
#include <time.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/certificate.h"
#include "codecs/uuid.h"

#define MESSAGE_NS "urn:nl:estafette:bericht:1"
#define MESSAGE_VERSION "1.0"
#define GEMEENTECODE_SIZE 5

enum soort {
    SOORT_PING,
    SOORT_DOSSIERVERZOEK,
    SOORT_DOSSIER,
    SOORT_VERZOEKAFWIJZING,
    SOORT_OVERNAME,
    SOORT_WEIGERING,
    SOORT_AANVULLING,
    SOORT_INTREKKING,
    SOORT_INTREKKINGBEVESTIGING,
    SOORTEN
};

const char *soort_name(enum soort soort);
bool soort_from_name(const char *name, enum soort *soort);

struct party {
    char oin[OIN_SIZE];
    char gemeentecode[GEMEENTECODE_SIZE];
};

struct contactpersoon {
    char naam[401], telefoon[23], email[242]; /* bytes; the schema counts characters */
};

struct kop {
    char bericht_id[UUID_SIZE], overdracht_id[UUID_SIZE];
    char antwoord_op[UUID_SIZE]; /* "" when none */
    enum soort soort;
    struct party afzender, ontvanger;
    time_t gemaakt, geldig_tot;
    struct contactpersoon contact; /* naam "" when none */
};

/* A document with this header and a copy of `inhoud` (NULL: an empty element named as soort).
 * Judged as by message_validate() before it is given away. *doc is the caller's. */
bool message_build(const struct kop *kop, const xmlNode *inhoud, xmlDoc **doc,
                   struct fault *fault) MUST_CHECK;

/* From canonical bytes (signature.h) only: parse, and read the header by our own strict rules,
 * whatever the content is: who sent it must be known before it can be refused with a receipt.
 * *doc is the caller's. FAULT_DOCUMENT. Times and addressing are the caller's to judge. */
bool message_parse(const struct buf *canonical, xmlDoc **doc, struct kop *kop,
                   struct fault *fault) MUST_CHECK;

/* The whole of it: the schema, the content element that soort names, what a code brings with
 * it (verhuisd: gemeentecode), the 11-test in a dossierverzoek. FAULT_SCHEMA, FAULT_RULE. */
bool message_validate(xmlDoc *doc, const struct kop *kop, struct fault *fault) MUST_CHECK;

/* The content element behind kop; and the dossier that is it, or (aanvulling) stands in it,
 * NULL when it holds none. Borrowed from the tree. */
xmlNode *message_content(xmlDoc *doc);
xmlNode *message_dossier(xmlDoc *doc);
/* That dossier, else the content, as a document of its own, the caller's. */
xmlDoc *message_alone(xmlDoc *doc);

#endif

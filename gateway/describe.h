/* describe -- records as the local bus shows them; one place, so that list and show agree. */
#ifndef GATEWAY_DESCRIBE_H
#define GATEWAY_DESCRIBE_H

#include <jansson.h>

#include "gateway/doctor.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"
#include "gateway/taak.h"

void describe_peer_name(struct gateway *gateway, const char *oin, json_t *to); /* "peer":{} */
/* The same of a row: a peer, or DUO. */
void describe_addressee(struct gateway *gateway, const struct outbox_row *row, json_t *to);
void describe_overdracht(struct gateway *gateway, const struct overdracht *o, json_t *to);
void describe_outbox(struct gateway *gateway, const struct outbox_row *row, json_t *to);

/* The documents that travel with a dossier: [{id naam mediatype omvang sha256}]. */
json_t *describe_documents(const xmlNode *dossier);

/* A stored receipt as an object: tijd, uitkomst, code, tekst, betekenis (what the code asks
 * people to do), ondertekenaar (fingerprint). It was verified when it came, or made by us, so
 * it is read with the certificate that it carries: a renewal since then makes it no less
 * readable. uitkomst "onleesbaar" when it was changed. */
json_t *describe_receipt(const struct buf *receipt);

/* What a stored message says, as an object (personal data: for the local bus only): a
 * weigering or a verzoekafwijzing its code, betekenis and toelichting, with onderdelen,
 * gemeentecode, verwachtOp; a dossierverzoek who is asked for, grond, vestiging, pip,
 * toelichting; each with the contactpersoon of its header. NULL for other kinds; one that can
 * no longer be opened has code "onleesbaar". */
json_t *describe_content(struct gateway *gateway, const struct buf *sealed,
                         const struct digest *canonical);

/* Under which name a message of this kind is described; NULL: it is not. */
const char *describe_content_name(const char *soort);

/* {taak overdracht soort tekst doen uiterlijk created done done_by}; tekst is for the local
 * bus only. */
json_t *describe_taak(const struct taak *taak);

/* {id verdict subject? why action}: what the doctor found. */
json_t *describe_finding(const struct doctor_finding *finding);

#endif

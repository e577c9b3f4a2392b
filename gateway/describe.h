/* describe -- records as the local bus shows them; one place, so that list and show agree. */
#ifndef GATEWAY_DESCRIBE_H
#define GATEWAY_DESCRIBE_H

#include <jansson.h>

#include "gateway/doctor.h"
#include "gateway/gateway.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"

void describe_peer_name(struct gateway *gateway, const char *oin, json_t *to); /* "peer":{} */
void describe_overdracht(struct gateway *gateway, const struct overdracht *o, json_t *to);
void describe_outbox(struct gateway *gateway, const struct outbox_row *row, json_t *to);

/* The stored receipt as an object: tijd, uitkomst, code, tekst, ondertekenaar (fingerprint). A
 * receipt that no longer verifies with `registered` has uitkomst "onleesbaar". */
json_t *describe_receipt(const struct buf *receipt, const STACK_OF(X509) * registered);

/* {id verdict subject? why action}: what the doctor found. */
json_t *describe_finding(const struct doctor_finding *finding);

#endif

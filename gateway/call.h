/* call -- one request on the local bus while it is being answered; what the handlers share. */
#ifndef GATEWAY_CALL_H
#define GATEWAY_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <jansson.h>
#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "codecs/uuid.h"
#include "gateway/gateway.h"

struct call {
    struct gateway *gateway;
    char id[UUID_SIZE];  /* of the request */
    struct digest asked; /* of its name and arguments: the same id must ask the same */
    unsigned uid, roles; /* of who asks: bits of rollen.h */
    char actor[32];      /* "uid 1000 klantregisseur"; of our own user and root "uid 0" */
    json_t *arguments;   /* as api.json describes them */
    json_t *result;      /* an object that the handler fills */
};

typedef bool call_handler(struct call *call, struct fault *fault);

/* "" when absent (only optional arguments can be). */
const char *call_text(const struct call *call, const char *name);
int64_t call_number(const struct call *call, const char *name);
bool call_flag(const struct call *call, const char *name);

/* Into its place of `size`; what is too long for it is never cut. FAULT_USAGE. */
bool call_take(const struct call *call, const char *name, char *to, size_t size,
               struct fault *fault) MUST_CHECK;

void call_put(json_t *object, const char *name, const char *text);
void call_put_number(json_t *object, const char *name, int64_t number);
void call_put_time(json_t *object, const char *name, int64_t at); /* nothing when 0 */
void call_put_digest(json_t *object, const char *name, const struct digest *digest);

/* Writes the answer into the record, inside the transaction of the change itself, so that the
 * same request sent again is answered from there. Last act of every handler that changes. */
bool call_record(sqlite3 *db, const struct call *call, struct fault *fault) MUST_CHECK;

/* What was recorded for this id: *result is the caller's, or NULL. FAULT_CONFLICT when the id
 * was used for another request. */
bool call_recorded(sqlite3 *db, const struct call *call, json_t **result,
                   struct fault *fault) MUST_CHECK;

/* The handlers, by file; api.json says what each takes and answers. */
call_handler call_status, call_reload;
call_handler call_blokkade_add, call_blokkade_lift, call_blokkade_list;
call_handler call_doctor;
call_handler call_notificaties;
call_handler call_peer_card, call_peer_add, call_peer_list, call_peer_show, call_peer_ping,
    call_peer_state, call_peer_set;
call_handler call_overdracht_release, call_overdracht_release_preview;
call_handler call_upload, call_document_add, call_document_read;
call_handler call_overdracht_send, call_overdracht_preview, call_overdracht_list,
    call_overdracht_show, call_overdracht_file;
call_handler call_overdracht_accept, call_overdracht_refuse;
call_handler call_duo_push, call_duo_push_preview;
call_handler call_taak_done, call_taak_list;
call_handler call_overdracht_request;
call_handler call_overdracht_assign, call_overdracht_note;
call_handler call_overdracht_supplement, call_overdracht_withdraw,
    call_overdracht_withdraw_preview;
call_handler call_overdracht_reject; /* by refuse, when the code says so */
call_handler call_duo_ask, call_duo_report;
call_handler call_outbox_list, call_outbox_show, call_outbox_retry, call_outbox_cancel;

#endif

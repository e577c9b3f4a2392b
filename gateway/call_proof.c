/* call_proof -- one handover whole: its course, its messages, and the bytes that prove them.
 */
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "gateway/aanlevering.h"
#include "gateway/aflevering.h"
#include "gateway/audit.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/control.h"
#include "gateway/describe.h"
#include "gateway/filing.h"
#include "gateway/huishouden.h"
#include "gateway/inbox.h"
#include "gateway/notitie.h"
#include "gateway/overdracht.h"
#include "gateway/show_aanvulling.h"
#include "gateway/show_duo.h"
#include "gateway/taak.h"

/* --- show ---------------------------------------------------------------------------- */

/* A message to be opened once the store is done with. */
struct sealed_message {
    json_t *item;
    struct buf sealed;
    struct digest canonical;
};

struct showing {
    struct call *call;
    struct overdracht o;
    json_t *messages, *audit, *taken, *aanlevering, *aflevering, *notes, *family;
    char gezin[UUID_SIZE]; /* "": no family */
    struct sealed_message *sealed;
    size_t sealed_count;
};

static json_t *message_json(const char *richting, const char *id, const char *soort)
{
    json_t *item = json_object();

    call_put(item, "richting", richting);
    call_put(item, "id", id);
    call_put(item, "soort", soort);
    return item;
}

static void add_inbox(void *context, const struct inbox_row *row)
{
    struct showing *s = context;
    json_t *item = message_json("in", row->id, row->soort);

    call_put(item, "state", row->code[0] ? row->code : "aangenomen");
    call_put_time(item, "at", row->received);
    call_put_digest(item, "verzegeld", &row->sealed_digest);
    call_put_digest(item, "canoniek", &row->canonical);
    call_put_digest(item, "ondertekenaar", &row->signer);
    json_object_set_new(item, "ontvangstbevestiging", describe_receipt(&row->receipt));
    json_array_append_new(s->messages, item);
}

static void add_outbox(void *context, const struct outbox_row *row)
{
    struct showing *s = context;

    if (outbox_for_duo(row))
        return; /* told by show_duo() */
    json_t *item = message_json("uit", row->id, row->soort);

    call_put(item, "state", outbox_state_name(row->state));
    call_put_time(item, "at", row->created);
    call_put_digest(item, "canoniek", &row->canonical);
    call_put_digest(item, "ondertekenaar", &row->signer);
    call_put(item, "reason", row->reason);
    call_put_number(item, "attempts", row->attempts);
    if (row->receipt.size && !outbox_for_duo(row))
        json_object_set_new(item, "ontvangstbevestiging", describe_receipt(&row->receipt));
    json_array_append_new(s->messages, item);
}

static void add_taak(void *context, const struct taak *taak)
{
    json_array_append_new(context, describe_taak(taak));
}

static void add_audit(void *context, const struct audit_row *row)
{
    json_t *item = json_object();

    call_put_number(item, "seq", row->seq);
    call_put_time(item, "at", row->at);
    call_put(item, "actor", row->actor);
    call_put(item, "action", row->action);
    call_put(item, "detail", row->detail);
    json_array_append_new(context, item);
}

static bool fetch_received(sqlite3 *db, const struct showing *s, struct sealed_message *sealed,
                           struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    const char *id = json_string_value(json_object_get(sealed->item, "id"));
    bool found;

    if (!inbox_find(db, s->o.peer, id, &row, &found, fault))
        return false;
    sealed->canonical = row.canonical;
    buf_take(&sealed->sealed, &row.sealed);
    return true;
}

static bool fetch_sent(sqlite3 *db, struct sealed_message *sealed, struct fault *fault)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    const char *id = json_string_value(json_object_get(sealed->item, "id"));

    if (!outbox_find(db, id, &row, fault))
        return false;
    sealed->canonical = row.canonical;
    buf_take(&sealed->sealed, &row.sealed);
    return true;
}

static bool is_text(const json_t *item, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(item, name));

    return value && strcmp(value, text) == 0;
}

/* Who reads the words of a message is an audit row. */
static bool fetch_one(sqlite3 *db, struct showing *s, json_t *item, struct fault *fault)
{
    bool in = is_text(item, "richting", "in");
    const char *name =
        describe_content_name(json_string_value(json_object_get(item, "soort")));

    if (!name || (in && !is_text(item, "state", "aangenomen")))
        return true;
    struct sealed_message *sealed = &s->sealed[s->sealed_count++];
    sealed->item = item;
    return (in ? fetch_received(db, s, sealed, fault) : fetch_sent(db, sealed, fault))
           && audit_add(db, s->call->actor, "read", s->o.id, fault, "%s", name);
}

/* Of what we refused at the door nothing was kept; such a message never counted. */
static bool fetch_sealed(sqlite3 *db, struct showing *s, struct fault *fault)
{
    size_t count = json_array_size(s->messages);

    s->sealed = mem_alloc((count + 1) * sizeof(*s->sealed));
    for (size_t i = 0; i < count; i++)
        if (!fetch_one(db, s, json_array_get(s->messages, i), fault))
            return false;
    return true;
}

static void open_sealed(struct showing *s, bool open)
{
    for (size_t i = 0; i < s->sealed_count; i++) {
        struct sealed_message *sealed = &s->sealed[i];
        const char *soort = json_string_value(json_object_get(sealed->item, "soort"));
        if (open && sealed->sealed.size > 0) /* not: what was withdrawn */
            json_object_set_new(
                sealed->item, describe_content_name(soort),
                describe_content(s->call->gateway, &sealed->sealed, &sealed->canonical));
        buf_finish(&sealed->sealed);
    }
    free(s->sealed);
}

/* Who moves along, and where each of them is. */
static bool add_family(sqlite3 *db, struct showing *s, struct fault *fault)
{
    struct gateway *gateway = s->call->gateway;
    json_auto_t *ids = json_array();
    json_t *id;
    size_t i;

    if (!huishouden_others(db, s->o.id, s->gezin, ids, fault))
        return false;
    json_array_foreach (ids, i, id) {
        struct overdracht o;
        json_t *item = json_object();
        json_array_append_new(s->family, item);
        if (!overdracht_find(db, gateway->keys, json_string_value(id), &o, fault))
            return false;
        describe_overdracht(gateway, &o, item);
        call_put(item, "gezin", s->gezin);
    }
    return true;
}

static bool show_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct showing *s = argument;
    struct gateway *gateway = s->call->gateway;

    if (!overdracht_find(db, gateway->keys, call_text(s->call, "id"), &s->o, fault))
        return false;
    return taak_list(db, gateway->keys, s->o.id, add_taak, s->taken, fault)
           && inbox_list(db, s->o.id, add_inbox, s, fault)
           && outbox_list(db, s->o.id, 1000, add_outbox, s, fault)
           && fetch_sealed(db, s, fault)
           && aanlevering_describe(db, s->o.id, s->aanlevering, fault)
           && aflevering_describe(db, s->o.id, s->aflevering, fault)
           && notitie_list(db, gateway->keys, s->o.id, s->notes, fault)
           && add_family(db, s, fault) && audit_list(db, s->o.id, add_audit, s->audit, fault);
}

bool call_overdracht_show(struct call *call, struct fault *fault)
{
    struct showing s = { .call = call,
                         .messages = json_array(),
                         .audit = json_array(),
                         .taken = json_array(),
                         .notes = json_array(),
                         .family = json_array(),
                         .aanlevering = json_array(),
                         .aflevering = json_array() };
    json_t *duo = NULL;

    json_object_set_new(call->result, "taken", s.taken);
    json_object_set_new(call->result, "notities", s.notes);
    json_object_set_new(call->result, "gezinsleden", s.family);
    json_object_set_new(call->result, "messages", s.messages);
    json_object_set_new(call->result, "audit", s.audit);
    json_object_set_new(call->result, "aanlevering", s.aanlevering);
    json_object_set_new(call->result, "aflevering", s.aflevering);
    bool good = store_run(call->gateway->store, show_work, &s, fault);
    if (good)
        describe_overdracht(call->gateway, &s.o, call->result);
    if (s.gezin[0])
        call_put(call->result, "gezin", s.gezin);
    open_sealed(&s, good);
    good = good && show_aanvulling(call->gateway, &s.o, s.messages, fault)
           && show_duo(call->gateway, call->actor, s.o.id, &duo, fault);
    if (good)
        json_object_set_new(call->result, "duo", duo);
    return good;
}

/* --- file ---------------------------------------------------------------------------- */

static void extract_dossier(xmlDoc *bericht, struct buf *content)
{
    SCOPED_XMLDOC xmlDoc *dossier = message_alone(bericht);

    xmldoc_write(dossier, content);
}

static bool pick(struct filing *f, const char *what, struct buf *content, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf canonical = { 0 };

    if (strcmp(what, "ontvangstbevestiging") == 0) {
        buf_take(content, &f->receipt);
        return content->size || fault_set(fault, FAULT_STATE, "there is no receipt yet");
    }
    if (strcmp(what, "verzegeld") == 0) {
        buf_take(content, &f->sealed);
        return true;
    }
    if (!compose_open(f->call->gateway, &f->sealed, &f->canonical, &canonical, &doc, fault))
        return false;
    if (strcmp(what, "bericht") == 0)
        buf_take(content, &canonical);
    else
        extract_dossier(doc, content);
    return true;
}

static bool answer_piece(struct call *call, const struct buf *content, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    size_t offset = (size_t)call_number(call, "offset");

    if (offset > content->size)
        return fault_set(fault, FAULT_USAGE, "offset is past the end");
    size_t size = content->size - offset;
    if (size > CONTROL_PIECE_MAX)
        size = CONTROL_PIECE_MAX;
    base64_encode(content->data + offset, size, &text);
    call_put(call->result, "data", buf_text(&text));
    call_put_number(call->result, "size", (int64_t)content->size);
    return true;
}

bool call_overdracht_file(struct call *call, struct fault *fault)
{
    static const char *const WHATS[] = { "bericht", "dossier", "ontvangstbevestiging",
                                         "verzegeld" };
    SCOPED_BUF struct buf content = { 0 };
    const char *what = call_text(call, "what");
    struct filing f = { .call = call, .audited = what };
    bool known = false;

    for (size_t i = 0; i < sizeof(WHATS) / sizeof(WHATS[0]); i++)
        known = known || strcmp(WHATS[i], what) == 0;
    if (!known)
        return fault_set(fault, FAULT_USAGE,
                         "what: bericht, dossier, ontvangstbevestiging or verzegeld");
    bool good = filing_find(&f, fault) && pick(&f, what, &content, fault)
                && answer_piece(call, &content, fault);
    filing_finish(&f);
    return good;
}

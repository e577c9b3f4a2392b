/* reply -- see reply.h. */
#include "gateway/reply.h"

#include <string.h>

#include "gateway/inbox.h"

/* A handover becomes gevraagd by a message of theirs: the newest that we accepted. */
static bool find_asking(sqlite3 *db, struct reply *reply, struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found;

    if (!inbox_latest(db, reply->o.id, NULL, &row, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_STATE, "handover %s: nobody has asked for anything",
                         reply->o.id);
    memcpy(reply->antwoord_op, row.id, UUID_SIZE);
    return true;
}

bool reply_find(sqlite3 *db, const struct keys *keys, const char *id, const xmlNode *dossier,
                struct reply *reply, struct fault *fault)
{
    const struct overdracht *o = &reply->o;

    if (!overdracht_find(db, keys, id, &reply->o, fault))
        return false;
    if (o->rol != ROL_VERSTREKKER || o->state != OVERDRACHT_GEVRAAGD)
        return fault_set(fault, FAULT_STATE,
                         "handover %s (%s) is %s: no dossier is asked for there", o->id,
                         rol_name(o->rol), overdracht_state_name(o->state));
    if (overdracht_is_about(db, keys, o, dossier, fault))
        return find_asking(db, reply, fault);
    return fault_advise(fault, "check the file, and the person with `estafette overdracht "
                               "show`; a dossier about somebody else goes without --reply-to");
}

bool reply_send(sqlite3 *db, const struct keys *keys, const char *actor, struct reply *reply,
                const xmlNode *dossier, struct fault *fault)
{
    return overdracht_move(db, actor, &reply->o, OVERDRACHT_VERZONDEN, "", fault)
           && overdracht_renew(db, keys, &reply->o, dossier, fault);
}

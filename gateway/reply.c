/* reply -- see reply.h. */
#include "gateway/reply.h"

#include <string.h>

#include "gateway/huishouden.h"
#include "gateway/inbox.h"
#include "gateway/overdracht_join.h"
#include "gateway/overdracht_later.h"

/* One that is refused is not answered too: the two would cross. */
static bool is_unanswered(sqlite3 *db, const struct overdracht *o, struct fault *fault)
{
    bool refused;

    if (!overdracht_later_is_free(o, fault)
        || !overdracht_join_refused(db, o, &refused, fault))
        return false;
    if (!refused)
        return true;
    fault_set(fault, FAULT_STATE, "handover %s: its refusal (%.60s) is under way", o->id,
              o->reden);
    return fault_advise(fault, "see estafette outbox list; one that still waits there can be "
                               "cancelled");
}

/* A handover becomes gevraagd by a message of theirs: the newest that we accepted. */
bool reply_asking(sqlite3 *db, struct reply *reply, struct fault *fault)
{
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    bool found;

    if (!is_unanswered(db, &reply->o, fault)
        || !inbox_latest(db, reply->o.id, NULL, &row, &found, fault))
        return false;
    if (!found)
        return fault_set(fault, FAULT_STATE, "handover %s: nobody has asked for anything",
                         reply->o.id);
    memcpy(reply->antwoord_op, row.id, UUID_SIZE);
    return true;
}

struct looking {
    struct reply *reply;
    const char *peer;
    bool found;
    char under_way[UUID_SIZE]; /* a handover whose dossier they may not have yet; "" none */
};

static void consider(void *context, const struct overdracht *o)
{
    struct looking *looking = context;

    if (o->rol != ROL_VERSTREKKER || strcmp(o->peer, looking->peer) != 0)
        return;
    if (o->state == OVERDRACHT_VERZONDEN)
        memcpy(looking->under_way, o->id, UUID_SIZE);
    if (o->state != OVERDRACHT_GEVRAAGD)
        return;
    looking->found = true;
    looking->reply->o = *o;
}

/* Two of one person at once may overtake each other: a request that crosses them would then
 * mean one here and the other there. */
static bool is_alone(const struct looking *looking, struct fault *fault)
{
    if (looking->found || !looking->under_way[0])
        return true;
    fault_set(fault, FAULT_STATE,
              "a dossier of this person is on its way to them: handover %s",
              looking->under_way);
    return fault_advise(fault,
                        "supplement that one, or withdraw it: see estafette overdracht "
                        "show %s",
                        looking->under_way);
}

bool reply_asked(sqlite3 *db, const struct keys *keys, const char *peer,
                 const xmlNode *dossier, struct reply *reply, struct fault *fault)
{
    struct looking looking = { .reply = reply, .peer = peer };
    struct persoon persoon;

    persoon_of_dossier(dossier, &persoon);
    return overdracht_open_of(db, keys, &persoon, consider, &looking, fault)
           && is_alone(&looking, fault) && (!looking.found || reply_asking(db, reply, fault));
}

bool reply_find(sqlite3 *db, const struct keys *keys, const char *id, const xmlNode *dossier,
                struct reply *reply, struct fault *fault)
{
    const struct overdracht *o = &reply->o;
    struct persoon persoon;

    if (!overdracht_find(db, keys, id, &reply->o, fault))
        return false;
    if (o->rol != ROL_VERSTREKKER || o->state != OVERDRACHT_GEVRAAGD)
        return fault_set(fault, FAULT_STATE,
                         "handover %s (%s) is %s: no dossier is asked for there", o->id,
                         rol_name(o->rol), overdracht_state_name(o->state));
    persoon_of_dossier(dossier, &persoon);
    if (overdracht_is_about(db, keys, o, &persoon, fault))
        return reply_asking(db, reply, fault);
    return fault_advise(fault, "check the file, and the person with `estafette overdracht "
                               "show`; a dossier about somebody else goes without --reply-to");
}

bool reply_send(sqlite3 *db, const struct keys *keys, const char *actor, struct reply *reply,
                const xmlNode *dossier, struct fault *fault)
{
    struct persoon persoon;

    persoon_of_dossier(dossier, &persoon);
    return overdracht_move(db, actor, &reply->o, OVERDRACHT_VERZONDEN, "", fault)
           && overdracht_renew(db, keys, &reply->o, &persoon, fault)
           && huishouden_note(db, keys, reply->o.id, dossier, fault);
}

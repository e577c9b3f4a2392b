/* call_verzoek -- asking for a dossier, and refusing to give one that was asked for. */
#include <stdio.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "gateway/afwijzen.h"
#include "gateway/call.h"
#include "gateway/describe.h"
#include "gateway/opvolger.h"
#include "gateway/overdracht.h"
#include "gateway/verzoek.h"
#include "peers/gemeente.h"

/* --- ask ----------------------------------------------------------------------------- */

static bool asked(sqlite3 *db, void *context, const struct overdracht *o, const char *bericht,
                  struct fault *fault)
{
    struct call *call = context;

    call_put(call->result, "overdracht", o->id);
    call_put(call->result, "state", overdracht_state_name(o->state));
    call_put(call->result, "bericht", bericht);
    describe_peer_name(call->gateway, o->peer, call->result);
    call_put(call->result, "gemeentecode", o->gemeentecode);
    return call_record(db, call, fault);
}

bool call_overdracht_request(struct call *call, struct fault *fault)
{
    struct persoon persoon = { 0 };
    char overdracht[UUID_SIZE];
    const struct verzoek verzoek = { .to = call_text(call, "gemeente"),
                                     .from = call_text(call, "from"),
                                     .persoon = &persoon,
                                     .grond = call_text(call, "reason"),
                                     .vestiging = call_text(call, "settled"),
                                     .pip = call_text(call, "pip"),
                                     .toelichting = call_text(call, "text"),
                                     .done = asked,
                                     .context = call };

    return call_take(call, "bsn", persoon.bsn, sizeof(persoon.bsn), fault)
           && call_take(call, "vnummer", persoon.vnummer, sizeof(persoon.vnummer), fault)
           && verzoek_send(call->gateway, call->actor, &verzoek, overdracht, fault);
}

/* --- refuse what is asked ------------------------------------------------------------ */

static bool rejected(sqlite3 *db, void *context, const struct overdracht *o,
                     const char *bericht, struct fault *fault)
{
    struct call *call = context;

    call_put(call->result, "overdracht", o->id);
    call_put(call->result, "state", overdracht_state_name(o->state));
    call_put(call->result, "reden", o->reden);
    call_put(call->result, "bericht", bericht);
    describe_peer_name(call->gateway, o->peer, call->result);
    return call_record(db, call, fault);
}

/* GEMEENTE to a code, as the other side can look it up: of one that has merged its successor,
 * of a peer its only one. */
static const char *gone_to(const struct call *call, char code[GEMEENTECODE_SIZE])
{
    const char *asked = call_text(call, "to");
    const struct gemeente *gemeente = *asked ? gemeente_find(asked) : NULL;
    SCOPED_PEER struct peer *peer = NULL;
    struct fault none;

    if (gemeente)
        return opvolger_now(gemeente->code);
    if (!*asked || gemeente_code_valid(asked)
        || !registry_find(call->gateway->registry, asked, &peer, &none)
        || peer->card.gemeentecode_count != 1)
        return asked;
    memcpy(code, peer->card.gemeentecodes[0], GEMEENTECODE_SIZE);
    return code;
}

bool call_overdracht_reject(struct call *call, struct fault *fault)
{
    SCOPED_AFWIJZING struct afwijzing afwijzing = { 0 };
    char code[GEMEENTECODE_SIZE];
    const struct afwijzen afwijzen = { .overdracht = call_text(call, "id"),
                                       .afwijzing = &afwijzing,
                                       .done = rejected,
                                       .context = call };

    if (*call_text(call, "parts"))
        return fault_set(fault, FAULT_USAGE,
                         "parts do not belong to the refusal of a request");
    return afwijzing_parse(call_text(call, "code"), gone_to(call, code),
                           call_text(call, "expected"), call_text(call, "text"), &afwijzing,
                           fault)
           && afwijzen_send(call->gateway, call->actor, &afwijzen, fault);
}

/* handover -- see handover.h. */
#include "tools/cli/handover.h"

#include <string.h>
#include <time.h>

#include "codecs/dossier.h"
#include "codecs/moment.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tools/cli/output.h"

xmlDoc *handover_dossier(xmlDoc *bericht)
{
    return message_alone(bericht);
}

/* The day, in Dutch time, on which this message came or was made; "" when it is not told. */
static void find_day(const json_t *facts, const char *bericht, char datum[11])
{
    const json_t *messages = json_object_get(facts, "messages");
    struct tm parts;
    time_t at;

    for (size_t i = 0; i < json_array_size(messages); i++) {
        const json_t *message = json_array_get(messages, i);
        if (strcmp(output_text(message, "id"), bericht) == 0
            && moment_parse(output_text(message, "at"), &at) && localtime_r(&at, &parts))
            strftime(datum, sizeof("2026-11-23"), "%Y-%m-%d", &parts);
    }
}

static void set_origin(struct handover *handover)
{
    const struct contactpersoon *contact = &handover->kop.contact;
    const char *naam = output_text(handover->facts, "peer.naam");
    const char *code = output_text(handover->facts, "gemeentecode");

    find_day(handover->facts, handover->kop.bericht_id, handover->datum);
    handover->origin = (struct view_origin){
        .sent = strcmp(output_text(handover->facts, "rol"), "verstrekker") == 0,
        .gemeente = naam[0] ? naam : code,
        .gemeentecode = code,
        .datum = handover->datum,
        .naam = contact->naam,
        .telefoon = contact->telefoon,
        .email = contact->email,
    };
}

bool handover_read(struct client *client, const char *id, const struct buf *bericht,
                   struct handover *handover, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    if (!message_parse(bericht, &doc, &handover->kop, fault))
        return false;
    handover->dossier = handover_dossier(doc);
    if (!xmldoc_is(xmlDocGetRootElement(handover->dossier), DOSSIER_NS, "dossier"))
        return fault_set(fault, FAULT_DOCUMENT, "this message holds no dossier");
    if (!schema_validate(SCHEMA_DOSSIER, handover->dossier, NULL, NULL, fault)
        || !client_ask(client, "overdracht.show", json_pack("{s:s}", "id", id), CLIENT_SOON,
                       &handover->facts, fault))
        return false;
    set_origin(handover);
    return true;
}

void handover_release(struct handover *handover)
{
    xmldoc_release(&handover->dossier);
    json_decref(handover->facts);
    handover->facts = NULL;
}

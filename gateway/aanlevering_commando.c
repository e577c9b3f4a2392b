/* aanlevering_commando -- see aanlevering_commando.h. */
#include "gateway/aanlevering_commando.h"

#include <ctype.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/document.h"
#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "gateway/aanlevering.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/helper.h"
#include "gateway/ids.h"
#include "gateway/log.h"
#include "gateway/overdracht.h"
#include "gateway/taak.h"

#define SELF "estafetted"
#define PATIENCE 3 /* so often it may have nothing before a person hears of it */
#define ERRORS_SHOWN 500

static const char ASKED[] =
    "SELECT h.id FROM overdracht h WHERE h.rol = 'verstrekker' AND h.state = 'gevraagd'"
    " AND NOT EXISTS (SELECT 1 FROM aanlevering a WHERE a.overdracht = h.id"
    "  AND (a.state = 'klaar' OR (a.state = 'wacht' AND a.next_try > ?1)))"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.overdracht = h.id AND (o.soort = "
    "'dossier'"
    "  OR (o.soort = 'verzoekafwijzing' AND o.state IN ('queued', 'sending'))))"
    " AND NOT" BLOKKADE_ON " ORDER BY h.created LIMIT 20";

struct vraag {
    struct gateway *gateway;
    const char *overdracht;
    struct persoon persoon;
    struct buf output, errors;
    xmlDoc *dossier;
    struct digest inhoud;
    struct fault why;
    bool wrong; /* there was a dossier, and it was no good */
};

static void vraag_finish(struct vraag *v)
{
    buf_finish(&v->output);
    buf_finish(&v->errors);
    xmldoc_release(&v->dossier);
    explicit_bzero(&v->persoon, sizeof(v->persoon));
}

/* --- asking -------------------------------------------------------------------------- */

static bool person_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vraag *v = argument;

    return overdracht_person(db, v->gateway->keys, v->overdracht, &v->persoon, fault);
}

static bool may_ask(struct vraag *v, struct fault *fault)
{
    const struct blokkade_look look = { SELF, v->overdracht, "aanlevering (commando)" };

    return blokkade_allows(v->gateway->store, v->gateway->keys, &look, &v->persoon, fault);
}

static bool ask(struct vraag *v, struct fault *fault)
{
    const struct config *config = &v->gateway->config;
    SCOPED_BUF struct buf input = { 0 };

    buf_addf(&input, "%s\n%s\n", v->persoon.bsn, v->persoon.vnummer);
    const struct helper_task task = { .command = config->aanlevering.commando,
                                      .input = input.data,
                                      .input_size = input.size,
                                      .seconds = config->aanlevering.seconden,
                                      .output_max = (size_t)config->message_kib << 10 };
    return helper_may_run(task.command, fault)
           && helper_run(v->gateway->helper, &task, &v->output, &v->errors, fault);
}

/* --- judging ------------------------------------------------------------------------- */

static bool read_dossier(struct vraag *v, struct fault *fault)
{
    struct rules_limits limits = v->gateway->config.regels;

    if (v->output.size == 0)
        return fault_set(fault, FAULT_TEMPORARY, "the command wrote nothing");
    limits.today = datum_today(clock_now());
    aanlevering_index(v->gateway->keys, &v->output, &v->inhoud);
    v->wrong = true;
    if (!dossier_read(v->output.data, v->output.size, NULL, NULL, &v->dossier, fault))
        return false;
    xmlNode *dossier = xmlDocGetRootElement(v->dossier);
    document_strip(dossier);
    return dossier_rules(dossier, &limits, NULL, NULL, fault)
           && document_all_enclosed(dossier, fault); /* a command brings no documents */
}

static bool add_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vraag *v = argument;
    const struct aanlevering new = { .bron = "commando",
                                     .overdracht = v->overdracht,
                                     .dossier = v->dossier,
                                     .inhoud = v->inhoud };

    return blokkade_still(db, v->gateway->keys, &v->persoon, fault)
           && aanlevering_add(db, v->gateway, &new, fault);
}

/* --- and when it failed -------------------------------------------------------------- */

/* What a program says of itself may be anything: of it, what can be shown. */
static void add_errors(const struct vraag *v, struct buf *tekst)
{
    size_t size = v->errors.size < ERRORS_SHOWN ? v->errors.size : ERRORS_SHOWN;

    if (size == 0)
        return;
    buf_add_text(tekst, " Het programma zei: ");
    for (size_t i = 0; i < size; i++) {
        unsigned char c = v->errors.data[i];
        buf_addf(tekst, "%c", c < 0x7f && isprint(c) ? c : c == '\n' ? ' ' : '?');
    }
}

static bool open_taak(sqlite3 *db, const struct vraag *v, struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };

    buf_addf(&tekst,
             v->wrong ? "Het eigen systeem leverde een dossier dat niet goed is: %s."
                      : "Het eigen systeem levert het gevraagde dossier niet: %s.",
             v->why.text);
    add_errors(v, &tekst);
    const struct taak_reden reden = { .soort = TAAK_AANLEVERING,
                                      .overdracht = v->overdracht,
                                      .sleutel = "",
                                      .tekst = buf_text(&tekst) };
    return taak_open(db, v->gateway->keys, &reden, NULL, fault);
}

static bool again_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vraag *v = argument;
    int64_t attempts;

    return aanlevering_again(db, v->gateway, v->overdracht, v->why.text, &attempts, fault)
           && ((!v->wrong && attempts < PATIENCE) || open_taak(db, v, fault));
}

static bool supply(struct vraag *v, struct fault *fault)
{
    struct store *store = v->gateway->store;

    return store_run(store, person_work, v, fault) && may_ask(v, fault) && ask(v, fault)
           && read_dossier(v, fault) && store_run(store, add_work, v, fault);
}

static bool ask_one(struct gateway *gateway, const char *id, struct fault *fault)
{
    __attribute__((cleanup(vraag_finish))) struct vraag v = { .gateway = gateway,
                                                              .overdracht = id };

    if (supply(&v, &v.why)) {
        log_info("aanlevering=commando overdracht=%s status=klaar", id);
        events_publish(gateway->events, "overdracht", id);
        return true;
    }
    log_info("aanlevering=commando overdracht=%s status=wacht (%s)", id, v.why.text);
    return v.why.code == FAULT_STORE || store_run(gateway->store, again_work, &v, fault);
}

bool aanlevering_commando_run(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!gateway->config.aanlevering.commando[0])
        return true;
    if (!ids_read(gateway->store, ASKED, clock_now(), &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++)
        if (!ask_one(gateway, ids.id[i], fault))
            return false;
    return true;
}

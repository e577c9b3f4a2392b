/* push -- see push.h. */
#include "gateway/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "gateway/duo_contact.h"
#include "gateway/duo_letter.h"
#include "gateway/filing.h"
#include "gateway/melding_koppel.h"
#include "gateway/outbox.h"
#include "gateway/sql.h"
#include "gateway/upload.h"
#include "gateway/vragen_duo.h"

void push_finish(struct push *push)
{
    melding_finish_all(&push->meldingen);
    lezing_finish(&push->lezing);
    json_decref(push->gemeld);
    json_decref(push->contact);
    xmldoc_release(&push->doc);
}

/* --- what it is made from ------------------------------------------------------------------
 */

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct push *push = argument;
    struct gateway *gateway = push->call->gateway;

    return overdracht_find(db, gateway->keys, call_text(push->call, "id"), &push->o, fault)
           && overdracht_person(db, gateway->keys, push->o.id, &push->persoon, fault)
           && (!push->contact
               || duo_contact_find(db, gateway->keys, push->contact, &push->contact_id,
                                   fault));
}

static bool open_uploaded(struct push *push, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    struct persoon persoon = { 0 };

    if (!upload_read(call_text(push->call, "file"), &content, fault)
        || !dossier_read(content.data, content.size, NULL, NULL, &push->doc, fault))
        return false;
    push->dossier = xmlDocGetRootElement(push->doc);
    persoon_of_dossier(push->dossier, &persoon);
    return strcmp(persoon.bsn, push->persoon.bsn) == 0
           || fault_set(fault, FAULT_STATE,
                        "the dossier is about somebody else than handover "
                        "%s (by BSN)",
                        push->o.id);
}

static bool open_filed(struct push *push, struct fault *fault)
{
    struct filing filing = { .call = push->call, .audited = "dossier" };
    SCOPED_BUF struct buf canonical = { 0 };

    bool good = filing_find(&filing, fault)
                && compose_open(push->call->gateway, &filing.sealed, &filing.canonical,
                                &canonical, &push->doc, fault);
    filing_finish(&filing);
    if (!good)
        return fault_advise(fault, "give the dossier to report from with --dossier FILE");
    push->dossier = message_dossier(push->doc);
    return true;
}

static bool open_dossier(struct push *push, struct fault *fault)
{
    return *call_text(push->call, "file") ? open_uploaded(push, fault)
                                          : open_filed(push, fault);
}

/* --- what we reported before ---------------------------------------------------------------
 */

struct reports {
    struct push *push;
    struct outbox_row *row;
    size_t count;
};

static void add_report(struct push *push, const struct outbox_row *row)
{
    struct duo_letter sent;
    json_auto_t *body = NULL;
    struct fault fault = { 0 };
    char day[11] = "";
    time_t at = row->settled;
    struct tm utc;

    if (!duo_letter_open(push->call->gateway, row, &sent, &body, &fault))
        return;
    if (gmtime_r(&at, &utc) && strftime(day, sizeof(day), "%Y-%m-%d", &utc) == 0)
        day[0] = '\0';
    json_array_append_new(push->gemeld,
                          json_pack("{s:s, s:s, s:s, s:O*}", "operatie", row->soort, "op", day,
                                    "instellingsnummer", sent.address.instellingsnummer,
                                    "inhoud", body));
}

static bool list_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct reports *reports = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT o.id FROM outbox o JOIN overdracht h ON h.id = o.overdracht"
                   " JOIN overdracht us ON us.id = ?"
                   " WHERE o.peer IS NULL AND o.state = 'delivered'"
                   " AND o.soort NOT LIKE '%.lezen' AND (h.id = us.id"
                   "  OR h.bsn_index = us.bsn_index) ORDER BY o.seq LIMIT 500",
                   "t", reports->push->o.id))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        reports->row = mem_resize(reports->row, (reports->count + 1) * sizeof(*reports->row));
        reports->row[reports->count] = (struct outbox_row){ 0 };
        if (!outbox_find(db, sql_text(stmt, 0), &reports->row[reports->count++], fault))
            return false;
    }
    return false;
}

static bool gather_gemeld(struct push *push, struct fault *fault)
{
    struct reports reports = { .push = push };

    push->gemeld = json_array();
    bool good = store_run(push->call->gateway->store, list_work, &reports, fault);
    for (size_t i = 0; i < reports.count; i++) {
        if (good)
            add_report(push, &reports.row[i]);
        outbox_row_finish(&reports.row[i]);
    }
    free(reports.row);
    return good;
}

static bool has_reported(const struct push *push, const char *operation)
{
    for (size_t i = 0; i < json_array_size(push->gemeld); i++) {
        const json_t *entry = json_array_get(push->gemeld, i);
        const char *name = json_string_value(json_object_get(entry, "operatie"));
        if (name && strcmp(name, operation) == 0)
            return true;
    }
    return false;
}

/* --- what we know ---------------------------------------------------------------------------
 */

/* Somebody's first PIP, of any municipality; the newest version is the one that is reported,
 * and is the first only when another municipality made it. NULL: not known, "": none. */
static const char *first_pip(const struct push *push)
{
    const xmlNode *versie = xmldoc_at(push->dossier, "pip/versie");
    const char *code = versie ? xmldoc_text(versie, "gemeentecode") : NULL;
    bool reported = push->o.rol == ROL_ONTVANGER && versie && code && !xmldoc_next(versie)
                    && strcmp(code, push->o.eigen_code) == 0;

    if (versie && !reported)
        return xmldoc_text(versie, "dagtekening");
    if (!push->lezing.pip)
        return NULL;
    const char *read = xmldoc_text(lezing_gelezen(&push->lezing), "pip/dagtekening");
    return read ? NULL : "";
}

/* Who told DUO the date that it has: we, as our own reports say, or who handed over. */
static const char *delivered_by(const struct push *push, const char *operation,
                                const char *read)
{
    if (has_reported(push, operation))
        return push->o.eigen_code;
    if (!xmldoc_text(lezing_gelezen(&push->lezing), read))
        return push->lezing.newest ? "" : NULL;
    return push->o.rol == ROL_ONTVANGER ? push->o.gemeentecode : NULL;
}

/* DUO's date of its own event stands in for the day of settlement (verhuizing_vragen.c): good
 * enough to tell another municipality, not to refuse by. */
static bool is_by_event(const struct push *push)
{
    for (const xmlNode *at = xmldoc_child(lezing_gelezen(&push->lezing), "gebeurtenis"); at;
         at = xmldoc_next(at)) {
        const char *id = xmldoc_text(at, "id"), *datum = xmldoc_text(at, "datum");
        if (id && datum && strcmp(id, push->o.oorzaak) == 0
            && strcmp(datum, push->o.vestiging) == 0)
            return true;
    }
    return false;
}

static const char *settled(const struct push *push)
{
    return push->o.vestiging[0] && !is_by_event(push) ? push->o.vestiging : NULL;
}

static void gather_facts(const struct push *push, struct duo_facts *facts)
{
    const struct config *config = &push->call->gateway->config;
    const struct lezing *lezing = &push->lezing;
    bool ontvanger = push->o.rol == ROL_ONTVANGER;
    const char *afgerond = xmldoc_text(push->dossier, "voortgang/zroute/datumAfronding");

    *facts = (struct duo_facts){
        .gelezen = lezing->newest ? lezing_gelezen(lezing) : NULL,
        .volledig = lezing->answers == vragen_duo_count(),
        .gemeld = push->gemeld,
        .gemeentecode = push->o.eigen_code,
        .vandaag = push->vandaag,
        .vestiging = ontvanger ? settled(push) : NULL,
        .vertrek = ontvanger ? "" : settled(push),
        .eerste_pip = first_pip(push),
        .map_door = delivered_by(push, "map.melden", "datumEindgesprekMap"),
        .pvt_door = delivered_by(push, "pvt.melden", "datumOndertekeningPvt"),
        .zroute_afgerond = afgerond ? afgerond : "",
        .pip_geregistreerd = push->pip_na,
        .toegang_vanaf = strcmp(config->duo.toegang_vanaf, "registratie") == 0
                             ? DUO_VANAF_REGISTRATIE
                             : DUO_VANAF_DAGTEKENING,
    };
}

static bool make(struct push *push, struct fault *fault)
{
    const char *dagtekening = call_text(push->call, "dagtekening");
    struct melding_bron bron = {
        .o = &push->o,
        .persoon = &push->persoon,
        .dossier = push->dossier,
        .own = *call_text(push->call, "file"),
        .dagtekening = *dagtekening ? dagtekening : push->vandaag,
        .only = call_text(push->call, "only"),
        .contact = push->contact,
        .contact_id = push->contact_id,
    };

    if (!datum_day(bron.dagtekening) || strlen(bron.dagtekening) != 10)
        return fault_set(fault, FAULT_USAGE, "--dagtekening: a day, YYYY-MM-DD");
    gather_facts(push, &bron.facts);
    return melding_make_all(&bron, &push->meldingen, fault);
}

static void set_today(struct push *push)
{
    time_t at = clock_now();
    struct tm day;

    if (gmtime_r(&at, &day)
        && strftime(push->vandaag, sizeof(push->vandaag), "%Y-%m-%d", &day) == 0)
        push->vandaag[0] = '\0';
}

bool push_prepare(struct push *push, struct fault *fault)
{
    struct gateway *gateway = push->call->gateway;

    if (!gateway->config.duo.oin[0])
        return fault_set(fault, FAULT_CONFIG, "[duo] oin is empty: DUO is not used here");
    push->contact = melding_contact(&gateway->config.contact);
    if (!store_run(gateway->store, look_work, push, fault))
        return false;
    if (!push->persoon.bsn[0])
        return fault_set(fault, FAULT_STATE,
                         "handover %s: without a BSN nothing can be "
                         "reported to DUO",
                         push->o.id);
    set_today(push);
    return open_dossier(push, fault) && lezing_load(gateway, push->o.id, &push->lezing, fault)
           && lezing_pip_na(gateway, push->o.id, push->pip_na, fault)
           && gather_gemeld(push, fault) && make(push, fault);
}

/* --- into the outbox
 * -------------------------------------------------------------------------- */

static bool is_twin(sqlite3 *db, const struct push *push, const struct melding *melding,
                    bool *twin, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(
               db, &stmt, fault,
               "SELECT 1 FROM outbox n JOIN outbox o ON o.overdracht = n.overdracht"
               " AND o.soort = n.soort AND o.canonical = n.canonical AND o.seq < n.seq"
               " WHERE n.id = ? AND n.overdracht = ? AND o.peer IS NULL"
               " AND o.state IN ('queued', 'sending', 'delivered')"
               " AND NOT EXISTS (SELECT 1 FROM outbox l WHERE l.overdracht = n.overdracht"
               "  AND l.soort = n.soort AND l.peer IS NULL AND l.seq > o.seq"
               "  AND l.seq < n.seq AND l.canonical <> n.canonical"
               "  AND l.state = 'delivered')",
               "tt", melding->bericht, push->o.id)
           && sql_row(stmt, twin, fault);
}

/* Its digest is known once it is made: what is there already is taken back. */
static bool queue_one(sqlite3 *db, struct push *push, struct melding *melding,
                      struct fault *fault)
{
    struct gateway *gateway = push->call->gateway;
    const struct duo_letter letter = { .operation = melding->operation,
                                       .address = melding->address,
                                       .body = melding->body,
                                       .overdracht = push->o.id };
    bool twin;

    if (!sql_do(db, fault, "SAVEPOINT melding", "")
        || !duo_queue(db, gateway, push->call->actor, &letter, melding->bericht, fault)
        || !is_twin(db, push, melding, &twin, fault))
        return false;
    melding->uitkomst = twin ? MELDING_AL_GEMELD : MELDING_GEMELD;
    if (!twin)
        return sql_do(db, fault, "RELEASE melding", "");
    melding->bericht[0] = '\0';
    return sql_do(db, fault, "ROLLBACK TO melding", "")
           && sql_do(db, fault, "RELEASE melding", "");
}

bool push_queue(sqlite3 *db, struct push *push, struct fault *fault)
{
    for (size_t i = 0; i < push->meldingen.count; i++)
        if (push->meldingen.item[i].uitkomst == MELDING_GEREED
            && !queue_one(db, push, &push->meldingen.item[i], fault))
            return false;
    return true;
}

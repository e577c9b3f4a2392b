/* verhuizing_vragen -- DUO has answered: who is asked for the dossier. (Declared in
 * verhuizing.h.) */
#include <stdio.h>
#include <string.h>

#include "codecs/xmldoc.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/ids.h"
#include "gateway/lezing.h"
#include "gateway/log.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/taak.h"
#include "gateway/verhuizing.h"
#include "gateway/verzoek.h"
#include "gateway/wie_vragen.h"
#include "peers/gemeente.h"

/* Signalled, and what decides has been asked for and has ended. To ask about somebody on the
 * block list would tell where he is: that waits (blokkade_wacht.h). */
static const char WAITING[] =
    "SELECT h.id FROM overdracht h WHERE h.rol = 'ontvanger' AND h.state = 'gesignaleerd'"
    " AND EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id AND q.peer IS NULL"
    "  AND q.soort = 'pip.lezen')"
    " AND NOT EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id AND q.peer IS NULL"
    "  AND q.soort IN ('pip.lezen', 'uren.lezen', 'gebeurtenissen.lezen')"
    "  AND q.state IN ('queued', 'sending')) AND NOT" BLOKKADE_ON;

struct vraag {
    struct gateway *gateway;
    struct overdracht o;
    struct persoon persoon;
    struct lezing lezing;
    struct wie wie;
    char vestiging[11];
    bool closed; /* a person closed its taak: there is no dossier to be had */
};

static void vraag_finish(struct vraag *v)
{
    lezing_finish(&v->lezing);
}

/* --- the work list ----------------------------------------------------------------------- */

struct opening {
    struct vraag *v;
    struct taak_reden reden;
    json_t *keys; /* of its kind, what stays open */
};

static bool open_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct opening *opening = argument;
    const struct vraag *v = opening->v;
    enum taak_soort other =
        opening->reden.soort == TAAK_GEEN_PEER ? TAAK_WIE_VRAGEN : TAAK_GEEN_PEER;
    json_auto_t *none = json_array();

    return taak_open(db, v->gateway->keys, &opening->reden, NULL, fault)
           && taak_keep(db, v->o.id, opening->reden.soort, opening->keys, fault)
           && taak_keep(db, v->o.id, other, none, fault);
}

static bool open_taak(struct vraag *v, enum taak_soort soort, const char *sleutel,
                      const char *tekst, struct fault *fault)
{
    json_auto_t *keys = json_pack("[s]", sleutel);
    struct opening opening = {
        .v = v,
        .keys = keys,
        .reden = { .soort = soort, .overdracht = v->o.id, .sleutel = sleutel, .tekst = tekst },
    };

    return store_run(v->gateway->store, open_work, &opening, fault);
}

/* "Utrecht (0344)", or the code alone where the table does not know it. */
static void add_gemeente(struct buf *tekst, const char *code)
{
    const struct gemeente *gemeente = gemeente_find(code);

    if (gemeente)
        buf_addf(tekst, "%s (%s)", gemeente->naam, code);
    else
        buf_add_text(tekst, code);
}

/* Which municipalities there are to choose from. */
static void tell_codes(const struct wie *wie, struct buf *tekst)
{
    for (size_t i = 0; i < wie->count; i++) {
        buf_add_text(tekst, i > 0 ? ", " : ": ");
        add_gemeente(tekst, wie->codes[i]);
    }
}

/* --- nobody is to be asked ----------------------------------------------------------------
 */

static bool end_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vraag *v = argument;

    return overdracht_move(db, "estafetted", &v->o, OVERDRACHT_VERLOPEN, v->wie.uitleg, fault);
}

/* An event that need not be a move, and no trace of another municipality: it was none. */
static bool was_no_move(const struct vraag *v)
{
    bool no_trace =
        strcmp(v->wie.reden, "niets-bekend") == 0 || strcmp(v->wie.reden, WIE_BINNEN) == 0;

    return no_trace && strcmp(v->o.oorzaak, "SS120") != 0
           && strcmp(v->o.oorzaak, "SS121") != 0;
}

static bool ask_a_person(struct vraag *v, struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };

    if (was_no_move(v))
        return store_run(v->gateway->store, end_work, v, fault);
    buf_addf(&tekst, "Bij wie het dossier is, is niet zeker: %s", v->wie.uitleg);
    tell_codes(&v->wie, &tekst);
    buf_add_text(&tekst, ".");
    return open_taak(v, TAAK_WIE_VRAGEN, v->wie.reden, buf_text(&tekst), fault);
}

static bool tell_no_answer(struct vraag *v, struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };

    buf_addf(&tekst, "DUO gaf het PIP niet (%s): bij wie het dossier is, is niet bekend.",
             v->lezing.why[0] ? v->lezing.why : "geen antwoord");
    return open_taak(v, TAAK_WIE_VRAGEN, "geen-toegang", buf_text(&tekst), fault);
}

/* To ask in the name of one of them would be a guess, and the dossier would go there. */
static bool ask_for_whom(struct vraag *v, struct fault *fault)
{
    const struct config *config = &v->gateway->config;
    SCOPED_BUF struct buf tekst = { 0 };

    buf_addf(&tekst, "Voor welke van onze gemeenten het is, zegt DUO niet: vraag het dossier "
                     "met overdracht request --for (");
    for (size_t i = 0; i < config->gemeentecode_count; i++) {
        buf_add_text(&tekst, i > 0 ? ", " : "");
        add_gemeente(&tekst, config->gemeentecodes[i]);
    }
    buf_addf(&tekst, "). Het is te vragen bij: %s", v->wie.uitleg);
    tell_codes(&v->wie, &tekst);
    buf_add_text(&tekst, ".");
    return open_taak(v, TAAK_WIE_VRAGEN, "voor-wie", buf_text(&tekst), fault);
}

/* --- asking -------------------------------------------------------------------------------
 */

static bool no_peer(struct vraag *v, const char *code, const struct fault *why,
                    struct fault *fault)
{
    SCOPED_BUF struct buf tekst = { 0 };

    buf_add_text(&tekst, "Het dossier is bij gemeente ");
    add_gemeente(&tekst, code);
    buf_addf(&tekst, ": %s. Met die gemeente kan nu niet worden uitgewisseld (%s).",
             v->wie.uitleg, why->text);
    return open_taak(v, TAAK_GEEN_PEER, code, buf_text(&tekst), fault);
}

/* What cannot be asked because of who is known to us; all else is a fault of the moment. */
static bool is_about_peer(const struct fault *why)
{
    return why->code == FAULT_UNKNOWN || why->code == FAULT_IDENTITY
           || why->code == FAULT_EXPIRED || why->code == FAULT_USAGE;
}

static bool merge_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vraag *v = argument;

    return overdracht_move(
        db, "estafetted", &v->o, OVERDRACHT_VERLOPEN,
        "het dossier was al gevraagd, of is er al, in een andere overdracht", fault);
}

/* The first takes the signalled handover, the one in between gets one of its own. When the
 * first was asked already in another handover, that one goes on and this one ends. */
static bool ask(struct vraag *v, size_t index, struct fault *fault)
{
    const struct verzoek verzoek = {
        .to = v->wie.codes[index],
        .from = v->o.eigen_code,
        .gesignaleerd = index == 0 ? v->o.id : NULL,
        .persoon = &v->persoon,
        .grond = v->o.oorzaak,
        .vestiging = v->vestiging[0] ? v->vestiging : NULL,
        .pip = "nee",
    };
    char overdracht[UUID_SIZE];

    if (!verzoek_send(v->gateway, "estafetted", &verzoek, overdracht, fault))
        return false;
    return index > 0 || strcmp(overdracht, v->o.id) == 0
           || store_run(v->gateway->store, merge_work, v, fault);
}

static bool ask_all(struct vraag *v, struct fault *fault)
{
    for (size_t i = 0; i < v->wie.count; i++) {
        struct fault why = { 0 };
        if (ask(v, i, &why)) {
            log_info("overdracht=%s asked of gemeente %s (%s)", v->o.id, v->wie.codes[i],
                     v->wie.reden);
            continue;
        }
        if (i == 0 && is_about_peer(&why))
            return no_peer(v, v->wie.codes[i], &why, fault);
        if (i == 0) {
            *fault = why;
            return false;
        }
        log_warning("overdracht=%s: gemeente %s cannot be asked too: %s", v->o.id,
                    v->wie.codes[i], why.text);
    }
    return true;
}

/* --- one handover --------------------------------------------------------------------------
 */

static bool find_closed(sqlite3 *db, struct vraag *v, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM taak WHERE overdracht = ? AND done IS NOT NULL"
                     " AND done_by <> 'estafetted' AND soort IN ('wie-vragen', 'geen-peer')",
                     "t", v->o.id)
           && sql_row(stmt, &v->closed, fault);
}

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vraag *v = argument;
    bool found;

    return overdracht_get(db, v->gateway->keys, v->o.id, &v->o, &found, fault)
           && overdracht_person(db, v->gateway->keys, v->o.id, &v->persoon, fault)
           && find_closed(db, v, fault);
}

/* DUO's own date of what it notified is the nearest there is to the day of settlement. */
static void find_vestiging(struct vraag *v)
{
    snprintf(v->vestiging, sizeof(v->vestiging), "%s", v->o.vestiging);
    if (v->vestiging[0])
        return;
    for (const xmlNode *at = xmldoc_child(lezing_gelezen(&v->lezing), "gebeurtenis"); at;
         at = xmldoc_next(at)) {
        const char *id = xmldoc_text(at, "id"), *datum = xmldoc_text(at, "datum");
        if (id && datum && strcmp(id, v->o.oorzaak) == 0 && strcmp(datum, v->vestiging) > 0)
            snprintf(v->vestiging, sizeof(v->vestiging), "%s", datum);
    }
}

static bool handle_one(struct gateway *gateway, const char *id, struct fault *fault)
{
    __attribute__((cleanup(vraag_finish))) struct vraag v = { .gateway = gateway };

    memcpy(v.o.id, id, UUID_SIZE);
    if (!store_run(gateway->store, look_work, &v, fault))
        return false;
    if (v.o.state != OVERDRACHT_GESIGNALEERD)
        return true; /* somebody asked after it was found: that goes on */
    if (v.closed) {
        v.wie.uitleg = "er is geen dossier te vragen, zei wie de taak sloot";
        return store_run(gateway->store, end_work, &v, fault);
    }
    if (!lezing_load(gateway, id, &v.lezing, fault))
        return false;
    if (!v.lezing.pip)
        return tell_no_answer(&v, fault);
    find_vestiging(&v);
    wie_vragen(lezing_gelezen(&v.lezing), &gateway->config, &v.wie);
    if (v.wie.uitkomst == WIE_NIEMAND)
        return store_run(gateway->store, end_work, &v, fault);
    if (v.wie.uitkomst == WIE_PERSOON)
        return ask_a_person(&v, fault);
    return v.o.eigen_code[0] ? ask_all(&v, fault) : ask_for_whom(&v, fault);
}

bool verhuizing_vragen(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, WAITING, clock_now(), &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!handle_one(gateway, ids.id[i], &why))
            log_warning("overdracht=%s waits: %s", ids.id[i], why.text);
    }
    return true;
}

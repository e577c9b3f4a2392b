/* vergelijking -- see vergelijking.h. */
#include "gateway/vergelijking.h"

#include <stdio.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/message.h"
#include "codecs/verschil.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/compose.h"
#include "gateway/ids.h"
#include "gateway/inbox.h"
#include "gateway/lezing.h"
#include "gateway/log.h"
#include "gateway/newest.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

#define VERSCHILLEN_MAX 60 /* tasks of one dossier: who finds more has another problem */

/* What was compared last stands in the audit: the dossier's message and the newest answer. */
#define COMPARED "vergeleken"

static const char WAITING[] =
    "SELECT id FROM (SELECT h.id AS id,"
    "  (SELECT i.id FROM inbox i WHERE i.overdracht = h.id AND i.soort IN ('dossier', "
    "'aanvulling')"
    "   AND i.code = '' ORDER BY i.seq DESC LIMIT 1) AS bericht,"
    "  (SELECT max(o.seq) FROM outbox o WHERE o.overdracht = h.id AND o.peer IS NULL"
    "   AND o.state = 'delivered' AND o.soort LIKE '%.lezen') AS antwoord"
    " FROM overdracht h WHERE h.rol = 'ontvanger' AND h.state = 'ontvangen'"
    " AND NOT EXISTS (SELECT 1 FROM outbox q WHERE q.overdracht = h.id AND q.peer IS NULL"
    "  AND q.soort LIKE '%.lezen' AND q.state IN ('queued', 'sending')))"
    " WHERE antwoord IS NOT NULL AND bericht IS NOT NULL AND NOT EXISTS ("
    " SELECT 1 FROM audit a WHERE a.object = id AND a.action = '" COMPARED "'"
    " AND a.detail = bericht || ' ' || antwoord)";

struct gevonden {
    char sleutel[DIGEST_HEX];
    struct buf tekst;
};

struct vergelijking {
    struct gateway *gateway;
    const char *overdracht;
    struct inbox_row row;
    bool found;
    struct lezing lezing;
    bool snapshot; /* it is the sender's own reading that is compared */
    struct gevonden verschil[VERSCHILLEN_MAX];
    size_t count;
};

static void vergelijking_finish(struct vergelijking *v)
{
    for (size_t i = 0; i < v->count; i++)
        buf_finish(&v->verschil[i].tekst);
    inbox_row_finish(&v->row);
    lezing_finish(&v->lezing);
}

/* --- comparing -------------------------------------------------------------------------- */

static const char *said(const char *value)
{
    return value ? value : "niets";
}

static void write_tekst(const struct vergelijking *v, const struct verschil *verschil,
                        struct buf *tekst)
{
    if (v->snapshot)
        buf_addf(tekst, "%s: de vorige gemeente las bij DUO \"%s\", DUO zegt nu \"%s\".",
                 verschil->label, said(verschil->van), said(verschil->naar));
    else
        buf_addf(tekst, "%s: het dossier zegt \"%s\", DUO zegt \"%s\".", verschil->label,
                 said(verschil->van), said(verschil->naar));
}

/* The key is what differs and how, so that another value is another taak. It is an HMAC: a
 * path holds dates of somebody's life. */
static void keep(void *context, const struct verschil *verschil)
{
    struct vergelijking *v = context;
    SCOPED_BUF struct buf about = { 0 };
    struct digest index;

    if (v->count == VERSCHILLEN_MAX)
        return;
    struct gevonden *new = &v->verschil[v->count++];
    buf_addf(&about, "verschil:%d:%s|%s|%s", v->snapshot, verschil->path, said(verschil->van),
             said(verschil->naar));
    keys_home_index(v->gateway->keys, buf_text(&about), &index);
    digest_hex(&index, new->sleutel);
    write_tekst(v, verschil, &new->tekst);
}

/* Of two readings only what both have and have differently says something: neither asked for
 * everything, and the days differ anyhow. */
static void keep_changed(void *context, const struct verschil *verschil)
{
    if (verschil->wat == VERSCHIL_GEWIJZIGD && !strchr(verschil->path, '@'))
        keep(context, verschil);
}

/* The dossier with our reading in the place of the sender's. */
static xmlDoc *with_reading(xmlNode *dossier, const xmlNode *gelezen)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");

    xmlDocSetRootElement(doc, xmlDocCopyNode(dossier, doc, 1));
    xmlReconciliateNs(doc, xmlDocGetRootElement(doc));
    xmlNode *duo = xmldoc_child(xmlDocGetRootElement(doc), "duo");
    if (!duo)
        duo = xmldoc_add(xmlDocGetRootElement(doc), "duo", NULL);
    xmlNode *theirs = xmldoc_child(duo, "gelezen");
    if (theirs) {
        xmlUnlinkNode(theirs);
        xmlFreeNode(theirs);
    }
    xmldoc_add_copy(duo, gelezen);
    return doc;
}

static bool compare(struct vergelijking *v, struct fault *fault)
{
    SCOPED_BUF struct buf canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *bericht = NULL;

    if (!compose_open(v->gateway, &v->row.sealed, &v->row.canonical, &canonical, &bericht,
                      fault)
        || !lezing_load(v->gateway, v->overdracht, &v->lezing, fault))
        return false;
    xmlNode *dossier = message_dossier(bericht);
    SCOPED_XMLDOC xmlDoc *ours = with_reading(dossier, lezing_gelezen(&v->lezing));
    (void)verschil_duo(xmlDocGetRootElement(ours), keep, v);
    v->snapshot = true;
    if (xmldoc_at(dossier, "duo/gelezen"))
        (void)verschil_dossiers(dossier, xmlDocGetRootElement(ours), keep_changed, v);
    return true;
}

/* --- the work list ----------------------------------------------------------------------- */

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vergelijking *v = argument;

    return newest_received(db, v->overdracht, &v->row, &v->found, fault);
}

static bool put_taken(sqlite3 *db, struct vergelijking *v, json_t *keys, struct fault *fault)
{
    for (size_t i = 0; i < v->count; i++) {
        const struct taak_reden reden = { .soort = TAAK_VERSCHIL,
                                          .overdracht = v->overdracht,
                                          .sleutel = v->verschil[i].sleutel,
                                          .tekst = buf_text(&v->verschil[i].tekst) };
        json_array_append_new(keys, json_string(v->verschil[i].sleutel));
        if (!taak_open(db, v->gateway->keys, &reden, NULL, fault))
            return false;
    }
    return true;
}

static bool note_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vergelijking *v = argument;
    json_auto_t *keys = json_array();

    return put_taken(db, v, keys, fault)
           && taak_keep(db, v->overdracht, TAAK_VERSCHIL, keys, fault)
           && audit_add(db, "estafetted", COMPARED, v->overdracht, fault, "%s %lld", v->row.id,
                        (long long)v->lezing.newest);
}

static bool compare_one(struct gateway *gateway, const char *overdracht, struct fault *fault)
{
    __attribute__((cleanup(vergelijking_finish))) struct vergelijking v = { .gateway = gateway,
                                                                            .overdracht =
                                                                                overdracht };

    if (!store_run(gateway->store, find_work, &v, fault))
        return false;
    if (!v.found)
        return true;
    if (!compare(&v, fault) || !store_run(gateway->store, note_work, &v, fault))
        return false;
    log_info("overdracht=%s compared with DUO: %zu differences", overdracht, v.count);
    return true;
}

bool vergelijking_run(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, WAITING, 0, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!compare_one(gateway, ids.id[i], &why))
            log_warning("overdracht=%s cannot be compared with DUO: %s", ids.id[i], why.text);
    }
    return true;
}

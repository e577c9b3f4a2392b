/* aanlevering_map -- see aanlevering_map.h. */
#include "gateway/aanlevering_map.h"

#include <stdio.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/moment.h"
#include "codecs/xmldoc.h"
#include "gateway/aanlevering.h"
#include "gateway/blokkade.h"
#include "gateway/clock.h"
#include "gateway/enclosure.h"
#include "gateway/events.h"
#include "gateway/log.h"
#include "gateway/reply.h"
#include "gateway/tray.h"
#include "peers/file.h"

#define SELF "estafetted"
#define PIECE (1u << 20)

/* What lies there under one name. */
struct vondst {
    struct gateway *gateway;
    const struct tray *tray;
    const char *name;
    struct buf content, files; /* files: of the documents, as enclosure_take() wants them */
    struct digest inhoud;
    xmlDoc *dossier;
    struct aanlevering_known known;
    char overdracht[UUID_SIZE]; /* that asks for it */
    size_t asking;
};

static void vondst_finish(struct vondst *v)
{
    buf_finish(&v->content);
    buf_finish(&v->files);
    xmldoc_release(&v->dossier);
}

const char *aanlevering_map_path(const struct gateway *gateway, char path[PATH_MAX])
{
    const char *map = gateway->config.aanlevering.map;

    if (map[0] != '/')
        return home_path(&gateway->home, map, path);
    snprintf(path, PATH_MAX, "%s", map);
    return path;
}

/* --- which request it answers -------------------------------------------------------- */

static void consider(void *context, const struct overdracht *o)
{
    struct vondst *v = context;

    if (o->rol != ROL_VERSTREKKER || o->state != OVERDRACHT_GEVRAAGD)
        return;
    v->asking++;
    memcpy(v->overdracht, o->id, UUID_SIZE);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vondst *v = argument;
    struct persoon persoon;

    persoon_of_dossier(xmlDocGetRootElement(v->dossier), &persoon);
    return overdracht_open_of(db, v->gateway->keys, &persoon, consider, v, fault);
}

static bool find_request(struct vondst *v, struct fault *fault)
{
    v->asking = 0;
    if (!store_run(v->gateway->store, find_work, v, fault))
        return false;
    if (v->asking == 1)
        return true;
    return v->asking == 0
               ? fault_set(fault, FAULT_STATE, "er is geen open verzoek over deze persoon")
               : fault_set(fault, FAULT_STATE,
                           "meer dan een gemeente vraagt dit dossier: verstuur het zelf, met "
                           "overdracht send --reply-to");
}

static bool may_be_sent(struct vondst *v, struct fault *fault)
{
    const struct blokkade_look look = { SELF, v->overdracht, "aanlevering (map)" };
    struct persoon persoon;

    persoon_of_dossier(xmlDocGetRootElement(v->dossier), &persoon);
    return blokkade_allows(v->gateway->store, v->gateway->keys, &look, &persoon, fault);
}

/* --- its documents ------------------------------------------------------------------- */

static bool add_piece(struct vondst *v, struct enclosure_piece *piece, int fd, size_t most,
                      struct fault *fault)
{
    int64_t held;
    size_t got;

    buf_clear(&piece->bytes);
    if (!file_get(fd, buf_reserve(&piece->bytes, most), most, piece->offset, &got)
        || got < most)
        return fault_set(fault, FAULT_TEMPORARY, "een document veranderde tijdens het lezen");
    buf_grown(&piece->bytes, got);
    if (!enclosure_add(v->gateway, piece, &held, fault))
        return false;
    piece->offset = held;
    return true;
}

static bool add_document(void *context, const char *naam, int fd, int64_t size,
                         struct fault *fault)
{
    struct vondst *v = context;
    char file[UUID_SIZE];
    struct enclosure_piece piece = { .file = file, .naam = naam };
    bool good = true;

    uuid_v4(file);
    buf_addf(&v->files, "%s ", file);
    while (good && piece.offset < size) {
        int64_t left = size - piece.offset;
        good = add_piece(v, &piece, fd, left < PIECE ? (size_t)left : PIECE, fault);
    }
    buf_finish(&piece.bytes);
    return good;
}

static bool enclose(struct vondst *v, struct fault *fault)
{
    const struct tray_limits limits = {
        .documents = ENCLOSURES_MAX,
        .bytes = (int64_t)v->gateway->config.document_mib << 20,
    };

    return tray_documents(v->tray, v->name, &limits, add_document, v, fault)
           && enclosure_take(v->gateway, buf_text(&v->files), xmlDocGetRootElement(v->dossier),
                             fault);
}

/* --- taken --------------------------------------------------------------------------- */

static bool add_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vondst *v = argument;
    const struct aanlevering new = {
        .bron = "map", .overdracht = v->overdracht, .dossier = v->dossier, .inhoud = v->inhoud
    };
    struct persoon persoon;

    persoon_of_dossier(xmlDocGetRootElement(v->dossier), &persoon);
    return blokkade_still(db, v->gateway->keys, &persoon, fault)
           && aanlevering_add(db, v->gateway, &new, fault);
}

static bool read_dossier(struct vondst *v, struct fault *fault)
{
    return v->dossier
           || dossier_read(v->content.data, v->content.size, NULL, NULL, &v->dossier, fault);
}

static bool take(struct vondst *v, struct fault *fault)
{
    struct rules_limits limits = v->gateway->config.regels;

    limits.today = datum_today(clock_now());
    return read_dossier(v, fault)
           && dossier_rules(xmlDocGetRootElement(v->dossier), &limits, NULL, NULL, fault)
           && find_request(v, fault) && may_be_sent(v, fault) && enclose(v, fault)
           && store_run(v->gateway->store, add_work, v, fault);
}

/* --- and moved ----------------------------------------------------------------------- */

static bool move(struct vondst *v, enum tray_place from, enum tray_place to,
                 const char *overdracht, const char *why, struct fault *fault)
{
    static const char *const OUTCOMES[TRAY_PLACES] = {
        [TRAY_WAIT] = "wacht", [TRAY_SENT] = "verzonden", [TRAY_REFUSED] = "geweigerd"
    };
    SCOPED_BUF struct buf text = { 0 };
    char at[MOMENT_SIZE];

    moment_format(clock_now(), at);
    buf_addf(&text, "uitkomst: %s\noverdracht: %s\nwaarom: %s\ntijd: %s\n", OUTCOMES[to],
             *overdracht ? overdracht : "-", *why ? why : "-", at);
    if (!tray_move(v->tray, from, v->name, to, buf_text(&text), fault))
        return false;
    log_info("aanlevering=map overdracht=%s status=%s (%s)", *overdracht ? overdracht : "-",
             OUTCOMES[to], *why ? why : "-");
    return true;
}

/* Taken before: where it stands says where it lies. A crash between taking and moving, or a
 * handover that went on, look the same from here. */
static bool follow(struct vondst *v, enum tray_place from, struct fault *fault)
{
    const struct aanlevering_known *known = &v->known;

    if (strcmp(known->state, "verzonden") == 0)
        return move(v, from, TRAY_SENT, known->overdracht,
                    from == TRAY_IN ? "dit dossier was al verzonden" : "", fault);
    if (strcmp(known->state, "vervallen") == 0)
        return move(v, from, TRAY_REFUSED, known->overdracht,
                    "er wordt niet meer om dit dossier gevraagd, of er kwam een nieuwer",
                    fault);
    return from == TRAY_WAIT
           || move(v, from, TRAY_WAIT, known->overdracht,
                   "aangenomen: wordt verstuurd als een medewerker het vrijgeeft", fault);
}

static bool known_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct vondst *v = argument;

    return aanlevering_known(db, &v->inhoud, &v->known, fault);
}

static bool know(struct vondst *v, enum tray_place place, struct fault *fault)
{
    size_t most = (size_t)v->gateway->config.message_kib << 10;

    if (!tray_read(v->tray, place, v->name, most, &v->content, fault))
        return false;
    aanlevering_index(v->gateway->keys, &v->content, &v->inhoud);
    return store_run(v->gateway->store, known_work, v, fault);
}

/* The same words may be asked for once more, in another handover, or after they lapsed. In the
 * handover in which they were sent they were not enough, or we were stopped before the move.
 */
static bool is_new(struct vondst *v)
{
    const char *state = v->known.state;
    struct fault none = { 0 };

    if (!*state || strcmp(state, "vervallen") == 0)
        return true;
    if (strcmp(state, "verzonden") != 0 || !read_dossier(v, &none))
        return false;
    return find_request(v, &none) ? strcmp(v->overdracht, v->known.overdracht) != 0
                                  : v->asking > 1;
}

static bool receive(struct vondst *v, struct fault *fault)
{
    if (!know(v, TRAY_IN, fault))
        return false;
    if (!is_new(v))
        return follow(v, TRAY_IN, fault);
    bool good = take(v, fault);
    enclosure_forget_list(buf_text(&v->files), !good);
    if (!good)
        return false;
    events_publish(v->gateway->events, "overdracht", v->overdracht);
    memset(&v->known, 0, sizeof(v->known));
    memcpy(v->known.overdracht, v->overdracht, UUID_SIZE);
    return follow(v, TRAY_IN, fault);
}

/* What is written down lies beside the dossier, readable: no more about the person there. */
static const char *why_not(const struct fault *why)
{
    return why->code == FAULT_PERMISSION
               ? "dit dossier gaat niet langs deze weg: vraag het de klantregisseur"
               : why->text;
}

static void look_at_new(struct vondst *v)
{
    struct fault fault = { 0 }, why = { 0 };

    if (receive(v, &why))
        return;
    if (fault_is_temporary(&why)) {
        log_debug("aanlevering=map waits: %s", why.text);
        return;
    }
    if (!move(v, TRAY_IN, TRAY_REFUSED, v->overdracht, why_not(&why), &fault))
        log_warning("aanlevering=map: what is refused cannot be moved: %s", fault.text);
}

static void look_at_waiting(struct vondst *v)
{
    struct fault fault = { 0 };

    if (!know(v, TRAY_WAIT, &fault) || !follow(v, TRAY_WAIT, &fault))
        log_debug("aanlevering=map waits: %s", fault.text);
}

static bool look(struct gateway *gateway, const struct tray *tray, enum tray_place place,
                 void (*each)(struct vondst *v), struct fault *fault)
{
    struct tray_names *names = mem_alloc(sizeof(*names));

    bool good = tray_list(tray, place, names, fault);
    for (size_t i = 0; good && i < names->count; i++) {
        __attribute__((cleanup(vondst_finish))) struct vondst v = { .gateway = gateway,
                                                                    .tray = tray,
                                                                    .name = names->name[i] };
        each(&v);
    }
    free(names);
    return good;
}

/* Not by a clock that is in doubt. What stays though its time has come, doctor tells too. */
static void clear(struct gateway *gateway, const struct tray *tray)
{
    static _Thread_local size_t told;
    int64_t before = clock_now() - gateway->config.bewaar_dagen * 86400L;

    if (doubt_now(&gateway->doubt))
        return;
    size_t left = tray_clear(tray, TRAY_SENT, before) + tray_clear(tray, TRAY_REFUSED, before);
    if (left != told && left > 0)
        log_warning("aanlevering=map: %zu entries whose time has come cannot be removed",
                    left);
    told = left;
}

bool aanlevering_map_look(struct gateway *gateway, struct fault *fault)
{
    char path[PATH_MAX];
    struct tray tray;

    bool good = tray_open(aanlevering_map_path(gateway, path), &tray, fault)
                && look(gateway, &tray, TRAY_WAIT, look_at_waiting, fault)
                && look(gateway, &tray, TRAY_IN, look_at_new, fault);
    if (good)
        clear(gateway, &tray);
    tray_close(&tray);
    return good;
}

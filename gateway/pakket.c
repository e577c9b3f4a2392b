/* pakket -- see pakket.h. */
#include "gateway/pakket.h"

#include <string.h>
#include <time.h>

#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "gateway/compose.h"

void pakket_finish(struct pakket *pakket)
{
    inbox_row_finish(&pakket->row);
    buf_finish(&pakket->bericht);
    buf_finish(&pakket->dossier);
    buf_finish(&pakket->page);
    xmldoc_release(&pakket->doc);
}

struct finding {
    struct gateway *gateway;
    const struct aflevering *aflevering;
    struct pakket *pakket;
};

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct finding *f = argument;
    struct pakket *pakket = f->pakket;
    bool found;

    if (!overdracht_get(db, f->gateway->keys, f->aflevering->overdracht, &pakket->o, &found,
                        fault)
        || !inbox_find(db, pakket->o.peer, f->aflevering->bericht, &pakket->row, &found,
                       fault))
        return false;
    return (found && pakket->row.sealed.size > 0)
           || fault_set(fault, FAULT_STATE, "the message is not here any more");
}

/* What cannot be shown, such as a dossier of a schema that is no more, is delivered without a
 * page. */
static void make_page(struct gateway *gateway, struct pakket *pakket, const struct kop *kop)
{
    SCOPED_PEER struct peer *peer = registry_by_oin(gateway->registry, pakket->o.peer);
    time_t at = pakket->row.received;
    char day[11] = "";
    struct tm parts;
    struct fault none;

    if (localtime_r(&at, &parts) && strftime(day, sizeof(day), "%Y-%m-%d", &parts) == 0)
        day[0] = '\0';
    const struct view_origin origin = {
        .gemeente = peer ? peer->card.naam : pakket->o.gemeentecode,
        .gemeentecode = pakket->o.gemeentecode,
        .datum = day,
        .naam = kop->contact.naam,
        .telefoon = kop->contact.telefoon,
        .email = kop->contact.email,
    };
    if (!view_page(pakket->doc, &origin, &pakket->page, &none))
        buf_clear(&pakket->page);
}

static bool open_message(struct gateway *gateway, struct pakket *pakket, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *bericht = NULL, *again = NULL;
    struct kop kop;

    if (!compose_open(gateway, &pakket->row.sealed, &pakket->row.canonical, &pakket->bericht,
                      &bericht, fault)
        || !message_parse(&pakket->bericht, &again, &kop, fault))
        return false;
    pakket->doc = message_alone(bericht);
    xmldoc_write(pakket->doc, &pakket->dossier);
    make_page(gateway, pakket, &kop);
    return true;
}

bool pakket_open(struct gateway *gateway, const struct aflevering *aflevering,
                 struct pakket *pakket, struct fault *fault)
{
    struct finding finding = { gateway, aflevering, pakket };

    return store_run(gateway->store, find_work, &finding, fault)
           && open_message(gateway, pakket, fault);
}

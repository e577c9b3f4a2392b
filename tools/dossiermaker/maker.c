/* maker -- see maker.h. */
#include "tools/dossiermaker/maker.h"

#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

#define TRIES_MAX 20

const struct maker_size MAKER_SIZES[] = {
    [SIZE_SMALL] = { 5000, 20000 },
    [SIZE_MEDIUM] = { 12000, 45000 },
    [SIZE_LARGE] = { 15000, 100000 },
};

struct wishes maker_wishes(uint64_t seed)
{
    return (struct wishes){ seed, LIFE_ANY, LIFE_ANY, LIFE_ANY, 0, false, false };
}

static void put_uitbreiding(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "uitbreiding");

    if (!chance_percent(&chance, 8))
        return;
    xmlNode *uitbreiding = put_group(dossier, "uitbreiding");
    put_text(uitbreiding, "veld", "Afspraak tussen twee regio's.");
    put_attribute(xmlFirstElementChild(uitbreiding), "naam", "regio.afspraak");
}

static xmlDoc *put_all(const struct life *life)
{
    static void (*const PUT[])(const struct life *, xmlNode *) = {
        persoon_put,    intake_put, pip_put,        voortgang_put,
        handhaving_put, duo_put,    documenten_put, put_uitbreiding,
    };
    xmlDoc *doc = xmldoc_new(DOSSIER_NS, "dossier");
    xmlNode *dossier = xmlDocGetRootElement(doc);
    char peildatum[DAY_SIZE];

    day_text(life->peil, peildatum);
    put_attribute(dossier, "versie", "1.0");
    put_attribute(dossier, "peildatum", peildatum);
    for (size_t i = 0; i < sizeof(PUT) / sizeof(PUT[0]); i++)
        PUT[i](life, dossier);
    return doc;
}

/* -1: too little is said for the size that is asked for; 1: too much. */
static int off_size(const struct life *life, xmlDoc *doc)
{
    SCOPED_BUF struct buf bytes = { 0 };
    bool asked = life->wishes.size != LIFE_ANY;

    maker_write(doc, &bytes);
    if (bytes.size < MAKER_SIZES[asked ? life->size : SIZE_SMALL].least)
        return -1;
    return bytes.size > MAKER_SIZES[asked ? life->size : SIZE_LARGE].most;
}

/* The same life is told with more or fewer words until the size fits. */
xmlDoc *maker_dossier(const struct wishes *wishes)
{
    struct life life;

    life_make(wishes, &life);
    for (int tries = 0;; tries++) {
        SCOPED_XMLDOC xmlDoc *doc = put_all(&life);
        int off = off_size(&life, doc);
        if (off == 0 || tries == TRIES_MAX || !life_say(&life, -off)) {
            xmlDoc *made = doc;
            doc = NULL;
            return made;
        }
    }
}

void maker_write(xmlDoc *dossier, struct buf *bytes)
{
    xmlChar *text = NULL;
    int size = 0;

    xmlDocDumpFormatMemoryEnc(dossier, &text, &size, "UTF-8", 1);
    buf_add(bytes, text, (size_t)size);
    xmlFree(text);
}

/* documenten -- the entries of documents that nobody ever wrote. */
#include <stdio.h>
#include <string.h>

#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

static void put_sha256(struct chance *chance, xmlNode *document)
{
    char hex[65];

    for (int n = 0; n < 4; n++)
        (void)snprintf(hex + (size_t)n * 16, 17, "%016llx",
                       (unsigned long long)chance_next(chance));
    put_text(document, "sha256", hex);
}

void documenten_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "stukken");
    xmlNode *part = part_open(life, dossier, PART_DOCUMENTEN, "documenten");

    if (!part)
        return;
    for (int n = 0; n < life->documenten; n++) {
        const struct life_document *from = &life->document[n];
        xmlNode *document = put_group(part, "document");
        put_attribute(document, "id", from->id);
        put_text(document, "naam", from->naam);
        put_text(document, "soort", from->soort);
        if (life_some(life, &chance))
            put_day(document, "datum", from->datum);
        put_text(document, "mediatype",
                 strstr(from->naam, ".jpg") ? "image/jpeg" : "application/pdf");
        put_number(document, "omvang", chance_between(&chance, 20000, 900000));
        put_sha256(&chance, document);
    }
    if (chance_percent(&chance, 15))
        part_text(life, &chance, part, "opmerking", WORDS_GESPREK);
}

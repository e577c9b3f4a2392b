/* part -- what the parts of a dossier share (parts.h). */
#include <stdio.h>

#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

#define SENTENCES_MAX 14

static const char *const STATUSES[] = { "geleverd", "leeg", "achtergehouden" };
static const char *const REDENEN[] = { "geen grondslag", "bezwaar van betrokkene",
                                       "veiligheid",     "volgt later",
                                       "anders",         NULL };

/* "niet voor deze doelgroep" is not for asylum holders, about whom everything is asked. */
static const char *reden(const struct life *life, struct chance *chance)
{
    if (!life->asiel && chance_percent(chance, 40))
        return "niet voor deze doelgroep";
    return chance_of(chance, REDENEN);
}

xmlNode *part_open(const struct life *life, xmlNode *dossier, enum life_part part,
                   const char *name)
{
    struct chance chance = chance_from(life->wishes.seed, name);
    enum life_status status = life->status[part];
    xmlNode *node = put_group(dossier, name);

    put_attribute(node, "status", STATUSES[status]);
    if (status == STATUS_ACHTERGEHOUDEN) {
        put_attribute(node, "reden", reden(life, &chance));
        if (chance_percent(&chance, 50))
            put_attribute(node, "toelichting",
                          "Bel de contactpersoon, zij weet er alles van.");
    }
    return status == STATUS_GELEVERD ? node : NULL;
}

void part_text(const struct life *life, struct chance *chance, xmlNode *parent,
               const char *name, enum words_topic topic)
{
    SCOPED_BUF struct buf text = { 0 };

    words_sentences(chance, topic, life_many(life, chance, 1, SENTENCES_MAX), &text);
    put_text(parent, name, buf_text(&text));
}

void part_some_text(const struct life *life, struct chance *chance, xmlNode *parent,
                    const char *name, enum words_topic topic)
{
    if (life_some(life, chance))
        part_text(life, chance, parent, name, topic);
}

const char *part_instelling(int instelling)
{
    int count = 0;

    while (WORDS_INSTELLINGEN[count])
        count++;
    return WORDS_INSTELLINGEN[instelling % count];
}

void part_instellingsnummer(int instelling, char number[11])
{
    (void)snprintf(number, 11, "00000999%02u", (unsigned)instelling % 100);
}

void part_contactpersoon(const struct life *life, struct chance *chance, xmlNode *parent,
                         const char *name)
{
    xmlNode *persoon = put_group(parent, name);

    put_text(persoon, "naam", chance_of(chance, WORDS_MEDEWERKERS));
    if (life_some(life, chance))
        put_text(persoon, "organisatie", chance_of(chance, WORDS_INSTELLINGEN));
    if (life_some(life, chance))
        put_format(persoon, "telefoonnummer", "06-000000%02d", chance_between(chance, 0, 99));
    if (life_some(life, chance))
        put_format(persoon, "email", "mentor%d@example.org", chance_between(chance, 1, 9));
}

void part_aanbieder(const struct life *life, struct chance *chance, xmlNode *parent,
                    int instelling)
{
    xmlNode *aanbieder = put_group(parent, "aanbieder");
    char number[11];

    part_instellingsnummer(instelling, number);
    put_text(aanbieder, "naam", part_instelling(instelling));
    put_text(aanbieder, "instellingsnummer", number);
    if (life_some(life, chance))
        part_contactpersoon(life, chance, aanbieder, "contactpersoon");
}

const char *part_route(enum life_route route)
{
    static const char *const NAMES[ROUTES] = { "B1-route", "onderwijsroute", "Z-route" };

    return NAMES[route];
}

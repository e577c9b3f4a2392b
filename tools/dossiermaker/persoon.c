/* persoon -- who the made-up person is, and who comes with them. */
#include <stdio.h>
#include <string.h>

#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

#define BSN_SIZE 10

/* 9999abcde, where e makes the elfproef come out: 9 to 6 times 9 is 270. Starting points that
 * lie twenty apart give different numbers. */
static void make_bsn(int start, char bsn[BSN_SIZE])
{
    for (int n = start % 10000;; n = (n + 1) % 10000) {
        int last =
            (270 + 5 * (n / 1000) + 4 * (n / 100 % 10) + 3 * (n / 10 % 10) + 2 * (n % 10))
            % 11;
        if (last == 10)
            continue;
        (void)snprintf(bsn, BSN_SIZE, "9999%04u%u", (unsigned)n % 10000, (unsigned)last % 10);
        return;
    }
}

static void put_vnummer(struct chance *chance, xmlNode *parent, int nth)
{
    put_format(parent, "vnummer", "0099%05d%d", chance_between(chance, 0, 99999), nth % 10);
}

static void put_voorletters(xmlNode *naam, const char *voornaam)
{
    size_t size = 1;
    char letters[8] = { 0 };

    while ((voornaam[size] & 0xC0) == 0x80)
        size++;
    if (voornaam[0] == '\'') /* 'Abd */
        return;
    memcpy(letters, voornaam, size);
    letters[size] = '.';
    put_text(naam, "voorletters", letters);
}

/* 2 percent have one name only, as the BRP writes it. */
static void put_naam(const struct life *life, struct chance *chance, xmlNode *parent)
{
    xmlNode *naam = put_group(parent, "naam");
    const char *voornaam = chance_of(chance, life->origin->voornamen);

    if (life->wishes.complete || !chance_percent(chance, 2)) {
        put_text(naam, "voornamen", voornaam);
        if (life_some(life, chance))
            put_voorletters(naam, voornaam);
    }
    if (chance_percent(chance, 15))
        put_text(naam, "voorvoegsel", chance_of(chance, WORDS_TUSSENVOEGSELS));
    put_text(naam, "geslachtsnaam", chance_of(chance, life->origin->achternamen));
}

/* Of one in eight asylum holders the BRP knows the year only, of some others no day. */
static void put_geboortedatum(const struct life *life, struct chance *chance, xmlNode *persoon)
{
    int known = chance_between(chance, 0, 99);

    if (life->asiel && known < 12)
        put_format(persoon, "geboortedatum", "%d", day_parts(life->geboren).year);
    else if (known < 16)
        put_month(persoon, "geboortedatum", life->geboren);
    else
        put_day(persoon, "geboortedatum", life->geboren);
}

static void put_doelgroep(const struct life *life, struct chance *chance, xmlNode *persoon)
{
    static const char *const GEZIN[] = { "Geestelijk bedienaar",
                                         "Gezinshereniger",
                                         "Gezinsvormer",
                                         "Gezinsvormer met Asielstatushouder",
                                         "Gezinshereniger met Asielstatushouder",
                                         "Overig",
                                         NULL };
    static const char *const WIJZIGINGEN[] = {
        "Asielrechten toegekend", "Behoud asielrechten",
        "Op verzoek behoud rechten van gezins- en overige migrant",
        "Op verzoek rechten van gezins- en overige migrant toegekend", NULL
    };
    static const char *const COHORTS[] = { "Wi2007", "Wi2013", "Wi2021" };

    put_text(persoon, "doelgroep",
             life->asiel ? "Asielstatushouder" : "Gezinsmigrant en overige migrant");
    if (life_some(life, chance))
        put_text(persoon, "gedetailleerdeDoelgroep",
                 life->asiel ? "Asielstatushouder" : chance_of(chance, GEZIN));
    if (life->asiel && chance_percent(chance, 8))
        put_text(persoon, "asielrechtenWijzigingVerblijfsdoel",
                 chance_of(chance, WIJZIGINGEN));
    put_text(persoon, "cohort", COHORTS[life->cohort]);
}

static void put_adres(const struct life *life, struct chance *chance, xmlNode *contact)
{
    xmlNode *adres = put_group(contact, "adres");
    int number = chance_between(chance, 1, 240);

    put_text(adres, "straat", chance_of(chance, WORDS_STRATEN));
    put_format(adres, "huisnummer", chance_percent(chance, 20) ? "%d bis" : "%d", number);
    if (life_some(life, chance))
        put_format(adres, "postcode", "3999Z%c", 'A' + chance_between(chance, 0, 25));
    put_text(adres, "woonplaats", life_gemeente(life)->naam);
}

static void put_contact(const struct life *life, struct chance *chance, xmlNode *persoon)
{
    xmlNode *contact = put_group(persoon, "contact");

    if (life_some(life, chance))
        put_adres(life, chance, contact);
    for (int n = life_many(life, chance, 1, 2); n > 0; n--)
        put_format(contact, "telefoonnummer", "06-000000%02d", chance_between(chance, 0, 99));
    for (int n = life_some(life, chance); n > 0; n--)
        put_format(contact, "email", "inburgeraar%d@example.org",
                   chance_between(chance, 1, 9999));
    if (life_some(life, chance))
        put_text(contact, "voorkeurstaal", life->origin->taal);
    if (life_some(life, chance))
        put_yes(contact, "tolkNodig", chance_percent(chance, 50));
}

static void put_gezin(const struct life *life, struct chance *chance, xmlNode *persoon,
                      int start)
{
    xmlNode *leden = put_group(persoon, "gezinsleden");
    int many = life_many(life, chance, 1, 6);

    for (int n = 0; n < many; n++) {
        xmlNode *lid = put_group(leden, "gezinslid");
        char bsn[BSN_SIZE];
        make_bsn(start + 20 * (n + 1), bsn);
        if (chance_percent(chance, 85))
            put_text(lid, "bsn", bsn);
        else
            put_vnummer(chance, lid, n + 1);
        put_naam(life, chance, lid);
        put_text(lid, "relatie", n == 0 ? chance_of(chance, WORDS_RELATIES) : "kind");
        put_yes(lid, "dossierVolgt", chance_percent(chance, 70));
    }
}

void persoon_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "persoon");
    xmlNode *persoon = put_group(dossier, "persoon");
    int start = chance_between(&chance, 0, 9999);
    bool only_vnummer = !life->wishes.complete && chance_percent(&chance, 12);
    char bsn[BSN_SIZE];

    put_attribute(persoon, "status", "geleverd");
    make_bsn(start, bsn);
    if (!only_vnummer)
        put_text(persoon, "bsn", bsn);
    if (only_vnummer || life_some(life, &chance))
        put_vnummer(&chance, persoon, 0);
    put_naam(life, &chance, persoon);
    put_geboortedatum(life, &chance, persoon);
    put_doelgroep(life, &chance, persoon);
    if (life_some(life, &chance))
        put_contact(life, &chance, persoon);
    if (life->wishes.complete || chance_percent(&chance, 40))
        put_gezin(life, &chance, persoon, start);
}

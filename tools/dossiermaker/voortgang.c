/* voortgang -- how far the made-up person has come. Of family and other migrants the results
 * alone: no lessons, attendance or hours but those of the Z-route (bijlage B). */
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/parts.h"
#include "tools/dossiermaker/put.h"

static long day_since(const struct life *life, struct chance *chance, long from)
{
    return from + chance_between(chance, 0, (int)(life->peil - from));
}

/* --- MAP and PVT --------------------------------------------------------------------- */

static void put_onderdeel_result(const struct life *life, struct chance *chance,
                                 xmlNode *onderdeel, const struct life_onderdeel *from)
{
    part_some_text(life, chance, onderdeel, "resultaat", WORDS_GESPREK);
    put_yes(onderdeel, "gehaald", from->behaald);
    if (from->behaald) {
        put_day(onderdeel, "datumBehaald", from->behaald);
        return;
    }
    bool exceeded = life->peil >= life->termijn_einde; /* MAP-8 to MAP-11 */
    bool nearly = life->peil >= day_add_months(life->termijn_einde, -2);
    if (exceeded || life_some(life, chance))
        part_text(life, chance, onderdeel, "redenNietBehaald", WORDS_REDEN);
    if (exceeded || (nearly && chance_percent(chance, 50)))
        put_yes(onderdeel, "verwijtbaar", exceeded && chance_percent(chance, 30));
}

static void put_presence(const struct life *life, struct chance *chance, xmlNode *onderdeel)
{
    int held = chance_between(chance, 4, 24);

    put_number(onderdeel, "uren", chance_between(chance, 12, 64));
    if (life_some(life, chance)) {
        put_number(onderdeel, "bijeenkomsten", held);
        put_number(onderdeel, "bijgewoond", held - chance_between(chance, 0, 3));
    }
    part_some_text(life, chance, onderdeel, "presentie", WORDS_GESPREK);
}

static void put_onderdeel(const struct life *life, struct chance *chance, xmlNode *part,
                          const char *name, const struct life_onderdeel *from)
{
    xmlNode *onderdeel = put_group(part, name);

    if (life_some(life, chance))
        part_aanbieder(life, chance, onderdeel, chance_between(chance, 4, 6));
    put_day(onderdeel, "gerealiseerdeStartdatum", from->begin);
    if (life_some(life, chance))
        put_day(onderdeel, "beoogdeEinddatum",
                from->behaald ? from->behaald : from->begin + chance_between(chance, 60, 200));
    if (chance_percent(chance, 15))
        put_day(onderdeel, "uiterlijkBehaaldOp", life->termijn_einde);
    if (chance_percent(chance, 20))
        part_text(life, chance, onderdeel, "redenLatereStart", WORDS_REDEN);
    if (life->asiel)
        put_presence(life, chance, onderdeel);
    put_onderdeel_result(life, chance, onderdeel, from);
}

/* --- lessons ------------------------------------------------------------------------- */

static void put_months(const struct life_traject *from, xmlNode *uren)
{
    long month = day_month_begin(from->begin);

    for (int n = 0; n < from->maanden; n++) {
        xmlNode *maand = put_group(uren, "maand");
        put_month(maand, "maand", day_add_months(month, n));
        put_number(maand, "gevolgd", from->gevolgd[n]);
        if (from->geoorloofd[n])
            put_number(maand, "geoorloofdVerzuim", from->geoorloofd[n]);
        if (from->ongeoorloofd[n])
            put_number(maand, "ongeoorloofdVerzuim", from->ongeoorloofd[n]);
    }
}

static void put_uren(const struct life *life, struct chance *chance, xmlNode *traject,
                     const struct life_traject *from)
{
    xmlNode *uren = put_group(traject, "uren");
    int followed = life_hours(from, HOURS_GEVOLGD);

    put_number(uren, "gecontracteerd", followed + 10 * chance_between(chance, 0, 40));
    put_number(uren, "gerealiseerd", followed);
    put_day(uren, "vanaf", from->begin);
    put_day(uren, "bekendTot", from->bekend_tot);
    put_number(uren, "geoorloofdVerzuim", life_hours(from, HOURS_GEOORLOOFD));
    put_number(uren, "ongeoorloofdVerzuim", life_hours(from, HOURS_ONGEOORLOOFD));
    if (life_some(life, chance))
        put_yes(uren, "gemeldAanDuo", !from->behind);
    if (life_some(life, chance))
        put_months(from, uren);
}

static void put_traject(const struct life *life, struct chance *chance, xmlNode *part,
                        const struct life_traject *from)
{
    static const char *const KINDS[ROUTES] = { "cursus", "taalschakeltraject", "Z-route" };
    static const char *const NAMES[ROUTES] = { "B1-route deeltijd, ochtend",
                                               "Taalschakeltraject mbo",
                                               "Z-route, groep zes" };
    xmlNode *traject = put_group(part, "traject");
    long dagtekening = from->begin - 10;

    put_text(traject, "soort", KINDS[from->route]);
    put_text(traject, "naam", NAMES[from->route]);
    if (life_some(life, chance))
        put_text(traject, "onderdelen", "Lezen, luisteren, schrijven, spreken, KNM");
    part_aanbieder(life, chance, traject, from->instelling);
    if (life_some(life, chance))
        put_day(traject, "datumInburgeringsaanbod", dagtekening);
    if (life_some(life, chance))
        put_day(traject, "beoogdeStartdatum", from->begin - chance_between(chance, 0, 6));
    put_day(traject, "startdatum", from->begin);
    if (life_some(life, chance))
        put_day(traject, "beoogdeEinddatum",
                life->termijn_einde - chance_between(chance, 0, 90));
    if (life_some(life, chance))
        put_text(traject, "alfabetisering", "NVT");
    put_uren(life, chance, traject, from);
    part_some_text(life, chance, traject, "inspanning", WORDS_GESPREK);
    if (life_some(life, chance)) {
        part_text(life, chance, traject, "resultaat", WORDS_GESPREK);
        put_day(traject, "datumResultaat", day_since(life, chance, from->begin));
    }
    part_some_text(life, chance, traject, "afspraken", WORDS_PLAN);
}

/* --- the Z-route and changes of route ------------------------------------------------ */

static bool ends_in_z(const struct life *life)
{
    return life->pips > 0 && life->pip[life->pips - 1].route == ROUTE_Z;
}

static void put_zroute(const struct life *life, struct chance *chance, xmlNode *part)
{
    long begin = life->pip[life->pips - 1].dagtekening;
    xmlNode *zroute = put_group(part, "zroute");
    bool done = life->z_afgerond != 0;

    if (life->asiel)
        put_day(zroute, "startdatum", begin);
    put_number(zroute, "urenTaal",
               life->asiel ? life_hours_of_route(life, ROUTE_Z, life->peil)
               : done      ? 800
                           : chance_between(chance, 20, 640));
    put_number(zroute, "urenParticipatie", done ? 800 : chance_between(chance, 0, 500));
    part_some_text(life, chance, zroute, "voortgangInburgeraar", WORDS_GESPREK);
    put_yes(zroute, "afgerond", done);
    if (!done)
        return;
    put_day(zroute, "datumAfronding", life->z_afgerond);
    put_text(zroute, "bereiktTaalniveau", chance_percent(chance, 50) ? "A1" : "A2");
    put_yes(zroute, "certificaatOntvangen", false);
}

/* Between two PIPs of different route, or of a lower level. */
static const char *kind_of_change(const struct life_pip *from, const struct life_pip *to)
{
    if (from->route != to->route)
        return "wisseling van leerroute";
    if (from->a2 == to->a2)
        return NULL;
    return to->a2 ? "afschalen naar A2" : "opschalen";
}

static void put_change(const struct life *life, struct chance *chance, xmlNode *part,
                       const struct life_pip *from)
{
    const struct life_pip *to = from + 1;
    const char *kind = kind_of_change(from, to);

    if (!kind)
        return;
    xmlNode *change = put_group(part, "routewijziging");
    put_day(change, "datum", to->dagtekening);
    put_text(change, "soort", kind);
    put_text(change, "van", part_route(from->route));
    put_text(change, "naar", part_route(to->route));
    put_text(change, "niveau", to->a2 ? "A2" : "B1");
    if (life_some(life, chance) || to->a2)
        put_number(change, "gevolgdeUrenTaalles",
                   life_hours_of_route(life, LIFE_ANY, to->dagtekening));
    part_text(life, chance, change, "grond", WORDS_REDEN);
}

/* --- conversations, tests and what runs on ------------------------------------------- */

static void put_gesprekken(const struct life *life, struct chance *chance, xmlNode *part)
{
    long first = life->pip[0].dagtekening;
    int many = life->asiel && life->pips > 0 ? life_many(life, chance, 1, 24) : 0;
    long room = many > 0 ? (life->peil - first) / many : 0;

    for (int n = 0; n < many; n++) {
        xmlNode *gesprek = put_group(part, "voortgangsgesprek");
        put_day(gesprek, "datum", first + n * room + chance_between(chance, 0, (int)room));
        part_text(life, chance, gesprek, "conclusie", WORDS_GESPREK);
        part_some_text(life, chance, gesprek, "afspraken", WORDS_PLAN);
    }
}

/* Health is special category: ja. */
static void put_omstandigheden(const struct life *life, struct chance *chance, xmlNode *part)
{
    int many = life->asiel && life->pips > 0 ? life_many(life, chance, 0, 5) : 0;

    for (int n = 0; n < many; n++) {
        int soort = chance_between(chance, 0, 6);
        xmlNode *een = put_group(part, "gewijzigdeOmstandigheid");
        put_attribute(een, "bijzonder", soort < 2 ? "ja" : "nee");
        put_text(een, "soort", WORDS_OMSTANDIGHEDEN[soort]);
        part_text(life, chance, een, "tekst", WORDS_REDEN);
        if (life_some(life, chance))
            put_day(een, "datum", day_since(life, chance, life->termijn));
    }
}

static void put_toetsen(const struct life *life, struct chance *chance, xmlNode *part)
{
    static const char *const PARTS_OF_EXAM[] = { "LE", "LU", "SC", "SP", "KNM", NULL };
    static const char *const RESULTS[] = { "behaald", "niet behaald", "aangemeld voor examen",
                                           NULL };
    int many = life->asiel && life->pips > 0 ? life_many(life, chance, 0, 12) : 0;

    for (int n = 0; n < many; n++) {
        xmlNode *toets = put_group(part, "toets");
        put_text(toets, "onderdeel", chance_of(chance, PARTS_OF_EXAM));
        if (life_some(life, chance))
            put_text(toets, "niveau", chance_of(chance, WORDS_TAALNIVEAUS));
        put_day(toets, "datum", day_since(life, chance, life->termijn));
        if (life_some(life, chance))
            put_text(toets, "uitslag", chance_of(chance, RESULTS));
    }
}

static void put_verlenging(const struct life *life, struct chance *chance, xmlNode *part)
{
    xmlNode *verlenging = put_group(part, "verlenging");

    put_day(verlenging, "datumVerzoek", life->peil - 60);
    part_text(life, chance, verlenging, "reden", WORDS_REDEN);
    part_some_text(life, chance, verlenging, "omstandigheden", WORDS_REDEN);
    if (life_some(life, chance))
        put_yes(verlenging, "aanbodUitgebleven", chance_percent(chance, 20));
}

static void put_begeleiding(const struct life *life, struct chance *chance, xmlNode *part)
{
    xmlNode *begeleiding = put_group(part, "maatschappelijkeBegeleiding");

    part_aanbieder(life, chance, begeleiding, 4);
    for (int n = life_many(life, chance, 1, 5); n > 0; n--) {
        xmlNode *onderdeel = put_group(begeleiding, "onderdeel");
        part_text(life, chance, onderdeel, "inhoud", WORDS_PLAN);
        part_some_text(life, chance, onderdeel, "doel", WORDS_PLAN);
        if (!life_some(life, chance))
            continue;
        put_day(onderdeel, "startdatum", life->vestiging);
        if (life_some(life, chance))
            put_day(onderdeel, "einddatum",
                    life->vestiging + chance_between(chance, 200, 365));
    }
}

static void put_what_runs_on(const struct life *life, struct chance *chance, xmlNode *part)
{
    for (int n = life_many(life, chance, 1, 6); n > 0; n--) {
        xmlNode *lopend = put_group(part, "lopend");
        part_text(life, chance, lopend, "wat", WORDS_PLAN);
        if (life_some(life, chance))
            part_contactpersoon(life, chance, lopend, "wie");
        if (life_some(life, chance))
            put_day(lopend, "verwachtOp", life->peil + chance_between(chance, 5, 90));
    }
    if (!life_some(life, chance))
        return;
    xmlNode *warm = put_group(part, "warmeOverdracht");
    put_day(warm, "datum", life->peil);
    part_some_text(life, chance, warm, "verslag", WORDS_GESPREK);
}

static void put_parts_of_plan(const struct life *life, struct chance *chance, xmlNode *part)
{
    if (life->map.begin)
        put_onderdeel(life, chance, part, "map", &life->map);
    if (life->pvt.begin)
        put_onderdeel(life, chance, part, "pvt", &life->pvt);
    for (int n = 0; n < life->trajecten; n++)
        put_traject(life, chance, part, &life->traject[n]);
    if (ends_in_z(life))
        put_zroute(life, chance, part);
    for (int n = 0; life->asiel && n + 1 < life->pips; n++)
        put_change(life, chance, part, &life->pip[n]);
}

void voortgang_put(const struct life *life, xmlNode *dossier)
{
    struct chance chance = chance_from(life->wishes.seed, "loop");
    xmlNode *part = part_open(life, dossier, PART_VOORTGANG, "voortgang");

    if (!part)
        return;
    put_parts_of_plan(life, &chance, part);
    put_gesprekken(life, &chance, part);
    put_omstandigheden(life, &chance, part);
    put_toetsen(life, &chance, part);
    if (life->pips > 0 && life->peil - 60 > life->termijn
        && (life->verlenging || chance_percent(&chance, 10)))
        put_verlenging(life, &chance, part);
    if (life->asiel && life_some(life, &chance))
        put_begeleiding(life, &chance, part);
    put_what_runs_on(life, &chance, part);
    part_some_text(life, &chance, part, "opmerking", WORDS_GESPREK);
}

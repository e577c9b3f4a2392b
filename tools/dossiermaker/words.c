/* words -- see words.h. */
#include "tools/dossiermaker/words.h"

#include <stddef.h>

/* clang-format off */
static const struct origin ORIGINS[] = {
    { "Syrië", "Arabisch", true, false,
      { "Amīna", "Khālid", "Nour Al-Hoda", "Yūsuf", NULL },
      { "al-Mithāl", "Bayt al-Khayāl", "Tajriba", "Numūdhaj", NULL } },
    { "Eritrea", "Tigrinya", true, false,
      { "Tesfay", "Selam", "Hagos Berhane", "Mihret", NULL },
      { "Voorbeeldmariam", "Gebre-Mesal", "Tewolde-Proef", "Haile-Merhawi", NULL } },
    { "Turkije", "Turks", true, true,
      { "Çağla", "Gökçe", "Işıl", "Ömer Şükrü", NULL },
      { "Örnekoğlu", "Hayalîgil", "Şablonöz", "Denemeciyan", NULL } },
    { "Oekraïne", "Oekraïens", false, true,
      { "Oleksij", "Zoja", "Svitlana", "Jaroslav", NULL },
      { "Pryklad'ko", "Vyhadanenko", "Zrazkovyč", "Ûâvnyj", NULL } },
    { "Vietnam", "Vietnamees", false, true,
      { "Thị Hương", "Đức Anh", "Quỳnh", "Phước", NULL },
      { "Thửnghiệm", "Vídụ", "Mẫu", "Giảđịnh", NULL } },
    { "Brazilië", "Portugees", false, true,
      { "Ana Conceição", "João", "Iñês", "Antônio", NULL },
      { "Exemplo da Invenção", "Proefpersoon-Ñuñes", "Ficção", "Modêlo", NULL } },
    { "Polen", "Pools", false, true,
      { "Łucja", "Świętosław", "Zbigniew", "Małgorzata", NULL },
      { "Przykładowska", "Zmyślony", "Próbkiewicz", "Wzorzec", NULL } },
    { "Afghanistan", "Dari", true, false,
      { "Farīda", "Nasīr Ahmad", "Zahrā", "Hamīd", NULL },
      { "Namūna", "Khiyālī", "Āzmāyesh", "Pindārzāda", NULL } },
    { "Suriname", "Nederlands", false, true,
      { "Geneviève", "Jan-Willem", "Chloé", "Daniël", NULL },
      { "Verzonnen", "Bedacht-Idée", "Proefkonijn", "Fantasïe", NULL } },
    { "Jemen", "Arabisch", true, false,
      { "'Abd ar-Rahmān", "Huda", "Sāra", "Mus'ab", NULL },
      { "al-Wahmī", "Ibn Mithāl", "Numūdhajī", "al-Mutakhayyal", NULL } },
};
static const struct gemeente GEMEENTEN[] = {
    { "0344", "Utrecht", "UTR" },   { "0307", "Amersfoort", "AMF" },
    { "0193", "Zwolle", "ZWO" },    { "0014", "Groningen", "GRO" },
    { "0202", "Arnhem", "ARN" },    { "0153", "Enschede", "ENS" },
    { "0080", "Leeuwarden", "LWD" }, { "0392", "Haarlem", "HLM" },
    { "0141", "Almelo", "ALM" },    { "0268", "Nijmegen", "NIJ" },
    { "0772", "Eindhoven", "EHV" }, { "0546", "Leiden", "LEI" },
};
const char *const WORDS_TUSSENVOEGSELS[] = { "van", "van der", "de", "el", "in 't",
    "ten", NULL };
const char *const WORDS_STRATEN[] = {
    "Fantasiestraat", "Verzonnenlaan", "Bedenksel", "Nergensplein", "Denkbeeldigekade",
    "Koningin Máximaproefweg", "'t Hoge Voorbeeld", "Schijnhof", NULL };
const char *const WORDS_INSTELLINGEN[] = {
    "Taalschool Verzinsel", "Leerhuis Denkbeeld", "ROC Nergensland", "Instituut Bedenksel",
    "Stichting Taal & Voorbeeld", "Werkplein Denkbeeldig", "Werkplaats Voorbeeld", NULL };
const char *const WORDS_MEDEWERKERS[] = {
    "J. de Bedachte", "A. Mentor", "M. Verzonnen", "S. van 't Voorbeeld", "Ö. Örnek", NULL };
const char *const WORDS_OPLEIDINGEN[] = {
    "Basisschool", "Secondary school", "Enfermagem", "Bouwkunde",
    "Kléermakersopleiding", NULL };
const char *const WORDS_FUNCTIES[] = {
    "automonteur", "verpleegkundige", "kok", "leraar basisonderwijs", "boer", "kapper",
    "medewerker winkel", "boekhouder", NULL };
const char *const WORDS_NIVEAUS[] = {
    "geen", "basisschool", "middelbare school", "middelbaar beroepsonderwijs",
    "hoger beroepsonderwijs", "universiteit", "onbekend", NULL };
const char *const WORDS_RELATIES[] = { "echtgenote", "echtgenoot", "partner", NULL };
const char *const WORDS_OMSTANDIGHEDEN[] = {
    "fysieke gezondheid", "mentale gezondheid", "gezinssituatie", "sociaal netwerk",
    "financiën",
    "huisvesting", "overig", NULL };
const char *const WORDS_TAALNIVEAUS[] = {
    "Alfa A", "Alfa B", "Alfa C", "A0", "A1", "A2", "B1", "B2", NULL };

static const char *const GESPREK[] = {
    "Kennismaking en uitleg over de wet, met tolk.",
    "Het gaat goed; wil graag sneller vooruit.",
    "Afspraken van de vorige keer doorgenomen en bijgesteld.",
    "Heeft vragen over de kosten van de kinderopvang.",
    "Zoekt vrijwilligerswerk in de buurt om meer Nederlands te spreken.",
    "De reistijd met de bus valt zwaar.",
    "Is trots op wat al is bereikt.", "De docent is tevreden over het tempo.",
    "De woning is inmiddels ingericht; de administratie loopt.",
    "Spreekt thuis nu ook Nederlands met de kinderen.",
    "Wil na de zomer beginnen met een opleiding in de zorg.",
    "Moeite met schrijven, luisteren gaat steeds beter.",
    "De verhuizing is besproken; wat loopt gaat mee in dit dossier.",
    "Volgend gesprek over zes weken.",
    "Kent de weg naar bibliotheek en taalcafé.",
    "Mantelzorg voor een familielid vraagt aandacht.", NULL };
static const char *const PLAN[] = {
    "Lessen in de ochtend, in verband met werk.",
    "Vaste klantregisseur; elke zes weken een gesprek.",
    "Begint met de onderdelen die bij het beroep passen.",
    "De taalcoach komt eens per week thuis.",
    "Stage bij een werkgever in de techniek.",
    "Het portfolio wordt samen met de jobcoach gevuld.",
    "Oriëntatie op een opleiding op niveau twee.", "Huiswerkbegeleiding in het buurthuis.",
    "Spreekvaardigheid krijgt voorrang.", "Het tempo wordt na een half jaar opnieuw bezien.",
    "Acht bijeenkomsten in een kleine groep.", "Digitale vaardigheden horen erbij.", NULL };
static const char *const INTAKE[] = {
    "Regelt post en afspraken zelf; geldzaken nog met hulp.",
    "Tekort aan vakmensen in de regio: goede kansen.",
    "Werkte jaren in een familiebedrijf.", "Leert snel en heeft een duidelijk doel.",
    "Heeft een klein netwerk van landgenoten in de stad.",
    "Kan met computer en telefoon overweg.",
    "Wil graag weer in het eigen vak aan het werk.",
    "De wachtlijst bij de kinderopvang is lang.",
    "Heeft de eerste lessen met plezier gevolgd.",
    "Er is een bril nodig om goed te kunnen lezen.",
    "Rust en regelmaat helpen bij het leren.",
    "Kent het alfabet en leest eenvoudige zinnen.", NULL };
static const char *const REDEN[] = {
    "De docent en de voortgangstoets bevestigen dit.",
    "Gezinsuitbreiding vroeg tijd en aandacht.",
    "Begonnen met werk voor een deel van de week.", "Door ziekte kon een deel niet doorgaan.",
    "Er was geen groep op het passende niveau.", "De aanbieder had een wachtlijst.",
    "De leerbaarheidstoets en het schoolverleden wijzen hierop.",
    "Op eigen verzoek, na overleg met de mentor.",
    "Door de verhuizing liep de planning uit.",
    "De opvang van de kinderen was niet geregeld.", NULL };

static const char *const *const TOPICS[WORDS_TOPICS] = {
    [WORDS_GESPREK] = GESPREK, [WORDS_PLAN] = PLAN, [WORDS_INTAKE] = INTAKE,
    [WORDS_REDEN] = REDEN,
};
/* clang-format on */

const struct origin *words_origin(struct chance *chance, bool asiel)
{
    size_t count = sizeof(ORIGINS) / sizeof(ORIGINS[0]);

    for (;;) {
        const struct origin *origin = &ORIGINS[chance_next(chance) % count];
        if (asiel ? origin->asiel : origin->gezin)
            return origin;
    }
}

const struct gemeente *words_gemeente(struct chance *chance)
{
    return &GEMEENTEN[chance_next(chance) % (sizeof(GEMEENTEN) / sizeof(GEMEENTEN[0]))];
}

void words_sentences(struct chance *chance, enum words_topic topic, int count,
                     struct buf *text)
{
    const char *const *sentences = TOPICS[topic];
    int known = 0;

    while (sentences[known])
        known++;
    int at = chance_between(chance, 0, known - 1);
    for (int i = 0; i < count; i++) {
        buf_addf(text, "%s%s", i > 0 ? " " : "", sentences[(at + i) % known]);
    }
}

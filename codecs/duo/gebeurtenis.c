/* gebeurtenis -- see gebeurtenis.h. */
#include "codecs/duo/gebeurtenis.h"

#include <string.h>

#define PLICHT "inburgeringsplicht.lezen"
#define DOELGROEP "doelgroep.lezen"
#define TERMIJN "inburgeringstermijn.lezen"
#define VERLENGING "verlengingen.lezen"
#define VRIJSTELLING "vrijstellingen.lezen"
#define ONTHEFFING "ontheffingen.lezen"
#define PIP "pip.lezen"
#define EXAMEN "examenresultaten.lezen"
#define POGINGEN "gratispogingen.lezen"
#define LBT "lbt-resultaten.lezen"
#define LBTNUMMER "lbt-examennummer.lezen"
#define BOETE "boetes.lezen"

#define INFORMATIE GEBEURTENIS_INFORMATIE, false
#define ATTENTIE GEBEURTENIS_INFORMATIE, true
#define VERHUIZING GEBEURTENIS_VERHUIZING, false
#define MOGELIJK GEBEURTENIS_MOGELIJK, false
#define VERTREK GEBEURTENIS_VERTREK, true

/* DUO's list names the API to consult; for SS118 and SS119 its newest list links Verlenging,
 * the ones before it Ontheffing, which is what they are about. The PIP with SS121 is ours: it
 * names the municipality of before. Of SS122 and SS123 nothing is to be asked, we lose access.
 */
/* clang-format off */
static const struct gebeurtenis GEBEURTENISSEN[] = {
    { "SS101", INFORMATIE, "Persoon is inburgeringsplichtig geworden",                    { PLICHT, DOELGROEP, EXAMEN } },
    { "SS102", INFORMATIE, "De inburgeringstermijn is begonnen",                          { TERMIJN } },
    { "SS103", INFORMATIE, "De inburgeringstermijn is ambtshalve verlengd",               { TERMIJN } },
    { "SS104", INFORMATIE, "De inburgeringstermijn is op verzoek verlengd",               { TERMIJN, VERLENGING } },
    { "SS106", INFORMATIE, "Aan de inburgeringsplicht is voldaan: diploma behaald",       { PLICHT } },
    { "SS107", INFORMATIE, "Aan de inburgeringsplicht is voldaan: volledige vrijstelling toegekend", { PLICHT, VRIJSTELLING } },
    { "SS108", INFORMATIE, "Aan de inburgeringsplicht is voldaan: volledige ontheffing toegekend",   { PLICHT, ONTHEFFING } },
    { "SS109", INFORMATIE, "Tijdelijke vrijstelling is toegekend",                        { PLICHT, VRIJSTELLING } },
    { "SS110", INFORMATIE, "De inburgeringsplicht is vervallen (verblijfsrecht, langer dan een jaar in het buitenland, naturalisatie, pensioenleeftijd of overlijden)", { PLICHT } },
    { "SS111", INFORMATIE, "Persoon is overleden",                                        { PLICHT } },
    { "SS112", INFORMATIE, "Er is een aanvraag om verlenging ontvangen",                  { VERLENGING } },
    { "SS113", INFORMATIE, "De aanvraag om verlenging is afgewezen",                      { VERLENGING } },
    { "SS114", INFORMATIE, "Volledige vrijstelling is afgewezen",                         { VRIJSTELLING } },
    { "SS115", INFORMATIE, "Tijdelijke vrijstelling is afgewezen",                        { VRIJSTELLING } },
    { "SS116", INFORMATIE, "Gedeeltelijke vrijstelling is afgewezen",                     { VRIJSTELLING } },
    { "SS117", INFORMATIE, "Gedeeltelijke vrijstelling is toegekend",                     { VRIJSTELLING, EXAMEN } },
    { "SS118", INFORMATIE, "Ontheffing is afgewezen",                                     { ONTHEFFING } },
    { "SS119", INFORMATIE, "Gedeeltelijke ontheffing is toegekend",                       { ONTHEFFING, EXAMEN } },
    { "SS120", VERHUIZING, "Persoon heeft zich in de gemeente gevestigd; er is nog geen PIP", { PLICHT, DOELGROEP, EXAMEN } },
    { "SS121", VERHUIZING, "Persoon heeft zich in de gemeente gevestigd; er is een PIP van een vorige gemeente", { PIP, PLICHT, DOELGROEP, TERMIJN, EXAMEN } },
    { "SS122", VERTREK,    "Persoon is naar een andere gemeente vertrokken: maak de gegevens over inspanningen en resultaten bij DUO compleet", { NULL } },
    { "SS123", VERTREK,    "Persoon is uit Nederland vertrokken: maak de gegevens over inspanningen en resultaten bij DUO compleet", { NULL } },
    { "SS124", INFORMATIE, "De doelgroep is gewijzigd van asiel naar gezinsmigrant en overige migrant", { DOELGROEP, PLICHT } },
    { "SS125", INFORMATIE, "De doelgroep is gewijzigd van gezinsmigrant en overige migrant naar asiel", { DOELGROEP, PLICHT } },
    { "SS126", ATTENTIE,   "De tien weken zijn voorbij en er is nog geen leerroute",      { PIP } },
    { "SS127", ATTENTIE,   "Er is geen inburgeringsaanbod ontvangen, terwijl de leerroute vaststaat", { PIP } },
    { "SS128", INFORMATIE, "Persoon is inburgeringsplichtig, maar bereikt binnen zes maanden de pensioenleeftijd", { PLICHT, EXAMEN } },
    { "SS129", MOGELIJK,   "Tijdelijke vrijstelling is ingetrokken; er is nog geen leerroute of PIP", { PLICHT, EXAMEN, VRIJSTELLING } },
    { "SS130", MOGELIJK,   "Tijdelijke vrijstelling is ingetrokken; er is een PIP van deze of een vorige gemeente en de plicht loopt weer", { PIP, PLICHT, TERMIJN, EXAMEN, VRIJSTELLING } },
    { "SS131", INFORMATIE, "De leerbaarheidstoets is gemaakt en het resultaat is bekend", { LBT } },
    { "SS132", ATTENTIE,   "Er is een cursuscontract ontvangen, maar nog geen PIP",       { PIP } },
    { "SS133", ATTENTIE,   "Cursuscontract: het taalniveau past niet bij de leerroute",   { PIP } },
    { "SS135", ATTENTIE,   "Cursuscontract: het niveau is te hoog voor het PIP (Z-route)", { PIP } },
    { "SS136", ATTENTIE,   "Contract voor een taalschakeltraject, maar de leerroute is niet de onderwijsroute", { PIP } },
    { "SS137", INFORMATIE, "Persoon is aangemeld voor de leerbaarheidstoets",             { LBTNUMMER } },
    { "SS139", MOGELIJK,   "Persoon is inburgeringsplichtig en de tien weken voor de leerroute zijn begonnen, ook na vertrek uit de opvang van het COA", { PLICHT, DOELGROEP, EXAMEN } },
    { "SS140", ATTENTIE,   "Verzoek om ontheffing wegens bijzondere individuele omstandigheden: DUO vraagt de gemeente om advies", { ONTHEFFING } },
    { "SS141", INFORMATIE, "Het inburgeringscertificaat kan worden gedownload in het portaal van DUO", { PLICHT } },
    { "SS142", ATTENTIE,   "Niet-vrijstellende opleiding is beëindigd door uitschrijving: neem contact op en pas zo nodig het PIP aan", { PIP } },
    { "SS198", INFORMATIE, "Er is een boete opgelegd wegens overschrijding van de termijn", { BOETE } },
    { "SS199", INFORMATIE, "Er is een examenresultaat bekend",                            { EXAMEN, POGINGEN } },
};
/* clang-format on */
#define COUNT (sizeof(GEBEURTENISSEN) / sizeof(GEBEURTENISSEN[0]))

const char *gebeurtenis_kind_name(enum gebeurtenis_kind kind)
{
    static const char *const NAMES[GEBEURTENIS_KINDS] = {
        [GEBEURTENIS_INFORMATIE] = "informatie",
        [GEBEURTENIS_VERHUIZING] = "verhuizing",
        [GEBEURTENIS_MOGELIJK] = "mogelijk-verhuizing",
        [GEBEURTENIS_VERTREK] = "vertrek",
        [GEBEURTENIS_ONBEKEND] = "onbekend",
    };

    return NAMES[kind];
}

const struct gebeurtenis *gebeurtenis_named(const char *code)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(GEBEURTENISSEN[i].code, code) == 0)
            return &GEBEURTENISSEN[i];
    return NULL;
}

enum gebeurtenis_kind gebeurtenis_kind_of(const char *code)
{
    const struct gebeurtenis *known = gebeurtenis_named(code);

    return known ? known->kind : GEBEURTENIS_ONBEKEND;
}

const char *gebeurtenis_betekenis(const char *code)
{
    const struct gebeurtenis *known = gebeurtenis_named(code);

    return known ? known->betekenis
                 : "Deze code is hier niet bekend: zoek haar op bij DUO en beoordeel zelf";
}

size_t gebeurtenis_count(void)
{
    return COUNT;
}

const struct gebeurtenis *gebeurtenis_at(size_t index)
{
    return &GEBEURTENISSEN[index];
}

/* duo_inburgeringsplicht -- Inburgeringsplicht 1.2.2: the duty and the doelgroep, each with
 * its past. The dossier keeps the doelgroep of now and those of before in one list.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_code REDENEN[] = {
    { "Volledige ontheffing", NULL },
    { "Volledige vrijstelling", NULL },
    { "Inburgeringsplicht voldaan", NULL },
    { "Verblijfsdoel gewijzigd", NULL },
    { "Vertrek uit Nederland langer dan een jaar", NULL },
    { "Overlijden", NULL },
    { "Overig", NULL },
    { "Tijdelijke vrijstelling", NULL },
    { NULL, NULL },
};
static const struct duo_code INDELINGEN[] = {
    { "Asielstatushouder", NULL },
    { "Gezinsmigrant en overige migrant", NULL },
    { NULL, NULL },
};
static const struct duo_code GEDETAILLEERD[] = {
    { "Asielstatushouder", NULL },
    { "Geestelijk bedienaar", NULL },
    { "Gezinshereniger", NULL },
    { "Gezinshereniger met Asielstatushouder", NULL },
    { "Gezinsvormer", NULL },
    { "Gezinsvormer met Asielstatushouder", NULL },
    { "Overig", NULL },
    { NULL, NULL },
};
static const struct duo_code ASIELRECHTEN[] = {
    { "Asielrechten toegekend", NULL },
    { "Behoud asielrechten", NULL },
    { "Op verzoek behoud rechten van gezins- en overige migrant", NULL },
    { "Op verzoek rechten van gezins- en overige migrant toegekend", NULL },
    { NULL, NULL },
};

static const struct duo_row PLICHT[] = {
    ROW_BOOLEAN("indicatorInburgeringsplicht",       "indicatorInburgeringsplicht", MUST),
    ROW_DATE("begindatum",                           "begindatum", MAY),
    ROW_DATE("einddatum",                            "einddatum", MAY),
    ROW_DATE("wijzigingsdatum",                      "wijzigingsdatum", MAY),
    ROW_DATE("datumKennisgevingInburgeringsplicht",
             "datumKennisgevingInburgeringsplicht", MAY),
    ROW_CODE("redenGeenInburgeringsplicht",          "redenGeenInburgeringsplicht", MAY,
             REDENEN),
    ROW_END,
};
static const struct duo_row PLICHT_HISTORIE[] = {
    ROW_BOOLEAN("indicatorInburgeringsplicht", "indicatorInburgeringsplicht", MUST),
    ROW_DATE("begindatum",                     "begindatum", MAY),
    ROW_DATE("einddatum",                      "einddatum", MAY),
    ROW_DATE("wijzigingsdatum",                "wijzigingsdatum", MAY),
    ROW_END,
};
static const struct duo_row DOELGROEP[] = {
    ROW_CODE("indeling",                "indeling", MAY, INDELINGEN),
    ROW_DATE("begindatum",              "begindatum", MAY),
    ROW_CODE("gedetailleerdeDoelgroep", "gedetailleerdeDoelgroep", MAY, GEDETAILLEERD),
    ROW_CODE("asielrechtenWijzigingVerblijfsdoel",
             "asielrechtenWijzigingVerblijfsdoel", MAY, ASIELRECHTEN),
    ROW_END,
};
static const struct duo_row DOELGROEP_HISTORIE[] = {
    ROW_CODE("indeling",   "indeling", MAY, INDELINGEN),
    ROW_DATE("begindatum", "begindatum", MAY),
    ROW_DATE("einddatum",  "einddatum", MAY),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_inburgeringsplicht = { .name = "Inburgeringsplicht",
                                                  .rows = PLICHT,
                                                  .element = "inburgeringsplicht" };
const struct duo_shape duo_inburgeringsplichthistorie = { .name = "Inburgeringsplichthistorie",
                                                          .rows = PLICHT_HISTORIE,
                                                          .element =
                                                              "inburgeringsplichthistorie",
                                                          .list = true,
                                                          .room = 50 };
const struct duo_shape duo_doelgroep = {
    .name = "Doelgroep", .rows = DOELGROEP, .element = "doelgroep", .room = 50, .shared = true
};
const struct duo_shape duo_doelgroephistorie = { .name = "Doelgroephistorie",
                                                 .rows = DOELGROEP_HISTORIE,
                                                 .element = "doelgroep",
                                                 .list = true,
                                                 .room = 50,
                                                 .shared = true };

/* duo_gevolgdeuren -- GevolgdeUren 1.1.0: hours as totals, never as increments. Read per
 * municipality and institution; told one kind at a time. A kind that is told is the text of
 * the dossier's own element: intake/urenTaallesEnKnm, voortgang/zroute/urenParticipatie.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row KIND[] = {
    ROW_INTEGER("uren", "", MUST, 0, 9999),
    ROW_END,
};
static const struct duo_row INSTELLING[] = {
    ROW_INTEGER("uren",                    "uren", MAY, 0, 9999),
    ROW_INTEGER("urenGeoorloofdVerzuim",   "urenGeoorloofdVerzuim", MAY, 0, 9999),
    ROW_INTEGER("urenOngeoorloofdVerzuim", "urenOngeoorloofdVerzuim", MAY, 0, 9999),
    ROW_TEXT("instellingsnummer",          "instellingsnummer", MUST, 10, 10, DUO_ANY),
    ROW_END,
};
static const struct duo_row INSTELLING_TOLD[] = { /* from a voortgang/traject */
    ROW_INTEGER("uren",                    "uren/gerealiseerd", MAY, 0, 9999),
    ROW_INTEGER("urenGeoorloofdVerzuim",   "uren/geoorloofdVerzuim", MAY, 0, 9999),
    ROW_INTEGER("urenOngeoorloofdVerzuim", "uren/ongeoorloofdVerzuim", MAY, 0, 9999),
    ROW_DATE("bekendTot",                  "uren/bekendTot", MUST),
    ROW_END,
};

static const struct duo_shape INSTELLING_READ = {
    .name = "TaallesEnKnmInstelling", .rows = INSTELLING
};

static const struct duo_row UREN[] = {
    ROW_TEXT("gemeentecode",         "gemeentecode", MUST, 4, 4, DUO_DIGITS),
    ROW_DATE("bekendTot",            "bekendTot", MUST),
    ROW_OBJECT("ParticipatieAlsTaalles", "participatieAlsTaalles", MAY,
               &duo_participatiealstaalles),
    ROW_OBJECT("ParticipatieactiviteitenBredeIntake", "participatieactiviteitenBredeIntake",
               MAY, &duo_participatieactiviteitenbredeintake),
    ROW_OBJECT("TaallesEnKnmBredeIntake", "taallesEnKnmBredeIntake", MAY,
               &duo_taallesenknmbredeintake),
    ROW_OBJECT("TaallesEnKnmInstelling", "taallesEnKnmInstelling", MAY, &INSTELLING_READ),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_participatiealstaalles = { .name = "ParticipatieAlsTaalles",
                                                      .rows = KIND };
const struct duo_shape duo_participatieactiviteitenbredeintake = {
    .name = "ParticipatieactiviteitenBredeIntake", .rows = KIND
};
const struct duo_shape duo_taallesenknmbredeintake = { .name = "TaallesEnKnmBredeIntake",
                                                       .rows = KIND };
const struct duo_shape duo_taallesenknminstellingbekendtot = {
    .name = "TaallesEnKnmInstellingBekendTot", .rows = INSTELLING_TOLD
};
const struct duo_shape duo_uren = {
    .name = "Uren", .rows = UREN, .element = "uren", .list = true, .most = 99, .room = 99
};

/* duo_vrijstelling -- Vrijstelling 1.0.0: an item holds up to three decisions by the kind of
 * them; the dossier has one list, in which each says its kind.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
const struct duo_code duo_oordeel[] = {
    { "Toekenning", NULL },
    { "Afwijzing", NULL },
    { NULL, NULL },
};
static const struct duo_code REDENEN[] = {
    { "AVI", NULL },
    { "DIP", NULL },
    { "DOC", NULL },
    { "GED", NULL },
    { "INB", NULL },
    { "INS", NULL },
    { "OPL", NULL },
    { NULL, NULL },
};
static const struct duo_code ONDERDELEN[] = { /* of the language: no KNM */
    { "LE", NULL },
    { "LU", NULL },
    { "SC", NULL },
    { "SP", NULL },
    { NULL, NULL },
};
static const struct duo_code NIVEAUS[] = {
    { "A2", NULL },
    { "B1", NULL },
    { NULL, NULL },
};

static const struct duo_row GEHEEL[] = {
    ROW_CODE("oordeel",      "oordeel", MUST, duo_oordeel),
    ROW_CODE("reden",        "reden", MUST, REDENEN),
    ROW_DATE("datumOordeel", "datumOordeel", MAY),
    ROW_END,
};
static const struct duo_row TIJDELIJK[] = {
    ROW_CODE("oordeel",      "oordeel", MUST, duo_oordeel),
    ROW_CODE("reden",        "reden", MUST, REDENEN),
    ROW_DATE("datumOordeel", "datumOordeel", MAY),
    ROW_DATE("startdatum",   "startdatum", MAY),
    ROW_DATE("einddatum",    "einddatum", MAY),
    ROW_END,
};
static const struct duo_row GEDEELTELIJK[] = {
    ROW_CODE("oordeel",         "oordeel", MUST, duo_oordeel),
    ROW_CODE("reden",           "reden", MUST, REDENEN),
    ROW_DATE("datumOordeel",    "datumOordeel", MAY),
    ROW_CODE("examenonderdeel", "examenonderdeel", MAY, ONDERDELEN),
    ROW_CODE("examenniveau",    "examenniveau", MAY, NIVEAUS),
    ROW_END,
};

static const struct duo_shape GEHELE = { .name = "GeheleVrijstelling", .rows = GEHEEL };
static const struct duo_shape TIJDELIJKE = {
    .name = "TijdelijkeVrijstelling", .rows = TIJDELIJK
};
static const struct duo_shape GEDEELTELIJKE = {
    .name = "GedeeltelijkeVrijstelling", .rows = GEDEELTELIJK
};

static const struct duo_row VRIJSTELLING[] = {
    ROW_OBJECT("GeheleVrijstelling",        "geheel", MAY, &GEHELE),
    ROW_OBJECT("TijdelijkeVrijstelling",    "tijdelijk", MAY, &TIJDELIJKE),
    ROW_OBJECT("GedeeltelijkeVrijstelling", "gedeeltelijk", MAY, &GEDEELTELIJKE),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_vrijstelling = { .name = "Vrijstelling",
                                            .rows = VRIJSTELLING,
                                            .element = "vrijstelling",
                                            .list = true,
                                            .most = 200,
                                            .room = 200,
                                            .apart = true };

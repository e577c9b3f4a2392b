/* duo_examen -- Examen 1.0.0: how the exams went, and the attempts that cost nothing. */
#include "codecs/duo/rows.h"

/* clang-format off */
const struct duo_code duo_examenonderdeel[] = {
    { "KNM", NULL },
    { "LE", NULL },
    { "LU", NULL },
    { "SC", NULL },
    { "SP", NULL },
    { NULL, NULL },
};
static const struct duo_code UITSLAGEN[] = {
    { "Geslaagd", NULL },
    { "Gezakt", NULL },
    { "Geen", NULL },
    { NULL, NULL },
};
static const struct duo_code REDENEN[] = {
    { "Verwijtbaar", NULL },
    { "Nietverwijtbaar", NULL },
    { "Afgemeld", NULL },
    { "Absent", NULL },
    { NULL, NULL },
};
static const struct duo_code NIVEAUS[] = {
    { "A2", NULL },
    { "B1", NULL },
    { "B2", NULL },
    { NULL, NULL },
};

static const struct duo_row EXAMEN[] = {
    ROW_DATE("examendatum",        "examendatum", MUST),
    ROW_CODE("onderdeel",          "onderdeel", MUST, duo_examenonderdeel),
    ROW_CODE("niveau",             "niveau", MAY, NIVEAUS),
    ROW_CODE("resultaat",          "resultaat", MUST, UITSLAGEN),
    ROW_CODE("redenGeenResultaat", "redenGeenResultaat", MAY, REDENEN),
    ROW_END,
};
static const struct duo_row TEGOED[] = {
    ROW_CODE("onderdeel",               "onderdeel", MUST, duo_examenonderdeel),
    ROW_INTEGER("gratisPogingenTegoed", "gratisPogingenTegoed", MUST, 0, 99),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_examenresultaat = { .name = "Examenresultaat",
                                               .rows = EXAMEN,
                                               .element = "examen",
                                               .list = true,
                                               .most = 500,
                                               .room = 500 };
const struct duo_shape duo_gratispogingtegoed = { .name = "GratisPogingTegoed",
                                                  .rows = TEGOED,
                                                  .element = "gratispogingen",
                                                  .list = true,
                                                  .most = 500,
                                                  .room = 500 };

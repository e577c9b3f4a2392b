/* duo_pip -- PIP 1.2.0: the plan in force, of whichever municipality. In the dossier
 * duo/gelezen/pip has the names of pip/versie, so one table serves reading and reporting.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
const struct duo_code duo_alfabetiseringsonderwijs[] = {
    { "A", NULL },
    { "AA", NULL },
    { "NVT", NULL },
    { NULL, NULL },
};
static const struct duo_code LEERROUTES[] = {
    { "B", "B1-route" },
    { "O", "onderwijsroute" },
    { "Z", "Z-route" },
    { NULL, NULL },
};
static const struct duo_code NIVEAUS[] = {
    { "A2", NULL },
    { "B1", NULL },
    { NULL, NULL },
};

static const struct duo_row PIP[] = {
    ROW_DATE("dagtekeningPip",                "dagtekening", MUST),
    ROW_CODE("leerroute",                     "leerroute", MUST, LEERROUTES),
    ROW_CODE("niveau",                        "niveau", MAY, NIVEAUS),
    ROW_INTEGER("geschatteIntensiteitB1Route", "intensiteitB1", MAY, 1, 9999),
    ROW_BOOLEAN("indicatorMagOpleidingAfmaken", "magOpleidingAfmaken", MAY),
    ROW_CODE("indicatorAlfabetiseringsonderwijs", "alfabetisering", MAY,
             duo_alfabetiseringsonderwijs),
    ROW_END,
};
static const struct duo_row GEMEENTE[] = {
    ROW_TEXT("gemeentecode", "gemeentecode", MUST, 4, 4, DUO_DIGITS),
    ROW_OBJECT("pip",        "", MUST, &duo_pip),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_pip = { .name = "PIP", .rows = PIP };
const struct duo_shape duo_gemeente = { .name = "Gemeente",
                                        .rows = GEMEENTE,
                                        .element = "pip" };

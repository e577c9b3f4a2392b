/* duo_inburgeringstermijn -- Inburgeringstermijn 1.0.0: the term, its past, and the list of
 * grounds, which is about nobody. The end is the first day that no longer counts.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row TERMIJN[] = {
    ROW_DATE("startdatum",                   "startdatum", MUST),
    ROW_DATE("einddatum",                    "einddatum", MUST),
    ROW_DATE("wijzigingsdatum",              "wijzigingsdatum", MAY),
    ROW_TEXT("verlengingsgrondcode",         "verlengingsgrondcode", MAY, 1, 10, DUO_ANY),
    ROW_TEXT("verlengingsgrondomschrijving",
             "verlengingsgrondomschrijving", MAY, 1, 200, DUO_ANY),
    ROW_END,
};
static const struct duo_row HISTORIE[] = {
    ROW_DATE("einddatum",                    "einddatum", MAY),
    ROW_DATE("wijzigingsdatum",              "wijzigingsdatum", MAY),
    ROW_TEXT("verlengingsgrondcode",         "verlengingsgrondcode", MAY, 1, 10, DUO_ANY),
    ROW_TEXT("verlengingsgrondomschrijving",
             "verlengingsgrondomschrijving", MAY, 1, 200, DUO_ANY),
    ROW_END,
};
static const struct duo_row GROND[] = {
    ROW_TEXT("code",         NULL, MUST, 1, 10, DUO_ANY),
    ROW_TEXT("omschrijving", NULL, MUST, 1, 200, DUO_ANY),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_inburgeringstermijn = { .name = "Inburgeringstermijn",
                                                   .rows = TERMIJN,
                                                   .element = "inburgeringstermijn" };
const struct duo_shape duo_inburgeringstermijnhistorie = { .name =
                                                               "Inburgeringstermijnhistorie",
                                                           .rows = HISTORIE,
                                                           .element =
                                                               "inburgeringstermijnhistorie",
                                                           .list = true,
                                                           .room = 50 };
const struct duo_shape duo_verlengingsgrond = { .name = "Verlengingsgrond",
                                                .rows = GROND,
                                                .list = true };

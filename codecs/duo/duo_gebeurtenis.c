/* duo_gebeurtenis -- Gebeurtenis 1.0.0: all that happened about somebody's duty, also what no
 * notification told. What a code means is in gebeurtenis.h.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row GEBEURTENIS[] = {
    ROW_TEXT("id",           "id", MUST, 1, 6, DUO_ANY),
    ROW_TEXT("omschrijving", "omschrijving", MUST, 1, 200, DUO_ANY),
    ROW_DATE("datum",        "datum", MUST),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_gebeurtenissen = { .name = "Gebeurtenis",
                                              .rows = GEBEURTENIS,
                                              .element = "gebeurtenis",
                                              .list = true,
                                              .room = 500 };

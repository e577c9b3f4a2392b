/* duo_boete -- Boete 1.0.0: fines of DUO itself for exceeding the term; a municipality's own
 * are not in here.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row BOETE[] = {
    ROW_NUMBER("bedrag", "bedrag", MUST, 1, 9999),
    ROW_DATE("datum",    "datum", MUST),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_boete = {
    .name = "Boete", .rows = BOETE, .element = "boete", .list = true, .room = 100
};

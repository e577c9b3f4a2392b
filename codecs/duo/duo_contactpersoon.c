/* duo_contactpersoon -- Contactpersoon 1.0.0: whom DUO and others may call about somebody. It
 * can be told and not be asked for: keep the number that DUO gives.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row GEGEVENS[] = {
    ROW_TEXT("naam",           "naam", MUST, 0, 100, DUO_NAAM),
    ROW_TEXT("email",          "email", MUST, 4, 241, DUO_ANY),
    ROW_TEXT("telefoonnummer", "telefoonnummer", MUST, 3, 22, DUO_TELEFOON),
    ROW_END,
};
static const struct duo_row CONTACTPERSOON[] = {
    ROW_INTEGER("id",                   NULL, MAY, 1, 99999),
    ROW_OBJECT("contactpersoongegevens", NULL, MUST, &duo_contactpersoongegevens),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_contactpersoongegevens = { .name = "Contactpersoongegevens",
                                                      .rows = GEGEVENS };
const struct duo_shape duo_contactpersoon = { .name = "Contactpersoon",
                                              .rows = CONTACTPERSOON };

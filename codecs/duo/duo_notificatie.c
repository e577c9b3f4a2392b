/* duo_notificatie -- Notificatie 1.8.0: DUO tells that something happened. Neither bsn nor
 * vNummer is sure to be there, and vNummer is a number: its leading zeros are lost.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row NOTIFICATIE[] = {
    ROW_MOMENT("registratieDatumTijd", NULL, MUST),
    ROW_TEXT("bsn",                    NULL, MAY, 9, 9, DUO_DIGITS),
    ROW_INTEGER("vNummer",             NULL, MAY, 0, 9999999999),
    ROW_TEXT("gebeurtenisId",          NULL, MUST, 1, 6, DUO_GEBEURTENISID),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_notificatie = { .name = "Notificatie", .rows = NOTIFICATIE };

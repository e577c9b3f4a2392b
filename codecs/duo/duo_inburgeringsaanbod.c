/* duo_inburgeringsaanbod -- Inburgeringsaanbod 1.2.0: the schools there are, and which one an
 * asielstatushouder goes to. The latter can be told and not be asked for.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_row INSTELLING[] = {
    ROW_TEXT("instellingsnummer",    NULL, MUST, 10, 10, DUO_ANY),
    ROW_TEXT("naam",                 NULL, MUST, 1, 128, DUO_ANY),
    ROW_TEXT("postcode",             NULL, MUST, 0, 6, DUO_POSTCODE),
    ROW_INTEGER("huisnummer",        NULL, MUST, 1, 99999),
    ROW_TEXT("huisnummertoevoeging", NULL, MAY, 1, 4, DUO_ANY),
    ROW_TEXT("plaatsnaam",           NULL, MUST, 1, 40, DUO_ANY),
    ROW_TEXT("bow",                  NULL, MAY, 1, 10, DUO_DIGITS),
    ROW_TEXT("brin",                 NULL, MAY, 4, 4, DUO_BRIN),
    ROW_BOOLEAN("indicatieBowKeurmerk", NULL, MAY),
    ROW_BOOLEAN("indicatieTstKeurmerk", NULL, MAY),
    ROW_END,
};
static const struct duo_row AANBOD[] = { /* from a voortgang/traject */
    ROW_DATE("datumInburgeringsaanbod",      "datumInburgeringsaanbod", MAY),
    ROW_DATE("verwachteStartdatumOpleiding", "beoogdeStartdatum", MAY),
    ROW_DATE("verwachteEinddatumOpleiding",  "beoogdeEinddatum", MAY),
    ROW_CODE("indicatorAlfabetiseringsonderwijs", "alfabetisering", MUST,
             duo_alfabetiseringsonderwijs),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_instelling = {
    .name = "Instelling", .rows = INSTELLING, .list = true, .most = 200
};
const struct duo_shape duo_inburgeringsaanbod = { .name = "Inburgeringsaanbod",
                                                  .rows = AANBOD };

/* duo_mappvtzroute -- MapPvtZroute 1.0.0: when MAP, PVT and the Z-route were done. Told with
 * `verwijtbaar`, read back without it; the Z-route cannot be read back at all.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_code JA_NEE[] = {
    { "Ja", "ja" },
    { "Nee", "nee" },
    { NULL, NULL },
};

static const struct duo_row MAP_READ[] = {
    ROW_DATE("datumEindgesprekMap", "datumEindgesprekMap", MUST),
    ROW_END,
};
static const struct duo_row PVT_READ[] = {
    ROW_DATE("datumOndertekeningPvt", "datumOndertekeningPvt", MUST),
    ROW_END,
};
static const struct duo_row MAP_TOLD[] = { /* from voortgang/map */
    ROW_DATE("datumEindgesprekMap", "datumBehaald", MAY),
    ROW_CODE("verwijtbaar",         "verwijtbaar", MAY, JA_NEE),
    ROW_END,
};
static const struct duo_row PVT_TOLD[] = { /* from voortgang/pvt */
    ROW_DATE("datumOndertekeningPvt", "datumBehaald", MAY),
    ROW_CODE("verwijtbaar",           "verwijtbaar", MAY, JA_NEE),
    ROW_END,
};
static const struct duo_row ZROUTE_TOLD[] = { /* from voortgang/zroute */
    ROW_DATE("datumAfrondingZroute", "datumAfronding", MAY),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_datummap = { .name = "DatumMap", .rows = MAP_READ, .element = "" };
const struct duo_shape duo_datumpvt = { .name = "DatumPvt", .rows = PVT_READ, .element = "" };
const struct duo_shape duo_resultaatmap = { .name = "ResultaatMap", .rows = MAP_TOLD };
const struct duo_shape duo_resultaatpvt = { .name = "ResultaatPvt", .rows = PVT_TOLD };
const struct duo_shape duo_resultaatzroute = { .name = "ResultaatZroute",
                                               .rows = ZROUTE_TOLD };

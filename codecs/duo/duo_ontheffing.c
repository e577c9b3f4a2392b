/* duo_ontheffing -- Ontheffing 1.0.0: as duo_vrijstelling.c; no hours at all (0) is something
 * else than no word about hours.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_code GRONDEN[] = {
    { "BIO", NULL },
    { "MED", NULL },
    { NULL, NULL },
};

static const struct duo_row GEHEEL[] = {
    ROW_CODE("oordeel",      "oordeel", MUST, duo_oordeel),
    ROW_DATE("datumOordeel", "datumOordeel", MUST),
    ROW_CODE("grond",        "grond", MUST, GRONDEN),
    ROW_END,
};
static const struct duo_row GEDEELTELIJK[] = {
    ROW_CODE("oordeel",         "oordeel", MUST, duo_oordeel),
    ROW_DATE("datumOordeel",    "datumOordeel", MUST),
    ROW_CODE("grond",           "grond", MUST, GRONDEN),
    ROW_CODE("examenonderdeel", "examenonderdeel", MAY, duo_examenonderdeel),
    ROW_INTEGER("urenBelastbaarheidParticipatieactiviteit",
                "urenBelastbaarheidParticipatieactiviteit", MAY, 0, 9999),
    ROW_END,
};

static const struct duo_shape GEHELE = { .name = "GeheleOntheffing", .rows = GEHEEL };
static const struct duo_shape GEDEELTELIJKE = {
    .name = "GedeeltelijkeOntheffing", .rows = GEDEELTELIJK
};

static const struct duo_row ONTHEFFING[] = {
    ROW_OBJECT("GeheleOntheffing",        "geheel", MAY, &GEHELE),
    ROW_OBJECT("GedeeltelijkeOntheffing", "gedeeltelijk", MAY, &GEDEELTELIJKE),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_ontheffing = { .name = "Ontheffing",
                                          .rows = ONTHEFFING,
                                          .element = "ontheffing",
                                          .list = true,
                                          .most = 200,
                                          .room = 200,
                                          .apart = true };

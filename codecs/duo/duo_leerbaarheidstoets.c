/* duo_leerbaarheidstoets -- Leerbaarheidstoets 1.2.0: the number to plan it with, and how it
 * went. Scores are texts with a comma.
 */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_code UITSLAGEN[] = {
    { "B1-route haalbaar", NULL },
    { "B1-route niet haalbaar", NULL },
    { "Onbekend", NULL },
    { NULL, NULL },
};

static const struct duo_row EXAMENNUMMER[] = {
    ROW_TEXT("examennummer", "leerbaarheidstoetsExamennummer", MUST, 0, 12, DUO_ANY),
    ROW_END,
};
static const struct duo_row RESULTAAT[] = {
    ROW_DATE("datumAfname",    "datumAfname", MUST),
    ROW_CODE("resultaat",      "resultaat", MUST, UITSLAGEN),
    ROW_TEXT("behaaldeScore",  "behaaldeScore", MUST, 1, 6, DUO_SCORE),
    ROW_TEXT("benodigdeScore", "benodigdeScore", MUST, 1, 6, DUO_SCORE),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_examennummer = { .name = "Examennummer",
                                            .rows = EXAMENNUMMER,
                                            .element = "" };
const struct duo_shape duo_resultaat = { .name = "Resultaat",
                                         .rows = RESULTAAT,
                                         .element = "leerbaarheidstoets",
                                         .list = true,
                                         .room = 50 };

/* duo_verlenging -- Verlenging 1.0.0: who asked for a longer term, and what DUO said. */
#include "codecs/duo/rows.h"

/* clang-format off */
static const struct duo_code BEOORDELINGEN[] = {
    { "Toegekend", NULL },
    { "Afgewezen", NULL },
    { "InBehandeling", NULL },
    { NULL, NULL },
};

static const struct duo_row VERLENGING[] = {
    ROW_CODE("beoordelingAanvraag", "beoordelingAanvraag", MUST, BEOORDELINGEN),
    ROW_DATE("datumBeoordeling",    "datumBeoordeling", MAY),
    ROW_DATE("ontvangstdatum",      "ontvangstdatum", MUST),
    ROW_END,
};
/* clang-format on */

const struct duo_shape duo_verlengingaanvraag = { .name = "VerlengingAanvraag",
                                                  .rows = VERLENGING,
                                                  .element = "verlenging",
                                                  .list = true,
                                                  .most = 200,
                                                  .room = 200 };

/* verschil_label -- the Dutch word for an element (verschil.h). Most names are Dutch in camel
 * case and only need their words parted; the table holds the others.
 */
#include <stdio.h>
#include <string.h>

#include "codecs/verschil.h"

/* clang-format off */
static const struct {
    const char *element, *label;
} LABELS[] = {
    { "bsn",                  "BSN" },
    { "vnummer",              "v-nummer" },
    { "pip",                  "PIP" },
    { "map",                  "MAP" },
    { "pvt",                  "PVT" },
    { "duo",                  "DUO" },
    { "zroute",               "Z-route" },
    { "sha256",               "inhoud (SHA-256)" },
    { "versie",               "versie" },
    { "intensiteitB1",        "intensiteit B1-route" },
    { "gelezen",              "bij DUO gelezen" },
    { "gemeld",               "aan DUO gemeld" },
    { "op",                   "gelezen op" },
    { "datumUitstroomCoa",    "datum uitstroom COA" },
    { "contactUaf",           "contact met UAF" },
    { "cvGemaakt",            "cv gemaakt" },
    { "spreekvaardigheidNt2", "spreekvaardigheid NT2" },
    { "datumInburgeringsaanbod", "datum inburgeringsaanbod" },
    { "urenTaallesEnKnm",     "uren taalles en KNM" },
    { "taallesEnKnmBredeIntake", "taalles en KNM in de brede intake" },
    { "taallesEnKnmInstelling", "taalles en KNM bij een instelling" },
    { "participatieactiviteitenBredeIntake", "participatieactiviteiten met brede intake" },
    { "gemeldAanDuo",         "gemeld aan DUO" },
    { "datumEindgesprekMap",  "datum eindgesprek MAP" },
    { "datumOndertekeningPvt", "datum ondertekening PVT" },
    { "termijnMap",           "termijn MAP" },
    { "termijnMapGewijzigdOp", "termijn MAP gewijzigd op" },
    { "termijnPvt",           "termijn PVT" },
    { "termijnPvtGewijzigdOp", "termijn PVT gewijzigd op" },
    { "leerbaarheidstoetsExamennummer", "examennummer leerbaarheidstoets" },
    { "lopend",               "wat nog loopt" },
};
/* clang-format on */

/* "gerealiseerdeStartdatum" -> "gerealiseerde startdatum" */
static void split_words(const char *element, char name[VERSCHIL_LABEL_SIZE])
{
    size_t size = 0;

    for (; *element && size + 2 < VERSCHIL_LABEL_SIZE; element++) {
        bool capital = *element >= 'A' && *element <= 'Z';
        if (capital && size > 0)
            name[size++] = ' ';
        name[size++] = (char)(capital ? *element - 'A' + 'a' : *element);
    }
    name[size] = '\0';
}

void verschil_label(const char *element, char name[VERSCHIL_LABEL_SIZE])
{
    for (size_t i = 0; i < sizeof(LABELS) / sizeof(LABELS[0]); i++)
        if (strcmp(LABELS[i].element, element) == 0) {
            (void)snprintf(name, VERSCHIL_LABEL_SIZE, "%s", LABELS[i].label);
            return;
        }
    split_words(element, name);
}

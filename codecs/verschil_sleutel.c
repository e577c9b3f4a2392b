/* verschil_sleutel -- see verschil_sleutel.h. The table is the whole knowledge; `in` tells
 * apart elements of one name. Keys are paths below the element, parted by blanks.
 */
#include "codecs/verschil_sleutel.h"

#include <stdio.h>
#include <string.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"

#define STEP_SIZE 80

/* clang-format off */
static const struct {
    const char *in, *element, *key[2];
} SLEUTELS[] = {
    { NULL,          "gezinslid",               { "bsn vnummer",
      "naam/voornamen naam/geslachtsnaam" } },
    { NULL,          "module",                  { "naam", "" } },
    { NULL,          "gesprek",                 { "datum", "" } },
    { NULL,          "leerbaarheidstoets",      { "datumAfname examennummer", "" } },
    { "onderwijs",   "opleiding",               { "naam land van", "naam" } },
    { NULL,          "werk",                    { "functie land van", "functie" } },
    { "intake",      "taalniveau",              { "onderdeel datum", "onderdeel" } },
    { NULL,          "omstandigheid",           { "soort datum", "tekst" } },
    { NULL,          "ondersteuning",           { "datum tekst", "tekst" } },
    { "pip",         "versie",                  { "dagtekening gemeentecode", "kenmerk" } },
    { NULL,          "traject",                 { "soort aanbieder/naam startdatum",
      "naam" } },
    { "uren",        "maand",                   { "maand", "" } },
    { NULL,          "routewijziging",          { "datum soort", "" } },
    { NULL,          "voortgangsgesprek",       { "datum", "" } },
    { NULL,          "gewijzigdeOmstandigheid", { "soort datum", "tekst" } },
    { NULL,          "toets",                   { "onderdeel niveau datum", "" } },
    { "voortgang",   "verlenging",              { "datumVerzoek", "" } },
    { "maatschappelijkeBegeleiding", "onderdeel", { "inhoud startdatum", "inhoud" } },
    { NULL,          "lopend",                  { "wat", "" } },
    { NULL,          "oproep",                  { "datum waarvoor nummer", "" } },
    { NULL,          "waarschuwing",            { "datum grond", "kenmerk" } },
    { NULL,          "zienswijze",              { "datum", "" } },
    { "handhaving",  "boete",                   { "besluitdatum grond gemeentecode",
      "kenmerk" } },
    { "gelezen",     "boete",                   { "datum", "" } },
    { "gelezen",     "inburgeringsplichthistorie", { "begindatum einddatum", "begindatum" } },
    { "gelezen",     "inburgeringstermijnhistorie", { "einddatum wijzigingsdatum", "" } },
    { "gelezen",     "doelgroep",               { "indeling begindatum", "indeling" } },
    { "gelezen",     "onbekend",                { "@naam", "" } },
    { "gelezen",     "verlenging",              { "ontvangstdatum", "" } },
    { NULL,          "vrijstelling",            { "soort examenonderdeel datumOordeel", "" } },
    { NULL,          "ontheffing",              { "soort examenonderdeel datumOordeel", "" } },
    { NULL,          "aangepasteExamenomstandigheden", { "examenonderdeel datum", "" } },
    { NULL,          "examen",                  { "examendatum onderdeel niveau", "" } },
    { NULL,          "gratispogingen",          { "onderdeel", "" } },
    { "gelezen",     "uren",
      { "gemeentecode taallesEnKnmInstelling/instellingsnummer", "" } },
    { NULL,          "gebeurtenis",             { "id datum", "" } },
    { NULL,          "gemeld",                  { "onderwerp datum", "" } },
    { "documenten",  "document",                { "@id", "sha256" } },
    { NULL,          "veld",                    { "@naam", "" } },
};
/* Texts that are sets: each value is its own key. */
static const char *const WAARDEN[] = { "telefoonnummer", "email", "document" };

/* clang-format on */

static bool is_row(size_t i, const xmlNode *node)
{
    const char *in = SLEUTELS[i].in;

    return strcmp(SLEUTELS[i].element, (const char *)node->name) == 0
           && (!in || (node->parent && strcmp(in, (const char *)node->parent->name) == 0));
}

/* One step of a key: "@id", "naam/geslachtsnaam". */
static void add_step(struct buf *key, const xmlNode *node, const char *step, size_t size)
{
    char path[STEP_SIZE];

    (void)snprintf(path, sizeof(path), "%.*s", (int)size, step);
    const xmlAttr *found =
        path[0] == '@' ? xmlHasProp((xmlNode *)node, BAD_CAST(path + 1)) : NULL;
    const char *text = found && found->children ? (const char *)found->children->content
                       : path[0] == '@'         ? NULL
                                                : xmldoc_text(node, path);
    if (text && text[0])
        buf_addf(key, "%s%s", key->size > 0 ? " " : "", text);
}

static char *key_of(const xmlNode *node, const char *steps)
{
    SCOPED_BUF struct buf key = { 0 };

    while (*steps) {
        size_t size = strcspn(steps, " ");
        add_step(&key, node, steps, size);
        steps += size + (steps[size] == ' ');
    }
    return mem_copy(buf_text(&key));
}

char *verschil_sleutel(const xmlNode *node, int nth)
{
    for (size_t i = 0; i < sizeof(SLEUTELS) / sizeof(SLEUTELS[0]); i++)
        if (is_row(i, node))
            return key_of(node, SLEUTELS[i].key[nth]);
    for (size_t i = 0; nth == 0 && i < sizeof(WAARDEN) / sizeof(WAARDEN[0]); i++)
        if (strcmp(WAARDEN[i], (const char *)node->name) == 0 && xmldoc_text(node, ""))
            return mem_copy(xmldoc_text(node, ""));
    return mem_copy("");
}

/* rules_intake -- the brede intake: leerbaarheidstoets and circumstances. */
#include <stdlib.h>

#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

static void not_taken(struct rules_walk *walk, const xmlNode *toets, const void *with)
{
    static const char *const OF_TAKEN[] = { "datumAfname", "resultaat", "behaaldeScore" };

    (void)with;
    for (size_t i = 0; i < sizeof(OF_TAKEN) / sizeof(OF_TAKEN[0]); i++)
        if (rules_is(toets, "afgenomen", "nee") && rules_has(toets, OF_TAKEN[i]))
            rules_found(walk, toets, OF_TAKEN[i]);
    if (rules_is(toets, "afgenomen", "ja") && rules_has(toets, "redenNietAfgenomen"))
        rules_found(walk, toets, "redenNietAfgenomen");
}

static void check_contrary(struct rules_walk *walk)
{
    rules_each(walk, "intake/leerbaarheidstoets", not_taken, NULL);
}

static void incomplete(struct rules_walk *walk, const xmlNode *toets, const void *with)
{
    bool taken = rules_is(toets, "afgenomen", "ja");

    (void)with;
    if (taken && !rules_has(toets, "datumAfname"))
        rules_found(walk, toets, "datumAfname");
    if (taken && !rules_has(toets, "resultaat"))
        rules_found(walk, toets, "resultaat");
    if (!taken && !rules_has(toets, "redenNietAfgenomen"))
        rules_found(walk, toets, "redenNietAfgenomen");
}

static void check_incomplete(struct rules_walk *walk)
{
    rules_each(walk, "intake/leerbaarheidstoets", incomplete, NULL);
}

/* "41,50" in hundredths; -1 when absent. */
static long score(const xmlNode *toets, const char *name)
{
    const char *text = xmldoc_text(toets, name);
    char *end;

    if (!text)
        return -1;
    long whole = strtol(text, &end, 10);
    return whole * 100 + (*end == ',' ? strtol(end + 1, NULL, 10) : 0);
}

static void unlike_score(struct rules_walk *walk, const xmlNode *toets, const void *with)
{
    long reached = score(toets, "behaaldeScore"), needed = score(toets, "benodigdeScore");
    const char *says = reached >= needed ? "B1-route niet haalbaar"
                                         : "B1-route haalbaar"; /* what it cannot */

    (void)with;
    if (reached >= 0 && needed >= 0 && rules_is(toets, "resultaat", says))
        rules_found(walk, toets, "resultaat");
}

static void check_score(struct rules_walk *walk)
{
    rules_each(walk, "intake/leerbaarheidstoets", unlike_score, NULL);
}

static void unflagged(struct rules_walk *walk, const xmlNode *one, const void *with)
{
    bool health = rules_is(one, "soort", "fysieke gezondheid")
                  || rules_is(one, "soort", "mentale gezondheid");

    (void)with;
    if (health && rules_attribute(one, "bijzonder")[0] != 'j')
        rules_found(walk, one, "@bijzonder");
}

static void check_bijzonder(struct rules_walk *walk)
{
    rules_each(walk, "intake/omstandigheid", unflagged, NULL);
    rules_each(walk, "voortgang/gewijzigdeOmstandigheid", unflagged, NULL);
}

/* clang-format off */
const struct rule RULES_INTAKE[] = {
    { "lbt-tegenspraak", RULES_REFUSE, check_contrary, "BI-GEM-03 ME-NCBS-04",
      "hoort niet bij wat afgenomen zegt", "contradicts what afgenomen says",
      "verbeter afgenomen, of haal dit weg", "correct afgenomen, or take this out" },
    { "lbt-onvolledig", RULES_WARN, check_incomplete, "BI-GEM-03 BI-LBT-01 ME-NCBS-04",
      "ontbreekt bij de leerbaarheidstoets", "is missing from the leerbaarheidstoets",
      "vul aan wat bekend is; DUO toont de uitslag",
      "add what is known; DUO shows the result" },
    { "lbt-score", RULES_WARN, check_score, "DUO Leerbaarheidstoets: resultaten; BI-LBT-01",
      "past niet bij de scores", "does not follow from the scores",
      "vergelijk uitslag en scores met DUO", "compare result and scores with DUO" },
    { "omstandigheid-bijzonder", RULES_REFUSE, check_bijzonder,
      "art. 9 AVG; BI-GEM-05 BI-GEM-13",
      "gezondheid is een bijzonder persoonsgegeven en moet zo zijn gemerkt",
      "health is special-category data and must be marked so",
      "zet bijzonder op ja, en laat weg wat niet noodzakelijk is",
      "set bijzonder to ja, and leave out what is not needed" },
    { 0 },
};
/* clang-format on */

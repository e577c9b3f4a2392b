/* rules_doelgroep -- of gezinsmigranten en overige migranten the law lets municipalities keep
 * results, not efforts: what bijlage B gives to asylum holders only may not travel for others,
 * unless they have an asylum holder's rights.
 */
#include "codecs/rules_walk.h"
#include "codecs/xmldoc.h"

static void found_here(struct rules_walk *walk, const xmlNode *node, const void *with)
{
    (void)with;
    rules_found(walk, node, NULL);
}

/* Nothing at these paths (ends with NULL), but for asylum holders. */
static void forbid(struct rules_walk *walk, const char *const *paths)
{
    for (; !walk->asielrechten && *paths; paths++)
        rules_each(walk, *paths, found_here, NULL);
}

static void check_inspanning(struct rules_walk *walk)
{
    static const char *const PATHS[] = {
        "voortgang/map/bijeenkomsten",
        "voortgang/map/bijgewoond",
        "voortgang/map/presentie",
        "voortgang/map/uren",
        "voortgang/pvt/bijeenkomsten",
        "voortgang/pvt/bijgewoond",
        "voortgang/pvt/presentie",
        "voortgang/pvt/uren",
        "voortgang/traject/inspanning",
        "voortgang/traject/uren/geoorloofdVerzuim",
        "voortgang/traject/uren/ongeoorloofdVerzuim",
        "voortgang/traject/uren/maand/geoorloofdVerzuim",
        "voortgang/traject/uren/maand/ongeoorloofdVerzuim",
        NULL,
    };

    forbid(walk, PATHS);
}

static void course_of(struct rules_walk *walk, const xmlNode *traject, const void *with)
{
    (void)with;
    if (!rules_is(traject, "soort", "Z-route"))
        rules_found(walk, traject, NULL);
}

static void check_traject(struct rules_walk *walk)
{
    if (!walk->asielrechten)
        rules_each(walk, "voortgang/traject", course_of, NULL);
}

static void check_aanbod(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "voortgang/traject/datumInburgeringsaanbod", NULL };

    forbid(walk, PATHS);
}

static void check_begeleiding(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "voortgang/maatschappelijkeBegeleiding", NULL };

    forbid(walk, PATHS);
}

static void check_voorinburgering(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "intake/voorinburgering",
                                         "intake/vestiging/datumUitstroomCoa", NULL };

    forbid(walk, PATHS);
}

static void check_ondersteuning(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "intake/ondersteuning", NULL };

    forbid(walk, PATHS);
}

static void check_omstandigheid(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "voortgang/gewijzigdeOmstandigheid", NULL };

    forbid(walk, PATHS);
}

static void check_financieel(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "pip/versie/inkomensondersteuning",
                                         "pip/versie/ontzorgen", NULL };

    forbid(walk, PATHS);
}

static void check_intensiteit(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "pip/versie/intensiteitB1", NULL };

    forbid(walk, PATHS);
}

static void check_toets(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "voortgang/toets", NULL };

    forbid(walk, PATHS);
}

/* A change from or to the Z-route is also theirs (ZR-NAANB-04). */
static void change_of(struct rules_walk *walk, const xmlNode *change, const void *with)
{
    (void)with;
    if (!rules_is(change, "van", "Z-route") && !rules_is(change, "naar", "Z-route"))
        rules_found(walk, change, NULL);
}

static void check_routewijziging(struct rules_walk *walk)
{
    if (!walk->asielrechten)
        rules_each(walk, "voortgang/routewijziging", change_of, NULL);
}

static void summons_of(struct rules_walk *walk, const xmlNode *oproep, const void *with)
{
    (void)with;
    if (rules_is(oproep, "waarvoor", "brede intake") && !rules_has(oproep->parent, "boete"))
        rules_found(walk, oproep, NULL);
}

/* With a fine it is the ground of that fine. */
static void check_oproep(struct rules_walk *walk)
{
    if (!walk->asielrechten)
        rules_each(walk, "handhaving/oproep", summons_of, NULL);
}

static void check_zroute_start(struct rules_walk *walk)
{
    static const char *const PATHS[] = { "voortgang/zroute/startdatum", NULL };

    forbid(walk, PATHS);
}

#define ASIEL_NL "alleen voor asielstatushouders mag dit worden bewaard en overgedragen"
#define ASIEL_EN "may be kept and handed over for asielstatushouders only"
#define DOE "haal het weg; staat de doelgroep goed?"
#define CURE "take it out; is the doelgroep right?"

/* clang-format off */
const struct rule RULES_DOELGROEP[] = {
    { "doelgroep-inspanning", RULES_REFUSE, check_inspanning,
      "bijlage B: MAP-AANB-03 PVT-AANB-03 LR-GEM-06 LR-AANB-02 ZR-AANB-02",
      "inspanning en presentie: " ASIEL_NL, "effort and attendance: " ASIEL_EN, DOE, CURE },
    { "doelgroep-traject", RULES_REFUSE, check_traject,
      "bijlage B: LR-GEM-01 LR-GEM-02 LR-GEM-03 LR-GEM-04 LR-GEM-05 ME-NCBS-06",
      "cursus of taalschakeltraject: " ASIEL_NL, "a course: " ASIEL_EN, DOE, CURE },
    { "doelgroep-aanbod", RULES_REFUSE, check_aanbod, "IA-1; art. 16 Wet inburgering 2021",
      "inburgeringsaanbod: " ASIEL_NL, "inburgeringsaanbod: " ASIEL_EN, DOE, CURE },
    { "doelgroep-begeleiding", RULES_REFUSE, check_begeleiding,
      "bijlage B: MB-GEM-01 MB-GEM-02 MB-GEM-03",
      "maatschappelijke begeleiding: " ASIEL_NL, "maatschappelijke begeleiding: " ASIEL_EN,
      DOE, CURE },
    { "doelgroep-voorinburgering", RULES_REFUSE, check_voorinburgering,
      "bijlage B: VI-COA-04 VI-COA-05 VI-GEM-01 VI-GEM-02 BI-GEM-09",
      "voorinburgering en COA: " ASIEL_NL, "voorinburgering and COA: " ASIEL_EN, DOE, CURE },
    { "doelgroep-ondersteuning", RULES_REFUSE, check_ondersteuning, "bijlage B: BI-GEM-12",
      "behoefte aan zorg: " ASIEL_NL, "need of care: " ASIEL_EN, DOE, CURE },
    { "doelgroep-omstandigheid", RULES_REFUSE, check_omstandigheid, "bijlage B: BI-GEM-13",
      "gewijzigde omstandigheid: " ASIEL_NL, "a change of circumstances: " ASIEL_EN,
      DOE, CURE },
    { "doelgroep-financieel", RULES_REFUSE, check_financieel,
      "bijlage B: PIP-GEM-05 PIP-GEM-06",
      "inkomensondersteuning en ontzorgen: " ASIEL_NL, "income support: " ASIEL_EN,
      DOE, CURE },
    { "doelgroep-intensiteit", RULES_REFUSE, check_intensiteit, "PIP-10",
      "intensiteit van de B1-route: " ASIEL_NL, "intensity of the B1-route: " ASIEL_EN,
      DOE, CURE },
    { "doelgroep-toets", RULES_REFUSE, check_toets, "bijlage B: LR-AANB-02 LR-AANB-03",
      "voortgangstoets: " ASIEL_NL, "a test at the school: " ASIEL_EN, DOE, CURE },
    { "doelgroep-routewijziging", RULES_REFUSE, check_routewijziging,
      "bijlage B: LR-GEM-07 LR-GEM-08 LR-GEM-09 ME-NCBS-05",
      "wijziging buiten de Z-route: " ASIEL_NL, "a change outside the Z-route: " ASIEL_EN,
      DOE, CURE },
    { "doelgroep-oproep", RULES_WARN, check_oproep, "bijlage B: BI-GEM-11",
      "oproep voor de brede intake zonder boete: " ASIEL_NL,
      "a summons for the intake without a fine: " ASIEL_EN, DOE, CURE },
    { "doelgroep-zroute-start", RULES_WARN, check_zroute_start, "bijlage B: ZR-NDUO-02",
      "startdatum van de Z-route: " ASIEL_NL, "start of the Z-route: " ASIEL_EN, DOE, CURE },
    { 0 },
};
/* clang-format on */

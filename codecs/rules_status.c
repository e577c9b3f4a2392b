/* rules_status -- silence is not allowed: what is not delivered says whether it exists, and
 * why not. */
#include <string.h>

#include "codecs/rules_walk.h"

struct part {
    bool given, withheld, filled, reason;
};

static struct part part_of(const xmlNode *node)
{
    const char *status = rules_attribute(node, "status");

    return (struct part){ .given = strcmp(status, "geleverd") == 0,
                          .withheld = strcmp(status, "achtergehouden") == 0,
                          .filled = xmlFirstElementChild((xmlNode *)node) != NULL,
                          .reason = rules_attribute(node, "reden") != NULL };
}

static bool is_hollow(struct part part)
{
    return part.given && !part.filled;
}

static bool is_contrary(struct part part)
{
    return !part.given && part.filled;
}

static bool lacks_reason(struct part part)
{
    return part.withheld && !part.reason;
}

static bool has_idle_reason(struct part part)
{
    return !part.withheld && part.reason;
}

static void each_part(struct rules_walk *walk, bool (*is_wrong)(struct part part))
{
    for (const xmlNode *node = xmlFirstElementChild((xmlNode *)walk->dossier); node;
         node = xmlNextElementSibling((xmlNode *)node))
        if (rules_attribute(node, "status") && is_wrong(part_of(node)))
            rules_found(walk, node, NULL);
}

static void check_hollow(struct rules_walk *walk)
{
    each_part(walk, is_hollow);
}

static void check_contrary(struct rules_walk *walk)
{
    each_part(walk, is_contrary);
}

static void check_reason(struct rules_walk *walk)
{
    each_part(walk, lacks_reason);
}

static void check_idle_reason(struct rules_walk *walk)
{
    each_part(walk, has_idle_reason);
}

/* clang-format off */
const struct rule RULES_STATUS[] = {
    { "status-geleverd", RULES_REFUSE, check_hollow, "art. 9.4 lid 4 Besluit inburgering 2021",
      "is geleverd, maar er staat niets in", "is geleverd but holds nothing",
      "zeg leeg, of achtergehouden met een reden; of vul het onderdeel",
      "say leeg, or achtergehouden with a reden; or fill it" },
    { "status-inhoud", RULES_REFUSE, check_contrary, "art. 9.4 lid 4 Besluit inburgering 2021",
      "heeft inhoud, maar de status is niet geleverd",
      "holds something, so its status must be geleverd",
      "zet de status op geleverd, of haal de inhoud weg",
      "set the status to geleverd, or take the content out" },
    { "status-reden", RULES_REFUSE, check_reason, "art. 9.4 lid 4 Besluit inburgering 2021",
      "is achtergehouden zonder reden", "is achtergehouden, so reden must say why",
      "geef een van de redenen van het schema", "give one of the reasons of the schema" },
    { "status-reden-te-veel", RULES_REFUSE, check_idle_reason, "xsd/dossier.xsd: status",
      "heeft een reden, maar is niet achtergehouden",
      "has a reden although it is not achtergehouden",
      "haal de reden weg, of zet de status op achtergehouden",
      "take the reden out, or set the status to achtergehouden" },
    { 0 },
};
/* clang-format on */

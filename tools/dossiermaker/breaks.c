/* breaks -- see breaks.h. The rows are in the files of the groups. */
#include "tools/dossiermaker/breaks.h"

#include <string.h>

#include "tools/dossiermaker/breaks_row.h"

static const struct breaks_row *const GROUPS[] = {
    BREAKS_PERSOON, BREAKS_DOELGROEP, BREAKS_PIP,
    BREAKS_TERMIJN, BREAKS_VOORTGANG, BREAKS_HANDHAVING,
};

/* Whom a row wants; ANYBODY leaves it as it was. */
static const struct {
    int asiel, route;
    bool overdue;
} WHO[] = {
    [ASIEL_B1] = { 1, ROUTE_B1, false }, [ASIEL_Z] = { 1, ROUTE_Z, false },
    [GEZIN_B1] = { 0, ROUTE_B1, false }, [GEZIN_O] = { 0, ROUTE_ONDERWIJS, false },
    [GEZIN_Z] = { 0, ROUTE_Z, false },   [OVERDUE] = { 0, ROUTE_B1, true },
};

static const struct breaks_row *row_at(size_t n)
{
    for (size_t group = 0; group < sizeof(GROUPS) / sizeof(GROUPS[0]); group++)
        for (const struct breaks_row *row = GROUPS[group]; row->rule; row++)
            if (n-- == 0)
                return row;
    return NULL;
}

const char *breaks_rule(size_t n)
{
    const struct breaks_row *row = row_at(n);

    return row ? row->rule : NULL;
}

static const struct breaks_row *find(const char *rule)
{
    size_t n = 0;

    while (breaks_rule(n) && strcmp(breaks_rule(n), rule) != 0)
        n++;
    return row_at(n);
}

bool breaks_dossier(const char *rule, const struct wishes *wishes, xmlDoc **doc,
                    struct fault *fault)
{
    const struct breaks_row *row = find(rule);
    struct wishes complete = *wishes;

    if (!row)
        return fault_set(fault, FAULT_USAGE,
                         "--break: there is no rule '%.40s'; see --list-rules", rule);
    complete.complete = true;
    if (row->who != ANYBODY) {
        complete.asiel = WHO[row->who].asiel;
        complete.route = WHO[row->who].route;
        complete.overdue = WHO[row->who].overdue;
    }
    *doc = maker_dossier(&complete);
    row->spoil(xmlDocGetRootElement(*doc));
    return true;
}

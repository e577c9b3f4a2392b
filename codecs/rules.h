/* rules -- what must be true of a dossier and XSD 1.0 cannot say: one table.
 *
 * Everything that is known of a rule stands in its row: id, severity, source, what is wrong
 * and what to do, in Dutch for caseworkers and in English. Findings, `estafette dossier rules`
 * and docs/rules.md come from it. The rows are grouped by what they are about, a file each
 * (rules_persoon.c, rules_pip.c ...).
 *
 * A rule refuses when the dossier contradicts itself, or carries what the law does not allow:
 * things its sender can see and put right. What rests on DUO's snapshot, on custom, or on what
 * a sender may not have been given, is a warning. Warnings never refuse.
 */
#ifndef CODECS_RULES_H
#define CODECS_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "codecs/dossier.h"

enum rules_severity {
    RULES_REFUSE,
    RULES_WARN,
};

struct rules_walk; /* one dossier being held against the table; see rules_walk.h */

struct rule {
    const char *id; /* NULL ends a group */
    enum rules_severity severity;
    void (*check)(struct rules_walk *walk); /* NULL: "schema", found by the schema itself */
    const char *source;                     /* article, DUO's rule, row of bijlage B */
    const char *nl, *en;                    /* what is wrong */
    const char *doen, *todo;                /* what to do, Dutch and English */
};

/* Amounts and terms. RULES_LAW holds the law's; municipalities may set others. */
struct rules_limits {
    int boete_intake, boete_pip, boete_totaal; /* euro, at most */
    int pip_weken;                             /* from settlement to the first PIP */
    int termijn_jaren;                         /* to integrate */
    int zroute_uren, afschalen_uren, pvt_uren; /* at least */
    int bezwaar_weken;                         /* to object */
    int verwijtbaar_maanden;                   /* MAP-10: "Nee" this near to the end */
    int bewaar_jaren;                          /* after the end of the duty */
    long today;                                /* datum_today(); 0: not known */
};
extern const struct rules_limits RULES_LAW;

/* All rows, in the order in which they are held against a dossier. */
size_t rules_count(void);
const struct rule *rules_row(size_t index);
const struct rule *rules_find(const char *id); /* NULL when there is none */

const char *rules_severity_name(enum rules_severity severity); /* "refuse", "warn" */

/* Holds a schema-valid dossier against every row. Calls each (may be NULL) for at most 100
 * findings of either severity. False when one refuses: FAULT_RULE with the first. Takes time
 * in proportion to the elements, at worst to the square of the largest list the schema allows.
 */
bool rules_check(const xmlNode *dossier, const struct rules_limits *limits, dossier_each *each,
                 void *context, struct fault *fault) MUST_CHECK;

#endif

/* sim_rules -- DUO's rules on what municipalities report, read a second time.
 *
 * One table over the three files of checks; a rule is one row: its id in DUO's documentation,
 * the operation, the sentence that the municipality reads, and who looks. A check is true when
 * the report keeps the rule; what cannot be judged for want of data keeps it. What is not said
 * of DUO's side is not demanded. IA-5 contradicts its own fields and is left out; PIP-1,
 * PIP-9, IA-7, CP-1, CP-2 and MAP-12/PVT-12 say what happens, not what is refused: sim_do.c.
 */
#ifndef DUOSIM_SIM_RULES_H
#define DUOSIM_SIM_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/duosim/sim_case.h"

struct sim_rule {
    const char *id, *operation;
    const char *says; /* at most 200 characters, no personal data */
    bool (*keeps)(const struct sim_case *c);
};

/* NULL behind the last. */
const struct sim_rule *sim_rules_at(size_t index);

/* A list of { fouttekst } of every rule that is broken, the caller's; NULL: none is. */
json_t *sim_rules_broken(const struct sim_case *c);

#endif

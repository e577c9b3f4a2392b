/* sim_scope -- may this municipality ask after this person today? SCOPE-1 to SCOPE-6. */
#ifndef DUOSIM_SIM_SCOPE_H
#define DUOSIM_SIM_SCOPE_H

#include <stdbool.h>

#include "tools/duosim/sim_case.h"

/* The person is known (SCOPE-2). */
bool sim_scope_allows(const struct sim_case *c);

/* Which of the grounds holds, "SCOPE-5"; NULL: none. For `scope`. */
const char *sim_scope_ground(const struct sim_case *c);

#endif

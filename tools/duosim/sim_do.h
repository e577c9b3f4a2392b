/* sim_do -- what each of DUO's 38 operations does, once it may: a row each. */
#ifndef DUOSIM_SIM_DO_H
#define DUOSIM_SIM_DO_H

#include <stdbool.h>

#include "tools/duosim/sim_case.h"

/* Sets status and answer; changes the state when it is a report. False: 38 rows are not
 * enough, there is none for this operation. */
bool sim_do_operation(struct sim_case *c);

#endif

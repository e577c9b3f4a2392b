/* sim_contact -- contact persons of municipalities, and whose contact they are.
 *
 * They are the municipality's that made them: another one is not let in. There is no way to
 * read them.
 */
#ifndef DUOSIM_SIM_CONTACT_H
#define DUOSIM_SIM_CONTACT_H

#include "tools/duosim/sim_case.h"

/* One of the five operations contactpersoon.*; sets status and answer. */
void sim_contact_do(struct sim_case *c);

#endif

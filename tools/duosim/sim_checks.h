/* sim_checks -- the checks behind the rows of sim_rules.c, by what they are about. */
#ifndef DUOSIM_SIM_CHECKS_H
#define DUOSIM_SIM_CHECKS_H

#include <stdbool.h>

#include "tools/duosim/sim_case.h"

typedef bool sim_check(const struct sim_case *c);

/* sim_checks_pip.c */
sim_check sim_checks_pip_2, sim_checks_pip_3, sim_checks_pip_4, sim_checks_pip_5,
    sim_checks_pip_6, sim_checks_pip_7, sim_checks_pip_8, sim_checks_pip_10, sim_checks_pip_11,
    sim_checks_pip_12;

/* sim_checks_aanbod.c: the offer, and hours that follow from it */
sim_check sim_checks_ia_1, sim_checks_ia_2, sim_checks_ia_3, sim_checks_ia_4, sim_checks_ia_6;
sim_check sim_checks_uren_2, sim_checks_uren_3, sim_checks_uren_4, sim_checks_uren_5,
    sim_checks_uren_6;

/* sim_checks_deel.c: MAP and PVT, which have the same rules */
sim_check sim_checks_deel_1, sim_checks_deel_2, sim_checks_deel_3, sim_checks_deel_4,
    sim_checks_deel_5, sim_checks_deel_6, sim_checks_deel_7, sim_checks_deel_8,
    sim_checks_deel_9, sim_checks_deel_10, sim_checks_deel_11;

#endif

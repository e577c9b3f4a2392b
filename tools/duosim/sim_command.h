/* sim_command -- the lines that a test or a person says to the stand-in: a row each.
 *
 * sim_command() itself is promised in sim.h.
 */
#ifndef DUOSIM_SIM_COMMAND_H
#define DUOSIM_SIM_COMMAND_H

#include "codecs/base/buf.h"

/* Every command with its words and what it does, then every misbehaviour. */
void sim_command_help(struct buf *text);

#endif

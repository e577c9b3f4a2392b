/* sim_serve -- the HTTP side: DUO's paths, headers and statuses, one request at a time judged.
 *
 *   misbehaviour "before" and "instead" -> headers and certificate -> path -> a repeat? ->
 *   body -> person -> scope -> rules -> done -> misbehaviour "after"
 */
#ifndef DUOSIM_SIM_SERVE_H
#define DUOSIM_SIM_SERVE_H

#include <stdbool.h>

#include "codecs/base/fault.h"

struct sim;

/* Binds and serves; sets workers and listener of the sim. FAULT_CONFIG. */
bool sim_serve_start(struct sim *sim, struct fault *fault) MUST_CHECK;
void sim_serve_stop(struct sim *sim);

#endif

/* sim_socket -- commands over a local socket: a line in, its answer out.
 *
 * An answer is what the command says, each line behind a blank, then "ok", or "fault: " and
 * why. Only who may enter DIR (0700) gets in.
 */
#ifndef DUOSIM_SIM_SOCKET_H
#define DUOSIM_SIM_SOCKET_H

#include <stdbool.h>
#include <stdio.h>

#include "codecs/base/fault.h"
#include "tools/duosim/sim.h"

struct sim_socket;

/* Listens on DIR/duosim.sock. FAULT_CONFIG: the path is too long, or somebody does already. */
bool sim_socket_start(struct sim *sim, const struct sim_settings *settings,
                      struct sim_socket **socket, struct fault *fault) MUST_CHECK;
void sim_socket_stop(struct sim_socket *socket);

/* Every line of `in` to the stand-in in that folder, what it says to `out`. Goes on behind a
 * fault, which is told at once; the first one is returned. FAULT_DAEMON: it does not run. */
bool sim_socket_say(const struct sim_settings *settings, FILE *in, FILE *out,
                    struct fault *fault) MUST_CHECK;

#endif

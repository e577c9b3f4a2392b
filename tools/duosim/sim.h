/* sim -- a stand-in for DUO: its 38 operations, its rules and its notifications.
 *
 * In the program `duosim`, or inside a test, beside the gateways it plays with:
 *
 *     struct sim_settings settings = { 0 };
 *     sim_settings_read(folder, &settings, &fault);     duosim.ini, as `duosim init` makes it
 *     sim_start(&settings, &sim, &fault);               serves, notifies
 *     sim_command(sim, "today 2026-03-01", &says, &fault);
 *     sim_command(sim, "person {\"bsn\":\"999990019\",\"gemeentecode\":\"0141\",...}", ...);
 *     sim_command(sim, "move 999990019 0344 2026-03-01", ...);  SS120 or SS121 to the new one
 *     sim_command(sim, "wait 5000", ...);               until every notification was taken
 *     sim_stop(sim);
 *
 * tests/standin.h does the first two lines, with certificates, for a town of tests/town.h.
 * Commands are one line each; "help" lists them (sim_command.c holds the table). They are
 * given to the library as text, so a BSN in one is in nobody's arguments.
 *
 * One lock keeps the state, which is JSON (sim_state.h); no request waits for another but for
 * that. The rules are written from DUO's own words and share nothing with codecs/duo/regels:
 * two readings that disagree are worth a look. Neither the log nor a fault holds personal
 * data.
 */
#ifndef DUOSIM_SIM_H
#define DUOSIM_SIM_H

#include <stdbool.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "tools/duosim/sim_settings.h"

struct sim;

/* Reads the state (a missing file is an empty one), binds, starts the threads. *sim is the
 * caller's: sim_stop(). The caller installed mem and curl (mem_install, deliver_install).
 * FAULT_CONFIG, FAULT_DOCUMENT (the state). */
bool sim_start(const struct sim_settings *settings, struct sim **sim,
               struct fault *fault) MUST_CHECK;

/* Lets running requests be answered; the state is on disk behind it. NULL is fine. */
void sim_stop(struct sim *sim);

int sim_port(const struct sim *sim); /* the one it listens on, also when settings said 0 */

/* Does what the line says and appends what there is to tell (lines of text, or one of JSON).
 * From any thread. FAULT_USAGE (unknown command, wrong words), FAULT_UNKNOWN (no such person),
 * FAULT_DOCUMENT (not the JSON that is wanted), FAULT_NEGATIVE (`wait` waited in vain). */
bool sim_command(struct sim *sim, const char *line, struct buf *says,
                 struct fault *fault) MUST_CHECK;

#endif

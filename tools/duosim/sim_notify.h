/* sim_notify -- one thread that tells municipalities what happened, until they say 201.
 *
 * The list is in the state (sim_event.h): the first that is due is sent, by libcurl over TLS
 * with both certificates, always under its own berichtId; in between the thread writes a
 * changed state to disk. A municipality without an address is not told.
 */
#ifndef DUOSIM_SIM_NOTIFY_H
#define DUOSIM_SIM_NOTIFY_H

#include <stdbool.h>

#include "codecs/base/fault.h"

struct sim;
struct sim_notify;

struct sim_notify *sim_notify_start(struct sim *sim);
void sim_notify_stop(
    struct sim_notify *notify); /* lets a running exchange end; NULL is fine */

/* Something changed. With the lock of the sim held. */
void sim_notify_wake(struct sim_notify *notify);

/* Until nothing is left to tell, at most so long. FAULT_NEGATIVE: there is. */
bool sim_notify_wait(struct sim_notify *notify, long milliseconds,
                     struct fault *fault) MUST_CHECK;

#endif

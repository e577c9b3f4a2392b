/* afloop -- handovers that ended without what they were begun for: no dossier came, or ours
 * was not taken over.
 *
 * An end is told to whoever looks at the handover, but nobody looks at what has ended: so it
 * is a taak of a person, who asks elsewhere, sends again or calls. None is needed where it
 * goes on by itself (`verhuisd` is asked on, the person has a newer handover), where nothing
 * is lost (`dubbel`), or where a person here decided it.
 */
#ifndef GATEWAY_AFLOOP_H
#define GATEWAY_AFLOOP_H

#include <stdbool.h>
#include <time.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Inside a transaction. */
bool afloop_now(sqlite3 *db, const struct keys *keys, time_t now,
                struct fault *fault) MUST_CHECK;

bool afloop_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

/* pip_taak -- the weeks within which a new resident must have a PIP.
 *
 * [regels] pip_weken from the day of settlement, whatever became of the dossier: the term is
 * the law's, not the handover's. Three weeks before its end it becomes a taak, which closes
 * when DUO took a PIP of ours, or when a person closes it.
 */
#ifndef GATEWAY_PIP_TAAK_H
#define GATEWAY_PIP_TAAK_H

#include <stdbool.h>
#include <time.h>

#include <sqlite3.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Inside a transaction. */
bool pip_taak_now(sqlite3 *db, const struct keys *keys, int weken, time_t now,
                  struct fault *fault) MUST_CHECK;

bool pip_taak_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

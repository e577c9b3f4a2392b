/* aflevering_run -- delivers what waits for our own system: into a folder, or to a command.
 *
 * A command ([aflevering] commando) gets the dossier on its standard input and as arguments
 * the ids of handover and message; exit 0: it has it. It may get one twice (a crash in
 * between) and knows it again by the message id. A notice has "ingetrokken" for a message and
 * no input.
 *
 * What fails is tried again with the waits of every delivery; after a few times a taak says
 * so, after an hour an alarm.
 */
#ifndef GATEWAY_AFLEVERING_RUN_H
#define GATEWAY_AFLEVERING_RUN_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

bool aflevering_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

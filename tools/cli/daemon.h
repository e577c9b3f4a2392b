/* daemon -- the daemon of this home: where it listens, asked once, told to read anew. */
#ifndef CLI_DAEMON_H
#define CLI_DAEMON_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"
#include "tools/cli/client.h"

/* For the commands that ask more than one thing: client_close() it. FAULT_DAEMON when it does
 * not run, FAULT_CONFIG when the home is not in order. */
bool daemon_open(const struct cli *cli, struct client **client,
                 struct fault *fault) MUST_CHECK;

/* Opens, asks and closes. `arguments` are taken over; *result is the caller's. */
bool daemon_ask(const struct cli *cli, const char *name, json_t *arguments, int seconds,
                json_t **result, struct fault *fault) MUST_CHECK;

/* A running daemon shall read trust and certificates again; without one nothing happens.
 * Failure is told on stderr, not returned: what was written is in order. */
void daemon_reload(const struct cli *cli);

#endif

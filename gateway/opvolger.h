/* opvolger -- who answers today for a municipality that may have merged.
 *
 * The table (peers/gemeente.h) knows of mergers before their day comes. Until then each of the
 * municipalities is asked as before; from that day on the successor is, also by who knows only
 * the old code or name. What is under way goes on with the gateway that it began with.
 */
#ifndef GATEWAY_OPVOLGER_H
#define GATEWAY_OPVOLGER_H

#include <stdbool.h>

/* By our clock: the same code while it exists, or when the table does not know it. */
const char *opvolger_now(const char *code);

/* Are a code and a code or name the same municipality, today? */
bool opvolger_is(const char *code, const char *asked);

#endif

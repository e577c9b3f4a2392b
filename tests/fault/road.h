/* road -- two towns that run, and the proxy on the road from the one to the other.
 *
 * The sender's card of the receiver points at the proxy.
 */
#ifndef TESTS_FAULT_ROAD_H
#define TESTS_FAULT_ROAD_H

#include "tests/fault/proxy.h"
#include "tests/town.h"

#define ROAD_SECONDS 60 /* longest wait for anything: a limit, not a pause */

extern struct town ROAD_FROM, ROAD_TO;
extern struct proxy *ROAD_PROXY;

/* Group fixtures of cmocka; the second prints the table of toll.h. */
int road_build(void **state);
int road_remove(void **state);

/* Registers the receiver anew with the sender, at this address. NULL: the proxy's. */
void road_point(const char *endpoint);
/* An honest road to the receiver itself, on new connections. */
void road_mend(void);

/* Waits until the one row of that handover in the outbox is so ("state = 'queued'"). */
void road_await(const char *overdracht, const char *condition);
/* Tries it now, whatever the clocks say. */
void road_retry(const char *overdracht);

#endif

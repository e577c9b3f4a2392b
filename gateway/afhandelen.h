/* afhandelen -- what a person must settle with DUO, found in the store: the list of the
 * municipality that was left before its dossier goes (relocation 7.5), and reports that DUO
 * refused.
 *
 * Who registers a PIP after us closes the door: MAP and PVT can only be told by the
 * municipality of the current PIP (MAP-2), and a month later DUO answers us no more (SCOPE-6).
 */
#ifndef GATEWAY_AFHANDELEN_H
#define GATEWAY_AFHANDELEN_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Each handover in which our dossier is asked for and that has no such taak yet: SS122 may
 * have opened one before there was a handover, which then is the one. With a day once it is
 * known when our access ends. */
bool afhandelen_eerst(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* Each report that DUO refused, or that was not taken in time: a taak with DUO's own words. */
bool afhandelen_geweigerd(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

/* doorverwijzing -- the forward pointer: who asks for somebody whom another municipality has
 * taken over from us hears where they went, without a person having to look.
 *
 * Only when our newest handover of that person ended overgenomen, by another municipality than
 * the one that asks, and nothing came back to us since. Never about somebody on the block
 * list. [overdracht] doorverwijzen = nee leaves every request to a person.
 */
#ifndef GATEWAY_DOORVERWIJZING_H
#define GATEWAY_DOORVERWIJZING_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Answers what waits, each request once. Called by the mover. */
bool doorverwijzing_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

/* verhuizing -- what DUO's notifications begin: a handover, its queries, and the request.
 *
 *   notification of a move --> gesignaleerd, with DUO's answers asked for, in order
 *     answers are there    --> whom to ask (wie_vragen.h) --> verzocht
 *                          \-> a taak for a person, or nobody is to be asked: verlopen
 *
 * One person has one open handover here, whatever DUO sends. Each step is one transaction and
 * looks first whether it was done: what the store says is all there is, so that a restart goes
 * on where it was.
 */
#ifndef GATEWAY_VERHUIZING_H
#define GATEWAY_VERHUIZING_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

/* Each notification that was not dealt with, oldest first. */
bool verhuizing_notificaties(struct gateway *gateway, struct fault *fault) MUST_CHECK;

/* Each signalled handover that DUO's answers are there for: asks, or says why not. */
bool verhuizing_vragen(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

/* duo_outcome -- what an answer of DUO means for the row of the outbox that it answers.
 *
 * RULES in duo_outcome.c is the whole of it: status, whether DUO gave words, and what was
 * asked. Only a status that DUO's specification declares for the operation settles anything;
 * whatever else comes is tried again, since we cannot know what it means.
 */
#ifndef GATEWAY_DUO_OUTCOME_H
#define GATEWAY_DUO_OUTCOME_H

#include <stdbool.h>

#include "codecs/duo/operation.h"

enum duo_settling {
    DUO_AGAIN,     /* says nothing: try again */
    DUO_PATIENT,   /* not ours, says DUO, which may lag behind a move: for some days again */
    DUO_DELIVERED, /* done, or told */
    DUO_REFUSED,   /* DUO says no, and will say so again */
};

struct duo_outcome {
    enum duo_settling settling;
    const char *says; /* for the operator: no personal data; "" when there is nothing to say */
};

/* Does it only ask? Else it is a report: it changes something at DUO. */
bool duo_outcome_is_query(const struct duo_operation *operation);

struct duo_outcome duo_outcome_of(const struct duo_operation *operation, int status,
                                  bool words);

#endif

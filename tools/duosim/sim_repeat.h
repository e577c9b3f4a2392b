/* sim_repeat -- the same report again, under the same berichtId, gets the same answer.
 *
 * A kindness: DUO does not say that it does this. Only reports that were carried out are
 * remembered, so that one refused or failed is judged anew, and only the last thousand or so,
 * until a restart.
 */
#ifndef DUOSIM_SIM_REPEAT_H
#define DUOSIM_SIM_REPEAT_H

#include <stdbool.h>

#include "gateway/listen.h"

struct sim_repeats;

enum sim_repeat { SIM_REPEAT_NEW, SIM_REPEAT_SAME, SIM_REPEAT_OTHER };

struct sim_repeats *sim_repeat_create(void);
void sim_repeat_destroy(struct sim_repeats *repeats);

/* SAME: the answer is filled in. OTHER: the id was used for another request. */
enum sim_repeat sim_repeat_find(struct sim_repeats *repeats,
                                const struct listen_request *request,
                                struct listen_answer *answer);
void sim_repeat_remember(struct sim_repeats *repeats, const struct listen_request *request,
                         const struct listen_answer *answer);

#endif

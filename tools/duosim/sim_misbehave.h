/* sim_misbehave -- what a far service does wrong, on command: a row each.
 *
 *   BEFORE    the request waits                   AFTER   it is done, then its answer is
 * spoilt INSTEAD   the request is not looked at        NOTIFY  a notification is bent, once
 *
 * `misbehave NAME [NUMBER] [for N] [on OPERATION]`: until `clear`, or for the next N requests,
 * of one operation or of all (NOTIFY: notifications).
 */
#ifndef DUOSIM_SIM_MISBEHAVE_H
#define DUOSIM_SIM_MISBEHAVE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "codecs/duo/operation.h"
#include "gateway/listen.h"

#define SIM_MISDEEDS_MAX 32

enum sim_when { SIM_BEFORE, SIM_INSTEAD, SIM_AFTER, SIM_NOTIFY };

struct sim_misdeed {
    const char *name;
    enum sim_when when;
    long number; /* when none is given */
    const char *tells;
    void (*spoil)(struct listen_answer *answer, long number); /* INSTEAD, AFTER */
    void (*bend)(json_t *notification, long number);          /* NOTIFY */
};

/* How many are left (-1: for ever), with what number, and of which operation (NULL: all). */
struct sim_misdeed_set {
    long left, number;
    const struct duo_operation *only;
};

struct sim_misdeeds {
    struct sim_misdeed_set row[SIM_MISDEEDS_MAX]; /* as in the table */
};

/* NULL behind the last. */
const struct sim_misdeed *sim_misbehave_at(size_t index);

/* number -1: the row's own. FAULT_USAGE. */
bool sim_misbehave_set(struct sim_misdeeds *misdeeds, const char *name,
                       const struct sim_misdeed_set *set, struct fault *fault) MUST_CHECK;
void sim_misbehave_clear(struct sim_misdeeds *misdeeds);

/* Takes one of what is set for that moment and operation (NULL: none of DUO's), each at most
 * once; `taken` gets them. */
void sim_misbehave_take(struct sim_misdeeds *misdeeds, enum sim_when when,
                        const struct duo_operation *operation, struct sim_misdeeds *taken);
/* How long a request waits first, in milliseconds. */
long sim_misbehave_delay(const struct sim_misdeeds *taken);
/* Does what was taken, in the order of the table; true: something was. */
bool sim_misbehave_spoil(const struct sim_misdeeds *taken, struct listen_answer *answer);
void sim_misbehave_bend(const struct sim_misdeeds *taken, json_t *notification);

#endif

/* crossing -- two municipalities as two stores, with the real meaning of every message: what
 * either may begin, what then happens by itself, one step at a time, and whether they agree.
 *
 * A message is queued, taken up, judged at the other side, and settled at its own; a receipt
 * may be lost, the life of a request or a dossier may end before one came. Anything that goes
 * wrong fails the test and tells the trail that led to it.
 */
#ifndef TESTS_GATEWAY_CROSSING_H
#define TESTS_GATEWAY_CROSSING_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/gateway/handover.h"

enum side { OLD, NEW };
extern sqlite3 *dbs[2];

#define MESSAGES_MAX 24
extern struct message {
    struct kop kop;
    xmlDoc *content;
    enum side from;
    bool judged, good; /* at the other side; and what it said */
    char says[256];
    int made, judged_at; /* steps */
} messages[MESSAGES_MAX];
extern int message_count, step;

/* How it came about. */
#define TRAIL_SIZE 4000
extern char trail[TRAIL_SIZE];
void leave_trail(const char *what, const char *which);
void must(bool good);

/* What somebody may begin; false: not as things stand, and nothing was done. */
bool sends(void), supplements(void), rejects(void), old_withdraws(void);
bool asks(void), accepts(void), refuses(void), returns(void), new_withdraws(void);
#define ACT_COUNT 9
extern const struct act {
    const char *name;
    bool (*run)(void);
} ACTS[ACT_COUNT];

/* The nth thing that may happen by itself, if it may now. What goes wrong does so once: *luck
 * tells what has not yet. */
#define LANES 3 /* messages of one side that may be under way at once */
#define HAPPEN_COUNT (5 + 3 * 2 * LANES)
enum luck { MAY_LOSE = 1, MAY_EXPIRE = 2 };
bool happens(int nth, unsigned *luck);

/* Nothing is under way: every handover stands at both sides where it must, with one reason. */
void expect_agreement(void);
/* Nobody does anything any more: what is open ends, at both sides. */
void time_passes(void);
void expect_every_end(void); /* each that is agreed upon was seen */

#endif

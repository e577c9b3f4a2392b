/* standin -- a DUO for tests: tools/duosim in this process, beside the towns of town.h.
 *
 *     static struct standin duo = { .oin = "00000004000000044000" };
 *
 *     town_build(&almelo); town_build(&utrecht);
 *     standin_build(&duo);
 *     standin_serve(&duo, &almelo); standin_serve(&duo, &utrecht);
 *     standin_start(&duo);
 *     town_start(&almelo); ...
 *     standin_say(&duo, "today 2026-03-01");
 *     standin_say(&duo, "person {\"bsn\":\"999990019\", ...}");     tools/duosim/sim_state.h
 *     standin_say(&duo, "move 999990019 0344 2026-02-20");
 *     standin_say(&duo, "wait 10000");                           the notifications were taken
 *
 * Anything that goes wrong aborts.
 */
#ifndef TESTS_STANDIN_H
#define TESTS_STANDIN_H

#include "tests/pki.h"
#include "tests/town.h"
#include "tools/duosim/sim.h"

struct standin {
    const char *oin;
    char folder[64];
    struct pki *pki; /* its root, which a town has in HOME/duo-trust */
    struct sim_settings settings;
    struct sim *sim;
    char *said; /* by standin_say() */
};

/* Certificate, key and folder. Listens on a port that is settled now. */
void standin_build(struct standin *standin);
/* A built town: trust both ways, the town's [duo] settings with a port for notifications, and
 * the town among the municipalities of the stand-in. Before standin_start(). */
void standin_serve(struct standin *standin, struct town *town);
/* A municipality without a gateway, such as a test that speaks for it: its root is trusted. */
void standin_know(struct standin *standin, const char *code, const char *oin, struct pki *pki,
                  const char *url);
void standin_start(struct standin *standin);

/* What the command answers; until the next call. */
const char *standin_say(struct standin *standin, const char *line);

void standin_stop(struct standin *standin); /* the folder stays; may be started again */
void standin_remove(struct standin *standin);

#endif

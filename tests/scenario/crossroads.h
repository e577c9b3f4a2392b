/* crossroads -- the towns of asking.h with a proxy on the roads between OUD and NIEUW, and
 * what their caseworkers do: so that two acts can be made to cross in the order that is
 * wanted.
 *
 *   hold()        nothing was tried to be sent yet (asking.h)
 *   road_close()  it was tried, and did not arrive
 *   road_stall()  it is being sent, and no answer comes
 *   deaf_begin()  it arrives, and every receipt is lost on its way back
 *
 * Anything that goes wrong fails the test.
 */
#ifndef TESTS_SCENARIO_CROSSROADS_H
#define TESTS_SCENARIO_CROSSROADS_H

#include "tests/scenario/asking.h"

/* Of the group, and of each test: instead of those of asking.h. */
int crossroads_start(void **state);
int crossroads_stop(void **state);
int crossroads_fresh(void **state);

/* What `from` (OUD or NIEUW) sends to the other of both. */
void road_close(struct town *from);
void road_stall(struct town *from);
void road_open(struct town *from); /* and what waited goes now */

/* OUD or NIEUW takes in what comes, does nothing else, and no receipt of it arrives. Ends with
 * a restart. */
void deaf_begin(struct town *town);
void deaf_end(void);

/* What `from` has queued has been tried, and waits still. */
void await_tried(struct town *from, const char *soort);
/* Released, and everything it had to say was said. */
void goes(struct town *from);
/* The life of its messages that wait is over. */
void expires(struct town *from);

/* What follows from how it stands was done: tasks, terms. */
void rests(struct town *town);

/* What people do. The id of the handover is copied, or the message's when it is refused. */
void sends(struct town *to, char overdracht[UUID_SIZE]); /* OUD, the sample, unasked or not */
void asks_for(struct town *asker, char overdracht[UUID_SIZE]); /* of OUD; need not arrive */
void accepts(struct town *town, const char *overdracht);
void refuses(const char *overdracht, const char *code, const char *parts); /* NIEUW */
void withdraws(struct town *town, const char *overdracht, const char *code);
void supplements(const char *overdracht); /* OUD, with another telephone number */

/* A dossier of OUD that came to NIEUW, and OUD knows it; a request of NIEUW likewise. */
void hand_in(char overdracht[UUID_SIZE]);
void ask_for_it(char overdracht[UUID_SIZE]);

/* When nothing is under way any more, OUD and the other stand so: state, and a LIKE of the
 * reason. */
struct stands {
    const char *state, *reden;
};
void expect_both(struct town *other, const char *overdracht, struct stands old,
                 struct stands new);

#endif

/* asking -- three towns that ask each other for the dossier of the sample's person, and what
 * tests look at meanwhile. Each test begins with nothing open.
 *
 * Anything that goes wrong fails the test.
 */
#ifndef TESTS_SCENARIO_ASKING_H
#define TESTS_SCENARIO_ASKING_H

#include "tests/town.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */
#define BSN "999900031"
#define VNUMMER "0099991234"

extern struct town *const OUD, *const NIEUW, *const DERDE; /* 0344, 0310, 0363 */
extern struct fault fault;

/* Of the group; and of each test: what came before is about nobody any more. */
int asking_start(void **state);
int asking_stop(void **state);
int asking_fresh(void **state);
#define FRESH(test) cmocka_unit_test_setup(test, asking_fresh)

/* One request of the bus; the result is the caller's. `arguments` are taken. */
json_t *ask(struct town *town, call_handler *handler, json_t *arguments);
void expect_no(struct town *town, call_handler *handler, json_t *arguments,
               enum fault_code code, const char *says);
const char *text_of(const json_t *object, const char *name);

/* NIEUW asks `town` (or what the arguments say) and the handover's id is copied. */
json_t *asks(struct town *asker, const char *gemeente);
void request(struct town *asker, struct town *town, char overdracht[UUID_SIZE]);
/* `town` refuses what is asked; where to or when, "" for neither. */
void reject(struct town *town, const char *overdracht, const char *code, const char *brings);
json_t *rejection(const char *overdracht, const char *code, const char *brings,
                  const char *text);

/* The sample with its BSN replaced by `identity` (NULL: as it is), through the bus. The result
 * is the caller's; NULL with the fault. */
json_t *send_sample(struct town *town, struct town *to, const char *identity,
                    const char *reply_to);

/* Waits until one row of that handover is so ("state = 'delivered'"); or until the handover
 * has that state and reason. */
void await(struct town *town, const char *table, const char *overdracht,
           const char *condition);
void await_state(struct town *town, const char *overdracht, const char *state,
                 const char *reden);

/* Nothing goes to anybody until it is released. */
void hold(struct town *town);
void release(struct town *town);

/* Handovers about the person now, in whatever state. */
int64_t handovers(struct town *town);

#endif

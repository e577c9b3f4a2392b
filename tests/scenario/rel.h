/* rel -- three municipalities and a stand-in for DUO, and somebody who moves between them.
 *
 * Each test has a person of its own, so that the towns can be built once: rel_person() makes
 * one that DUO knows as a resident of Utrecht with a Z-route PIP, as the dossier of
 * rel_dossier() says. Anything that goes wrong while building aborts, while waiting fails.
 */
#ifndef TESTS_SCENARIO_REL_H
#define TESTS_SCENARIO_REL_H

#include <jansson.h>

#include "tests/standin.h"
#include "tests/town.h"

extern struct town *const UTRECHT, *const AMERSFOORT, *const ALMELO; /* 0344, 0307, 0141 */
extern struct standin rel_duo;

#define UTRECHT_CODE "0344"
#define AMERSFOORT_CODE "0307"
#define ALMELO_CODE "0141"
#define TODAY "2026-11-26" /* at DUO; our own clock is the machine's */
#define MOVED "2026-11-20"
#define TOKEN_PIP "2025-03-10" /* dagtekening of Utrecht's newest */

/* More lines of everybody's estafette.ini, before rel_start(); NULL: none. */
extern const char *rel_settings;

/* Of a group of tests, one after another: Utrecht, Amersfoort and Almelo run, know each other
 * and DUO. */
int rel_start(void **state);
int rel_stop(void **state);

/* The next person; returns the BSN, which DUO knows. With a member as `set` of the stand-in
 * takes it ("pips", "-" for none) */
const char *rel_person(void);
void rel_set(const char *bsn, const char *member, const char *json);
void rel_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* DUO learns that the person settles there, and the notifications were taken. */
void rel_move(const char *bsn, const char *code);

/* The handover of that person that is in this state, at that town, waited for; "" with a fault
 * in the test when there is none in time. */
const char *rel_await(struct town *town, const char *bsn, const char *condition);
/* How many handovers, tasks, ... the query counts where %s is the person's index as x'..'. */
int64_t rel_count(struct town *town, const char *bsn, const char *query);
void rel_await_count(struct town *town, const char *bsn, const char *query, int64_t expected);

/* Utrecht's dossier of the person with one thing changed ("" and "": nothing). The caller's.
 */
char *rel_dossier(const char *bsn, const char *from, const char *to);
/* The town answers what is asked in that handover. */
void rel_answer(struct town *town, const char *overdracht, const char *to,
                const char *dossier);

/* One request; fails the test when it does not succeed. The caller's. */
json_t *rel_ask(struct town *town, call_handler *handler, json_t *arguments);
/* Hands a file over as a client does. */
void rel_upload(struct town *town, const char *text, char file[UUID_SIZE]);

/* The texts of the tasks of a handover, one a line: "soort: tekst". The caller's. */
char *rel_taken(struct town *town, const char *overdracht);

#endif

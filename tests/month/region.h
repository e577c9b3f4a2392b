/* region -- five municipalities and a stand-in for DUO, all in this process, under one clock
 * that leaps (leap.h).
 *
 * Time stands (nearly) still while there is something to do: region_settle() waits until all
 * that is due has been done, everywhere; then the clock may leap. Anything that goes wrong
 * while building aborts.
 */
#ifndef TESTS_MONTH_REGION_H
#define TESTS_MONTH_REGION_H

#include <jansson.h>

#include "tests/month/leap.h"
#include "tests/standin.h"
#include "tests/town.h"

#define TOWNS 5
#define NOWHERE (-1)

/* Each has a municipality that merged into it years ago, whose code DUO may still name. */
extern struct town region_towns[TOWNS];
extern const char *const REGION_MERGED[TOWNS];
extern struct standin region_duo;

void region_start(void);
void region_stop(void);

/* The daemon of that town stops, and starts again. */
void region_restart(int town);

int region_by_code(const char *code); /* NOWHERE */

/* Waits until nothing is due anywhere: no message, no notification, no look of a mover. Ends
 * the program with a line when that takes longer than a limit. */
void region_settle(void);
/* To that moment; whoever waits for a time looks anew, as the daemons do by themselves. */
void region_leap(time_t moment);

/* One request over the local bus; NULL with the fault. The arguments are taken. */
json_t *region_ask(int town, call_handler *handler, json_t *arguments, struct fault *fault);
/* A file, as a client hands it over. */
void region_upload(int town, const char *text, char file[UUID_SIZE]);
/* DUO is told something. */
const char *region_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Rows of a query of text columns: [[text, ...], ...]. The caller's. */
json_t *region_rows(int town, const char *query);

#endif

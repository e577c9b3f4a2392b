/* supply -- the client systems of three of the towns: one leaves the dossiers that are asked
 * for in a folder, and a person releases them; one has a program that writes them, and they go
 * by themselves; one gets what was received as folders of files.
 */
#ifndef TESTS_MONTH_SUPPLY_H
#define TESTS_MONTH_SUPPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/month/people.h"

#define SUPPLY_FOLDER 0
#define SUPPLY_PROGRAM 1
#define SUPPLY_TAKES 2

/* First of all, before there is a thread: what runs the program. */
void supply_begin(void);
/* More lines of estafette.ini for a town that was built; the program is written. */
void supply_configure(int town, struct buf *ini);
/* From now on what the program writes goes by itself. */
void supply_allow(void);
void supply_end(void);

/* What the program knows is as it is in the cupboard. */
void supply_fill(void);

/* A dossier that is asked for: does the client system see to it? If not a person sends it. */
bool supply_sees_to(int town, const struct person *person, const char *overdracht);

/* A line for each thing that is not as it must be: what was supplied and not settled, what was
 * not delivered exactly once. `complain` counts. */
typedef void supply_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void supply_check(supply_complain *complain);
/* How much went by each of the three ways. */
void supply_report(void);

#endif

/* pairs -- the handovers of all towns, each with its other half in the other town. */
#ifndef TESTS_MONTH_PAIRS_H
#define TESTS_MONTH_PAIRS_H

#include <stdbool.h>

#include <jansson.h>

/* Columns of a row. */
enum { PAIRS_ID, PAIRS_ROL, PAIRS_STATE, PAIRS_PEER, PAIRS_REDEN, PAIRS_INDEX };
const char *pairs_column(const json_t *row, size_t index);

/* As they stand now. */
void pairs_read(void);
/* {id: row}, as they were read; borrowed. */
json_t *pairs_of(int town);
/* At the other side, also under another id; NULL: there is none. */
const json_t *pairs_other(int town, const json_t *row);

bool pairs_ended(const char *state);
int pairs_town(const char *oin); /* NOWHERE */
/* Of the person with that index there: for who reads what is wrong. */
const char *pairs_story(int town, const char *index);

/* {first column: row} of a query of texts; the caller's. */
json_t *pairs_rows(int town, const char *query);

#endif

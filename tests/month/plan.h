/* plan -- what happens to whom in the month: a table of stories, each with what DUO knows,
 * what begins it, what happens later, and how the desks are to answer. */
#ifndef TESTS_MONTH_PLAN_H
#define TESTS_MONTH_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "tests/month/people.h"

#define PLAN_DAYS 31

/* How the municipality that has the dossier answers when it is asked. */
enum plan_answer {
    PLAN_SENDS,
    PLAN_FOLLOWS,  /* in-behandeling first, the dossier days later */
    PLAN_HAS_NONE, /* geen-dossier */
    PLAN_BLOCKS,   /* blokkade: call us */
    PLAN_SAYS_NOTHING
};

/* How the municipality that receives it judges. */
enum plan_verdict {
    PLAN_TAKES,
    PLAN_RETURNS,  /* onvolledig, once */
    PLAN_WRONG,    /* it is about somebody else */
    PLAN_UNDECIDED /* nobody gets to it, ever */
};

struct story {
    const char *name, *tells;
    int weight; /* 0: left out; `tells` says why */
    void (*duo)(const struct person *person);
    void (*begins)(struct person *person);
    int later;                              /* days */
    void (*goes_on)(struct person *person); /* NULL: it does not */
    enum plan_answer answer;
    enum plan_verdict verdict;
};

extern const struct story PLAN_STORIES[]; /* ends with name NULL */

/* Gives everybody a story, towns and a day. */
void plan_make(uint64_t seed);
/* What happens on that day; also behind the month, when stories go on. */
void plan_day(int day);

#endif

/* tasks -- the work list on the command line: what a person must do, in whole sentences. */
#ifndef CLI_TASKS_H
#define CLI_TASKS_H

#include <stdbool.h>
#include <stdio.h>

#include "tools/cli/cli.h"

#define TASKS_SUMMARY                                                                         \
    "What waits for a person: of all handovers, or of one with what was done before. Each\n"  \
    "says what is the matter, what to do, and by when."
#define TASKS_EXAMPLES                                                                        \
    "  estafette overdracht tasks\n"                                                          \
    "  estafette overdracht tasks 0193e2b4\n"

/* The verbs `tasks` and `done` of overdracht. */
bool tasks_list(const struct cli *cli, const struct arguments *arguments, struct fault *fault);
bool tasks_done(const struct cli *cli, const struct arguments *arguments, struct fault *fault);

/* The tasks of an answer, those that are open or all; nothing when there are none. */
void tasks_print(FILE *out, const json_t *taken, bool all);

#endif

/* help -- the usage texts, printed from the tables of the commands. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

#include "tools/cli/cli.h"

void help_all(FILE *out, const struct command *const *commands);
void help_command(FILE *out, const struct command *command);
void help_verb(FILE *out, const struct command *command, const struct verb *verb);

#endif

/* duo_rules -- DUO's own rules, as a list, one of them, or the table of docs/duo-rules.md. */
#ifndef CLI_DUO_RULES_H
#define CLI_DUO_RULES_H

#include <stdbool.h>

#include "tools/cli/cli.h"

/* The verb `duo rules [ID] [--markdown]`. FAULT_UNKNOWN. */
bool duo_rules(const struct cli *cli, const struct arguments *arguments,
               struct fault *fault) MUST_CHECK;

#endif

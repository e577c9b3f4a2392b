/* overview -- `overdracht list`: where every handover is, or only those that wait, that are
 * mine, or of one household; who moves together stands together. */
#ifndef CLI_OVERVIEW_H
#define CLI_OVERVIEW_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* clang-format off */
/* For the table of verbs. */
#define OVERVIEW_USAGE "[--attention] [--mine | --assigned USER] [--household ID]"
#define OVERVIEW_SUMMARY                                                                    \
    "Every handover, the newest first: state, person, role, peer and who sees to it. Those\n" \
    "of one household stand next to each other, with a bracket in front (/ | \\); + is one\n" \
    "whose others are not in this list. --attention: only what must be done, who must do\n" \
    "what by when, late ones first; what waits for the other municipality or for DUO is in\n" \
    "it only when they are late. --mine: only what is assigned to the user you are,\n" \
    "--assigned: to another. --household: handover ID and those of the same household."
#define OVERVIEW_EXAMPLES                                                                   \
    "  estafette overdracht list --attention\n"                                             \
    "  estafette overdracht list --attention --mine\n"                                      \
    "  estafette overdracht list --household 0193e2b4\n"                                    \
    "  estafette --json overdracht list | jq '.overdrachten[] | select(.state == "          \
    "\"ontvangen\")'\n"
/* clang-format on */
extern const char *const OVERVIEW_OPTIONS[];

/* The verb `overdracht list`. */
bool overview_overdracht(const struct cli *cli, const struct arguments *arguments,
                         struct fault *fault) MUST_CHECK;

#endif

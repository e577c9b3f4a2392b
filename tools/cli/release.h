/* release -- a dossier that our own system supplied: looked at, and let go. */
#ifndef CLI_RELEASE_H
#define CLI_RELEASE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* For the table of verbs. */
#define RELEASE_USAGE "ID [--dry-run]"
#define RELEASE_SUMMARY                                                                       \
    "Sends the dossier that our own system supplied for a request and that waits for a\n"     \
    "person. --dry-run shows what would leave, and to whom; nothing leaves."
#define RELEASE_EXAMPLES                                                                      \
    "  estafette overdracht release 0193e2b4 --dry-run\n"                                     \
    "  estafette overdracht release 0193e2b4\n"
extern const char *const RELEASE_OPTIONS[];

/* The verb `overdracht release`. */
bool release_overdracht(const struct cli *cli, const struct arguments *arguments,
                        struct fault *fault) MUST_CHECK;

#endif

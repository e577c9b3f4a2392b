/* supplement -- what was learned after a dossier had been sent goes after it, in the same
 * handover.
 */
#ifndef CLI_SUPPLEMENT_H
#define CLI_SUPPLEMENT_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/onderdelen.h"
#include "tools/cli/cli.h"

/* clang-format off */
#define SUPPLEMENT_PART(name) " " name
/* For the table of verbs. */
#define SUPPLEMENT_USAGE "ID FILE [--part NAME]... --text - [--document FILE]..."
#define SUPPLEMENT_SUMMARY                                                                  \
    "Sends the whole dossier as it is now to who has it already, also when they took it\n"  \
    "over; they see what is new. Without --part the parts that differ are named. Documents\n" \
    "that went along before need not be given again. The text (what is new, and why) is\n" \
    "personal data: it is read from standard input, or typed when asked for."
#define SUPPLEMENT_EXAMPLES                                                                 \
    "  estafette overdracht supplement 0193e2b4 dossier.xml --text - < waarom.txt\n"        \
    "  estafette overdracht supplement 0193e2b4 dossier.xml --part voortgang --text - "     \
    "< waarom.txt\n"                                                                        \
    "\nParts:\n " ONDERDELEN_LIST(SUPPLEMENT_PART) "\n"
/* clang-format on */

extern const char *const SUPPLEMENT_OPTIONS[];

/* The verb `overdracht supplement`. */
bool supplement_overdracht(const struct cli *cli, const struct arguments *arguments,
                           struct fault *fault) MUST_CHECK;

#endif

/* withdraw -- what was sent in error is taken back: a dossier, or a request for one. */
#ifndef CLI_WITHDRAW_H
#define CLI_WITHDRAW_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/intrekking.h"
#include "tools/cli/cli.h"

/* clang-format off */
#define WITHDRAW_CODE(name, text, wrong, action) "  " name "\n      " wrong "\n"
/* For the table of verbs. */
#define WITHDRAW_USAGE "ID --code CODE [--text -] [--dry-run]"
#define WITHDRAW_SUMMARY                                                                    \
    "Takes back a dossier that was sent in error, also after it was taken over: the other\n" \
    "side deletes it and confirms; or a request for one, as long as nothing came. What has\n" \
    "not left yet is cancelled instead. --dry-run tells what would happen. A text is\n"     \
    "personal data: it is read from standard input, or typed when asked for."
#define WITHDRAW_EXAMPLES                                                                   \
    "  estafette overdracht withdraw 0193e2b4 --code verkeerde-persoon --dry-run\n"         \
    "  estafette overdracht withdraw 0193e2b4 --code anders --text - < waarom.txt\n"        \
    "\nCodes:\n" INTREKKING_CODE_LIST(WITHDRAW_CODE)
/* clang-format on */

extern const char *const WITHDRAW_OPTIONS[];

/* The verb `overdracht withdraw`. FAULT_USAGE names the codes. */
bool withdraw_overdracht(const struct cli *cli, const struct arguments *arguments,
                         struct fault *fault) MUST_CHECK;

#endif

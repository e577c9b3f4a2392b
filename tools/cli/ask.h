/* ask -- the dossier of somebody who settled here is asked of another municipality. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/dossierverzoek.h"
#include "tools/cli/cli.h"

/* clang-format off */
#define ASK_GROND(name, meaning) "  " name "\n      " meaning "\n"
/* For the table of verbs. */
#define ASK_USAGE                                                                           \
    "(--bsn - | --vnummer -) --from GEMEENTE [--reason R] [--settled DATE]\n"                 \
    "      [--pip ja|nee] [--for GEMEENTECODE] [--text -]"
#define ASK_SUMMARY                                                                         \
    "Asks another municipality for the dossier of somebody who settled here. Who it is, is\n" \
    "read from standard input: a line for the number, with --text - the words behind it.\n"  \
    "Asked again while it is open, it is the same handover and nothing is sent. When they\n" \
    "refuse it as `verhuisd` it is asked on by itself."
#define ASK_EXAMPLES                                                                        \
    "  estafette overdracht request --bsn - --from 0344 --settled 2026-11-02 < bsn.txt\n"   \
    "  estafette overdracht request --vnummer - --from Utrecht --reason COA\n"              \
    "  estafette overdracht request --bsn - --text - --from 0344 --reason anders < vraag\n" \
    "\nReasons (without one: BRP):\n" DOSSIERVERZOEK_GROND_LIST(ASK_GROND)
/* clang-format on */

extern const char *const ASK_OPTIONS[];

/* What --bsn, --vnummer and --text (each "-") say, from standard input, in that order: becomes
 * bsn, vnummer and text of `request`. */
bool ask_inputs(const struct arguments *arguments, json_t *request,
                struct fault *fault) MUST_CHECK;

/* The verb `overdracht request`. FAULT_USAGE never repeats a number. */
bool ask_overdracht(const struct cli *cli, const struct arguments *arguments,
                    struct fault *fault) MUST_CHECK;

#endif

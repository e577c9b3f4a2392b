/* refuse -- a received dossier is not taken over; the other municipality is told why. */
#ifndef CLI_REFUSE_H
#define CLI_REFUSE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "codecs/weigering.h"
#include "tools/cli/cli.h"

/* clang-format off */
#define REFUSE_CODE(name, parts, text, wrong, action) "  " name "\n      " wrong "\n"
#define REFUSE_PART(name) " " name
/* For the table of verbs. */
#define REFUSE_SUMMARY                                                                      \
    "Refuses a received dossier; the other municipality is told why. With `onvolledig` the " \
    "handover\nstays open for a new dossier. A text is personal data: it is read from "     \
    "standard input, or typed\nwhen asked for."
#define REFUSE_EXAMPLES                                                                     \
    "  estafette overdracht refuse 0193e2b4 --code geen-inwoner\n"                          \
    "  estafette overdracht refuse 0193e2b4 --code onvolledig --part pip --part voortgang\n" \
    "  estafette overdracht refuse 0193e2b4 --code anders --text - < waarom.txt\n"          \
    "\nCodes:\n" WEIGERING_CODE_LIST(REFUSE_CODE)                                           \
    "\nParts:\n " WEIGERING_PART_LIST(REFUSE_PART) "\n"
/* clang-format on */

/* The verb `overdracht refuse ID --code CODE [--part NAME]... [--text -]`. Not confirmed
 * first: code and parts were chosen. FAULT_USAGE names the codes, and the nearest to a wrong
 * one. */
bool refuse_overdracht(const struct cli *cli, const struct arguments *arguments,
                       struct fault *fault) MUST_CHECK;

#endif

/* refuse -- a received dossier is not taken over, or one that was asked for is not given; the
 * other municipality is told why. */
#ifndef CLI_REFUSE_H
#define CLI_REFUSE_H

#include <stdbool.h>

#include "codecs/afwijzing.h"
#include "codecs/base/fault.h"
#include "codecs/onderdelen.h"
#include "codecs/weigering.h"
#include "tools/cli/cli.h"

/* clang-format off */
#define REFUSE_CODE(name, parts, text, wrong, action) "  " name "\n      " wrong "\n"
#define REFUSE_REQUEST(name, brings, so, action) "  " name "\n      " so "\n"
#define REFUSE_PART(name) " " name
/* For the table of verbs. */
#define REFUSE_SUMMARY                                                                      \
    "Refuses a received dossier, or a request for one; the other municipality is told why.\n" \
    "With `onvolledig` and `in-behandeling` the handover stays open. A text is personal\n" \
    "data: it is read from standard input, or typed when asked for."
#define REFUSE_EXAMPLES                                                                     \
    "  estafette overdracht refuse 0193e2b4 --code geen-inwoner\n"                          \
    "  estafette overdracht refuse 0193e2b4 --code onvolledig --part pip --part voortgang\n" \
    "  estafette overdracht refuse 0193e2b4 --code anders --text - < waarom.txt\n"          \
    "  estafette overdracht refuse 0193e2b4 --code verhuisd --to Amersfoort\n"              \
    "  estafette overdracht refuse 0193e2b4 --code in-behandeling --expected 2026-12-01\n"  \
    "\nCodes for a dossier:\n" WEIGERING_CODE_LIST(REFUSE_CODE)                             \
    "\nParts:\n " ONDERDELEN_LIST(REFUSE_PART) "\n"                                    \
    "\nCodes for a request:\n" AFWIJZING_CODE_LIST(REFUSE_REQUEST)
/* clang-format on */

/* The verb `overdracht refuse ID --code CODE [--part NAME]... [--to GEMEENTE]
 * [--expected DATE] [--text -]`. Not confirmed first: code and parts were chosen. FAULT_USAGE
 * names the codes, and the nearest to a wrong one. */
bool refuse_overdracht(const struct cli *cli, const struct arguments *arguments,
                       struct fault *fault) MUST_CHECK;

#endif

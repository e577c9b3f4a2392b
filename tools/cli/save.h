/* save -- one handover as files: what was signed, what it says, and the receipt. */
#ifndef CLI_SAVE_H
#define CLI_SAVE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* The verb `overdracht save ID --out DIR`: bericht.xml, dossier.xml and dossier.html to read,
 * bericht.p7m (as it travelled) and, when there is one, ontvangstbevestiging.xml; mode 0600;
 * nothing is overwritten and nothing is written by halves: all is fetched before the first
 * file is made. */
bool save_overdracht(const struct cli *cli, const struct arguments *arguments,
                     struct fault *fault) MUST_CHECK;

#endif

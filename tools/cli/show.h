/* show -- a dossier as people read it: as text on the terminal, or as one page for a browser.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* The verb `dossier show FILE|ID [--html] [--out FILE]`. What it writes has mode 0600 and
 * overwrites nothing. */
bool show_dossier(const struct cli *cli, const struct arguments *arguments,
                  struct fault *fault) MUST_CHECK;

/* The dossier of a file or a handover, valid by schema, whatever the rules say. *doc is the
 * caller's. */
bool show_load(const struct cli *cli, const char *what, xmlDoc **doc,
               struct fault *fault) MUST_CHECK;

#endif

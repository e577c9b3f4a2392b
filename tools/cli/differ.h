/* differ -- what differs between two dossiers, or between one and DUO, as people and programs
 * want to read it. */
#ifndef CLI_DIFFER_H
#define CLI_DIFFER_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* Prints every difference. FAULT_NEGATIVE says how many there are. */
bool differ_dossiers(const struct cli *cli, const xmlNode *van, const xmlNode *naar,
                     struct fault *fault) MUST_CHECK;

/* The dossier against what it holds of DUO. FAULT_INPUT when that is nothing. */
bool differ_duo(const struct cli *cli, const xmlNode *dossier, struct fault *fault) MUST_CHECK;

#endif

/* duo_pull -- all that DUO tells about a person, asked one by one and shown as one.
 *
 * What cannot be read is named and left out; what came is shown all the same.
 */
#ifndef CLI_DUO_PULL_H
#define CLI_DUO_PULL_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* The verb `duo pull`; `only` NULL: everything. Prints Dutch text, with `xml` the element
 * gelezen of a dossier. FAULT_TEMPORARY when part could not be read, FAULT_REFUSED when DUO
 * says of all that it is not ours. */
bool duo_pull(const struct cli *cli, const char *bsn, const char *only, bool xml,
              struct fault *fault) MUST_CHECK;

/* Prints one answer to people: as Dutch text when it is about a person, else as JSON; with
 * DUO's words when it said no. */
bool duo_pull_print(const json_t *answer, struct fault *fault) MUST_CHECK;

#endif

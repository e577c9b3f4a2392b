/* duo_asked -- a person, an institution or a contact as the `duo` commands are given them.
 *
 * A BSN comes from standard input alone (personal.h). When the body of a report comes from
 * there too, the BSN is its first line and the body the rest.
 */
#ifndef CLI_DUO_ASKED_H
#define CLI_DUO_ASKED_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"
#include "codecs/duo/operation.h"
#include "tools/cli/cli.h"

/* The named operation; FAULT_USAGE with the list to look in. */
bool duo_asked_operation(const char *name, const struct duo_operation **operation,
                         struct fault *fault) MUST_CHECK;

/* {operation, bsn, instelling, nummer, body} out of --bsn, --instelling, --id and --body, as
 * far as given; the caller's. FAULT_USAGE names an option that the operation needs, or does
 * not take; never what was given. */
bool duo_asked_read(const struct arguments *arguments, const struct duo_operation *operation,
                    json_t **asked, struct fault *fault) MUST_CHECK;

#endif

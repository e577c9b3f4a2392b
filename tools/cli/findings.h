/* findings -- what is wrong with a dossier in a file, as people and programs want to read it.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* dossier_check() on the content of `file`; each finding is added to the array `findings` as
 * {line,path,rule,says}. The text of the fault opens with the file. */
bool findings_collect(const char *file, const struct buf *content, json_t *findings,
                      struct fault *fault) MUST_CHECK;

/* "FILE:LINE: path: rule: text", one per line. */
void findings_print(FILE *out, const char *file, const json_t *findings);

#endif

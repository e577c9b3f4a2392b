/* findings -- what is wrong with a dossier in a file, as people and programs want to read it.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* Holds the content of `file` against schema and rules, with the home's amounts and terms when
 * there is a home, else the law's. Each finding is added to the array `findings` as
 * {line,path,rule,severity,source,says,action,tekst,doen}. False when one refuses; the text of
 * the fault opens with the file. */
bool findings_collect(const struct cli *cli, const char *file, const struct buf *content,
                      json_t *findings, struct fault *fault) MUST_CHECK;

/* "FILE:LINE: path: rule: weigert: Dutch text; what to do", one per line; "let op" warns. */
void findings_print(FILE *out, const char *file, const json_t *findings);

#endif

/* preview -- what would leave and to whom, before anything leaves: --dry-run. */
#ifndef CLI_PREVIEW_H
#define CLI_PREVIEW_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* The answer to overdracht.preview, for people: receiver, documents, and the dossier as a
 * page. `content` is the file, for a dossier too large to come back. */
bool preview_print(const json_t *result, const struct buf *content,
                   struct fault *fault) MUST_CHECK;

/* The documents that go along, as a table; nothing when there are none. */
void preview_documents(const json_t *result);

#endif

/* onderdelen -- the parts of a dossier, as a message names them: what lacks, what is new.
 *
 * A set is bits: bit n is ONDERDELEN[n].
 */
#ifndef CODECS_ONDERDELEN_H
#define CODECS_ONDERDELEN_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* clang-format off */
#define ONDERDELEN_LIST(X)                                                                  \
    X("persoon") X("intake") X("pip") X("voortgang") X("handhaving") X("duo")               \
    X("documenten")
/* clang-format on */

/* In the order of the schema; ends with NULL. */
extern const char *const ONDERDELEN[];

/* Its bit; 0 when there is no such part. */
unsigned onderdelen_bit(const char *name);

/* Names with blanks between; "" for none. FAULT_USAGE. */
bool onderdelen_parse(const char *names, unsigned *parts, struct fault *fault) MUST_CHECK;

/* <onderdelen> under `parent`, unless there are none; and what stands there. */
void onderdelen_write(xmlNode *parent, unsigned parts);
unsigned onderdelen_read(const xmlNode *parent);

/* "pip, voortgang", behind `before` when there are any. Appends. */
void onderdelen_tell(unsigned parts, const char *before, struct buf *text);

#endif

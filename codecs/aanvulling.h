/* aanvulling -- what the old municipality learned later: the whole dossier as it is now, which
 * parts are new in it, and why, in free words.
 *
 * The parts may stand in clear; the toelichting is personal data and rests inside the sealed
 * message. `betreft` is the message whose dossier is supplemented.
 */
#ifndef CODECS_AANVULLING_H
#define CODECS_AANVULLING_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/uuid.h"

struct aanvulling {
    char betreft[UUID_SIZE];
    unsigned parts; /* codecs/onderdelen.h */
    struct buf toelichting;
};
void aanvulling_finish(struct aanvulling *aanvulling);
#define SCOPED_AANVULLING __attribute__((cleanup(aanvulling_finish)))

/* As somebody gives it: parts are names with blanks between, "" when they are to be found
 * (aanvulling_compare()). FAULT_USAGE never repeats the text. `betreft` is filled in by who
 * sends it. */
bool aanvulling_parse(const char *parts, const char *text, struct aanvulling *aanvulling,
                      struct fault *fault) MUST_CHECK;

/* Parts that differ between the dossier before and the one of now, both valid by schema. */
unsigned aanvulling_compare(const xmlNode *before, const xmlNode *now);

/* The content element of a message, as root of a document: xmldoc_release() it. */
xmlDoc *aanvulling_build(const struct aanvulling *aanvulling, const xmlNode *dossier);

/* From the content of a message that message_validate() found good; its dossier is borrowed.
 */
void aanvulling_read(const xmlNode *content, struct aanvulling *aanvulling);
xmlNode *aanvulling_dossier(const xmlNode *content);

#endif

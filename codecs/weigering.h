/* weigering -- why the new municipality does not take a dossier over.
 *
 * A code of the closed list of xsd/bericht.xsd, the parts that lack, and a toelichting in free
 * words. Code and parts may be shown, stored and audited in clear; the toelichting is personal
 * data: it rests inside the sealed message, and is opened for who asks.
 */
#ifndef CODECS_WEIGERING_H
#define CODECS_WEIGERING_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* clang-format off */
/*    code                  parts  text   what is wrong; what to do (Dutch, for both sides) */
#define WEIGERING_CODE_LIST(X)                                                              \
    X("verkeerde-persoon",   false, false,                                                  \
      "Het dossier gaat over iemand anders dan wie er verhuisde.",                          \
      "De oude gemeente zoekt uit van wie het dossier is voordat zij opnieuw verstuurt; "   \
      "beide gaan na of dit een datalek is.")                                               \
    X("geen-inwoner",        false, false,                                                  \
      "De persoon woont niet in de gemeente die het dossier kreeg.",                        \
      "De oude gemeente zoekt in de BRP op waar de persoon woont, en verstuurt het "        \
      "dossier daarheen.")                                                                  \
    X("onvolledig",          true,  false,                                                  \
      "Er ontbreken onderdelen in het dossier.",                                            \
      "De oude gemeente vult de genoemde onderdelen aan en verstuurt het dossier opnieuw, " \
      "als antwoord op deze weigering.")                                                    \
    X("onleesbaar-document", false, false,                                                  \
      "Een document bij het dossier kan niet worden geopend of gelezen.",                   \
      "De oude gemeente maakt dat document opnieuw en verstuurt het dossier opnieuw.")      \
    X("dubbel",              false, false,                                                  \
      "Dit dossier was al ontvangen.",                                                      \
      "Er hoeft niets opnieuw te worden verstuurd.")                                        \
    X("anders",              false, true,                                                   \
      "Er is een andere reden: die staat in de toelichting.",                               \
      "Overleg zo nodig met de andere gemeente.")
/* clang-format on */

struct weigering_code {
    const char *name;
    bool needs_parts, needs_text; /* parts belong to no other code, a text to any */
    const char *meaning;          /* what is wrong, and what to do */
};

/* In the order of the schema; ends with name NULL. */
extern const struct weigering_code WEIGERING_CODES[];

struct weigering {
    const struct weigering_code *code;
    unsigned parts; /* codecs/onderdelen.h */
    struct buf toelichting;
};
void weigering_finish(struct weigering *weigering);
#define SCOPED_WEIGERING __attribute__((cleanup(weigering_finish)))

/* NULL when there is no such code. */
const struct weigering_code *weigering_code(const char *name);

/* As somebody gives it: parts are names with blanks between; "" for no parts and no text.
 * Blank space at the end of the text is left out. FAULT_USAGE names what lacks or does not
 * belong, and never repeats what was given. */
bool weigering_parse(const char *code, const char *parts, const char *text,
                     struct weigering *weigering, struct fault *fault) MUST_CHECK;

/* The content element of a message, as root of a document: xmldoc_release() it. */
xmlDoc *weigering_build(const struct weigering *weigering);

/* From the content of a message that fits the schema. */
void weigering_read(const xmlNode *content, struct weigering *weigering);

/* What may stand in clear: "dubbel", "onvolledig: pip, voortgang". Appends. */
void weigering_reden(const struct weigering *weigering, struct buf *reden);

#endif

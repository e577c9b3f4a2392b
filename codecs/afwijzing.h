/* afwijzing -- why the old municipality does not give the dossier that was asked for.
 *
 * A code of the closed list of xsd/bericht.xsd (verzoekafwijzing), with where the person went
 * or when the dossier follows, and a toelichting in free words. All but the toelichting may be
 * shown, stored and audited in clear; that is personal data and rests inside the sealed
 * message.
 */
#ifndef CODECS_AFWIJZING_H
#define CODECS_AFWIJZING_H

#include <stdbool.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* clang-format off */
/*    code             brings            what is so; what to do (Dutch, for both sides) */
#define AFWIJZING_CODE_LIST(X)                                                              \
    X("onbekend",       AFWIJZING_ALONE,                                                    \
      "De persoon is in deze gemeente niet bekend.",                                        \
      "De nieuwe gemeente zoekt in de BRP de vorige gemeente op, en vraagt het daar.")      \
    X("verhuisd",       AFWIJZING_GEMEENTE,                                                 \
      "De persoon was al verhuisd naar een andere gemeente, en het dossier ook.",           \
      "Het verzoek gaat vanzelf verder naar de gemeente die is genoemd.")                   \
    X("geen-dossier",   AFWIJZING_ALONE,                                                    \
      "De persoon woonde hier, maar er is geen inburgeringsdossier.",                       \
      "De nieuwe gemeente begint zelf met de brede intake.")                                \
    X("niet-bevoegd",   AFWIJZING_ALONE,                                                    \
      "De nieuwe gemeente heeft geen recht op dit dossier: zij is niet de woongemeente.",   \
      "De nieuwe gemeente gaat in de BRP na waar de persoon woont.")                        \
    X("blokkade",       AFWIJZING_BARE,                                                     \
      "Over dit dossier wordt niet geschreven.",                                            \
      "De nieuwe gemeente belt de contactpersoon van de oude gemeente.")                    \
    X("in-behandeling", AFWIJZING_DATUM,                                                    \
      "De oude gemeente werkt eraan; het dossier volgt.",                                   \
      "De nieuwe gemeente wacht tot de genoemde dag, en belt als het dan nog niet er is.")
/* clang-format on */

enum afwijzing_brings { AFWIJZING_ALONE, AFWIJZING_GEMEENTE, AFWIJZING_DATUM, AFWIJZING_BARE };

struct afwijzing_code {
    const char *name;
    enum afwijzing_brings brings; /* GEMEENTE: where to; DATUM: when; BARE: not even a text */
    const char *meaning;          /* what is so, and what to do */
};

/* In the order of the schema; ends with name NULL. */
extern const struct afwijzing_code AFWIJZING_CODES[];

struct afwijzing {
    const struct afwijzing_code *code;
    char gemeentecode[5], verwacht_op[11]; /* "" but for the code that brings it */
    struct buf toelichting;
};
void afwijzing_finish(struct afwijzing *afwijzing);
#define SCOPED_AFWIJZING __attribute__((cleanup(afwijzing_finish)))

/* NULL when there is no such code. */
const struct afwijzing_code *afwijzing_code(const char *name);

/* Does it end the handover? All do but in-behandeling. */
bool afwijzing_ends(const struct afwijzing_code *code);

/* As somebody gives it; "" for what is not given. FAULT_USAGE names what lacks or does not
 * belong, and never repeats the text. */
bool afwijzing_parse(const char *code, const char *gemeentecode, const char *verwacht_op,
                     const char *text, struct afwijzing *afwijzing,
                     struct fault *fault) MUST_CHECK;

/* The content element of a message, as root of a document: xmldoc_release() it. */
xmlDoc *afwijzing_build(const struct afwijzing *afwijzing);

/* From the content of a message that message_validate() found good. */
void afwijzing_read(const xmlNode *content, struct afwijzing *afwijzing);

/* What may stand in clear: "onbekend", "verhuisd: 0363", "in-behandeling: 2026-12-01".
 * Appends.
 */
void afwijzing_reden(const struct afwijzing *afwijzing, struct buf *reden);

/* The way back, of a reason or the beginning of one; NULL when it is none of these. */
const struct afwijzing_code *afwijzing_of_reden(const char *reden);

#endif

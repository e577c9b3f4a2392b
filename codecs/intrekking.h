/* intrekking -- what was sent in error: a dossier, or a request for one.
 *
 * A code of the closed list of xsd/bericht.xsd and a toelichting in free words. The code may
 * be shown, stored and audited in clear; the toelichting is personal data and rests inside the
 * sealed message. `betreft` is the message that is withdrawn.
 */
#ifndef CODECS_INTREKKING_H
#define CODECS_INTREKKING_H

#include <stdbool.h>
#include <time.h>

#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/uuid.h"

/* clang-format off */
/*    code                   text   what is wrong; what to do (Dutch, for both sides) */
#define INTREKKING_CODE_LIST(X)                                                             \
    X("verkeerde-persoon",    false,                                                        \
      "Wat is verzonden gaat over iemand anders dan bedoeld.",                              \
      "Beide gemeenten gaan na of dit een datalek is.")                                     \
    X("verkeerde-ontvanger",  false,                                                        \
      "Het is verzonden aan een gemeente waarvoor het niet bestemd was.",                   \
      "Beide gemeenten gaan na of dit een datalek is.")                                     \
    X("geen-grondslag",       false,                                                        \
      "Er is geen grond (meer) om dit uit te wisselen: de verhuizing ging bijvoorbeeld "    \
      "niet door.",                                                                         \
      "Er hoeft niets opnieuw te worden verstuurd.")                                        \
    X("onjuist",              false,                                                        \
      "Wat is verzonden klopt niet.",                                                       \
      "Wat klopt volgt in een nieuwe overdracht.")                                          \
    X("anders",               true,                                                         \
      "Er is een andere reden: die staat in de toelichting.",                               \
      "Overleg zo nodig met de andere gemeente.")
/* clang-format on */

struct intrekking_code {
    const char *name;
    bool needs_text;
    const char *meaning; /* what is wrong, and what to do */
};

/* In the order of the schema; ends with name NULL. */
extern const struct intrekking_code INTREKKING_CODES[];

struct intrekking {
    char betreft[UUID_SIZE];
    const struct intrekking_code *code;
    struct buf toelichting;
};
void intrekking_finish(struct intrekking *intrekking);
#define SCOPED_INTREKKING __attribute__((cleanup(intrekking_finish)))

/* NULL when there is no such code. */
const struct intrekking_code *intrekking_code(const char *name);

/* As somebody gives it; "" for no text. FAULT_USAGE never repeats the text. `betreft` is
 * filled in by who sends it. */
bool intrekking_parse(const char *code, const char *text, struct intrekking *intrekking,
                      struct fault *fault) MUST_CHECK;

/* The content element of a message, as root of a document: xmldoc_release() it. From the
 * content of a message that message_validate() found good. */
xmlDoc *intrekking_build(const struct intrekking *intrekking);
void intrekking_read(const xmlNode *content, struct intrekking *intrekking);

/* While it is under way the reason of the handover says so, behind what it said: "intrekking:
 * onjuist". Appends; and the way back, NULL when a reason does not say so. */
void intrekking_pending(const struct intrekking_code *code, struct buf *reden);
const struct intrekking_code *intrekking_of_reden(const char *reden);
void intrekking_forget(char *reden); /* it is not under way any more */

/* The confirmation: what was withdrawn, and when it was deleted. */
struct intrekkingbevestiging {
    char betreft[UUID_SIZE];
    time_t verwijderd_op;
};
xmlDoc *intrekking_confirm_build(const struct intrekkingbevestiging *bevestiging);
void intrekking_confirm_read(const xmlNode *content,
                             struct intrekkingbevestiging *bevestiging);

#endif

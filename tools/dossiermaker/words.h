/* words -- what made-up people are called, where they live, and what is said of them.
 *
 * Nobody in here exists: given names are common, family names are made up, streets and
 * institutions too. Sentences hold no numbers, so that none can be taken for somebody's.
 */
#ifndef DOSSIERMAKER_WORDS_H
#define DOSSIERMAKER_WORDS_H

#include "codecs/base/buf.h"
#include "tools/dossiermaker/chance.h"

struct origin {
    const char *land, *taal;
    bool asiel, gezin; /* for whom it is likely */
    const char *voornamen[5], *achternamen[5];
};
const struct origin *words_origin(struct chance *chance, bool asiel);

struct gemeente {
    const char *code, *naam, *letters; /* letters open its references: "UTR" */
};
const struct gemeente *words_gemeente(struct chance *chance);

extern const char *const WORDS_TUSSENVOEGSELS[], *const WORDS_STRATEN[];
extern const char *const WORDS_INSTELLINGEN[], *const WORDS_MEDEWERKERS[];
extern const char *const WORDS_OPLEIDINGEN[], *const WORDS_FUNCTIES[], *const WORDS_NIVEAUS[];
extern const char *const WORDS_RELATIES[], *const WORDS_OMSTANDIGHEDEN[];
extern const char *const WORDS_TAALNIVEAUS[];

/* What a conversation, a plan, a circumstance or a person's progress is put into words with.
 */
enum words_topic { WORDS_GESPREK, WORDS_PLAN, WORDS_INTAKE, WORDS_REDEN, WORDS_TOPICS };

/* Appends so many sentences of a topic, each at most once before they come again. */
void words_sentences(struct chance *chance, enum words_topic topic, int count,
                     struct buf *text);

#endif

/* note -- what people of this municipality write down in a handover, and who sees to it. */
#ifndef CLI_NOTE_H
#define CLI_NOTE_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* clang-format off */
/* For the table of verbs. */
#define NOTE_USAGE "ID [--talk [--share]] --text -"
#define NOTE_SUMMARY                                                                        \
    "Writes down a note, or with --talk that a warm conversation took place: the first\n"    \
    "line says with whom. Notes stay in this municipality. With --share the conversation\n" \
    "goes to the municipality that has the dossier, in a supplement (as\n"                   \
    "voortgang/warmeOverdracht, of today). They are personal data: read from standard\n"    \
    "input, or typed when asked for."
#define NOTE_EXAMPLES                                                                       \
    "  estafette overdracht note 0193e2b4 --text - < notitie.txt\n"                         \
    "  estafette overdracht note 0193e2b4 --talk --text - < gesprek.txt\n"                  \
    "  estafette overdracht note 0193e2b4 --talk --share --text - < gesprek.txt\n"
#define NOTE_ASSIGN_USAGE "ID [USER | --mine]"
#define NOTE_ASSIGN_SUMMARY                                                                 \
    "Who of this municipality sees to it: a user of this machine, or a name of the house;\n" \
    "--mine: you do. Without either nobody does any more. The other side does not see it.\n" \
    "See estafette overdracht list --mine."
#define NOTE_ASSIGN_EXAMPLES                                                                \
    "  estafette overdracht assign 0193e2b4 --mine\n"                                       \
    "  estafette overdracht assign 0193e2b4 jansen\n"
/* clang-format on */

extern const char *const NOTE_OPTIONS[], *const NOTE_ASSIGN_OPTIONS[];

/* The verbs `overdracht note` and `overdracht assign`. */
bool note_overdracht(const struct cli *cli, const struct arguments *arguments,
                     struct fault *fault) MUST_CHECK;
bool note_assign(const struct cli *cli, const struct arguments *arguments,
                 struct fault *fault) MUST_CHECK;

#endif

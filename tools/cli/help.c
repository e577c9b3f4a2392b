/* help -- see help.h. */
#include "tools/cli/help.h"

#include <string.h>

static const char EVERYWHERE[] =
    "Everywhere:\n"
    "  -C HOME     the home of the organisation, or the folder of its local sockets; else "
    "$ESTAFETTE_HOME,\n"
    "              else /var/lib/estafette\n"
    "  --json      JSON on standard output; a failure is {code,text,action} on standard "
    "error\n"
    "  --help      this text; also behind a command and behind its verb\n"
    "  --version   the version\n";

static const char EXITS[] =
    "Exit status:\n"
    "  0 done   1 negative answer   64 usage   65 invalid document   66 no input\n"
    "  69 daemon or peer unavailable   74 input/output   75 temporary, try again\n"
    "  76 protocol or signature   77 not permitted   78 configuration\n";

static void synopsis(FILE *out, const struct command *command, const struct verb *verb)
{
    fprintf(out, "estafette %s%s%s%s%s\n", command->noun, verb->name[0] ? " " : "", verb->name,
            verb->usage[0] ? " " : "", verb->usage);
}

void help_all(FILE *out, const struct command *const *commands)
{
    fprintf(out, "usage: estafette [-C HOME] [--json] COMMAND VERB ...\n\n");
    for (; *commands; commands++) {
        fprintf(out, "%s: %s\n", (*commands)->noun, (*commands)->summary);
        for (const struct verb *verb = (*commands)->verbs; verb->name; verb++) {
            fprintf(out, "  ");
            synopsis(out, *commands, verb);
        }
    }
    fprintf(out, "\n%s\n%s", EVERYWHERE, EXITS);
}

/* The lines of a summary, each behind four blanks. */
static void indented(FILE *out, const char *text)
{
    for (;;) {
        size_t size = strcspn(text, "\n");
        fprintf(out, "    %.*s\n", (int)size, text);
        if (!text[size])
            return;
        text += size + 1;
    }
}

void help_command(FILE *out, const struct command *command)
{
    fprintf(out, "%s: %s\n\n", command->noun, command->summary);
    for (const struct verb *verb = command->verbs; verb->name; verb++) {
        synopsis(out, command, verb);
        indented(out, verb->summary);
    }
    fprintf(out, "\n%s", EVERYWHERE);
}

void help_verb(FILE *out, const struct command *command, const struct verb *verb)
{
    fprintf(out, "usage: ");
    synopsis(out, command, verb);
    fprintf(out, "\n%s\n\nExamples:\n%s\n%s", verb->summary, verb->examples, EVERYWHERE);
}

/* arguments -- what was asked for: which command, which verb, with which words and options.
 *
 * The verbs' tables are the whole grammar. Options of all commands (-C HOME, --json, --help,
 * --version) may stand anywhere before "--"; a verb's own options behind the verb. A value
 * follows its option or an "=" ("--to 0344", "--to=0344"); one that starts with "--" needs the
 * "=", so that a forgotten value is noticed.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

#define ARGUMENTS_WORDS_MAX 8
#define ARGUMENTS_OPTIONS_MAX 64

struct arguments {
    const char *words[ARGUMENTS_WORDS_MAX];
    int count;
    struct {
        const char *name, *value; /* name as the table writes it: "--to=" */
    } options[ARGUMENTS_OPTIONS_MAX];
    int option_count;
};

struct invocation {
    struct cli cli;
    bool help, version;
    const struct command *command; /* NULL only with help or version */
    const struct verb *verb;       /* NULL only with help or version */
    struct arguments arguments;
};

/* `commands` ends with NULL; argv[0] is the program. Texts are borrowed from argv. cli.json is
 * right even when the rest is not. FAULT_USAGE names what is wrong and the nearest name. */
bool arguments_read(const struct command *const *commands, int argc, char **argv,
                    struct invocation *invocation, struct fault *fault) MUST_CHECK;

#endif

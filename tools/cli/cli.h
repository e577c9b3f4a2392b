/* cli -- what every command shares: its options, its output, its place in the table.
 *
 * Data goes to stdout, everything else to stderr. A command either prints for
 * people or, with --json, one JSON value; a failure with --json is one object
 * {code,text,action} on stderr (main.c does that).
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

struct cli {
    const char *home; /* -C, else $ESTAFETTE_HOME, else /var/lib/estafette; where the daemon is
                         asked, also the folder of its sockets */
    bool json;
};

struct arguments;

/* One verb of a noun. `options` lists "--name" (flag), "--name=" (takes a value), "--name=*"
 * (may be repeated); anything else that starts with "--" is refused with 64. */
struct verb {
    const char *name, *usage; /* usage: "FILE --to GEMEENTE [--dry-run]" */
    const char *summary;      /* one line */
    const char *examples;     /* lines for --help */
    const char *const *options;
    int min_args, max_args; /* positional */
    bool (*run)(const struct cli *cli, const struct arguments *arguments, struct fault *fault);
};

struct command {
    const char *noun, *summary;
    const struct verb
        *verbs; /* ends with name NULL; one verb named "" for nouns without verbs */
};

const char *argument(const struct arguments *arguments, int n); /* NULL past the last */
int argument_count(const struct arguments *arguments);
const char *option(const struct arguments *arguments,
                   const char *name); /* NULL: absent; "" flag */
/* nth value of a repeated option; NULL past the last */
const char *option_nth(const struct arguments *arguments, const char *name, int n);

/* stdout: --json prints the value; people get what the command printed with printf(). */
void cli_print_json(const json_t *value);

/* Whole standard input (FILE "-") or a file, at most max bytes. */
bool cli_read(const char *file, size_t max, struct buf *content,
              struct fault *fault) MUST_CHECK;

/* Prints text from outside: control, C1 and bidirectional characters become U+FFFD. */
void cli_print_text(const char *text);

extern const struct command CMD_API, CMD_BLOKKADE, CMD_CERTIFICATE, CMD_DOCTOR, CMD_DOSSIER,
    CMD_DUO, CMD_GEMEENTE, CMD_INIT, CMD_OUTBOX, CMD_OVERDRACHT, CMD_PEER, CMD_STATUS,
    CMD_TRUST;

#endif

/* estafette -- the command of a gateway: reads what is asked, runs one verb, says how it went.
 *
 * COMMANDS is the table of contents; each row lives in its own cmd_*.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "gateway/version.h"
#include "tools/cli/arguments.h"
#include "tools/cli/cli.h"
#include "tools/cli/help.h"
#include "tools/cli/output.h"

#define HOME "/var/lib/estafette"

/* In the order in which a new municipality needs them. */
static const struct command *const COMMANDS[] = {
    &CMD_INIT,     &CMD_DOCTOR,     &CMD_CERTIFICATE, &CMD_TRUST, &CMD_PEER,
    &CMD_DOSSIER,  &CMD_OVERDRACHT, &CMD_BLOKKADE,    &CMD_DUO,   &CMD_OUTBOX,
    &CMD_GEMEENTE, &CMD_STATUS,     &CMD_API,         NULL,
};

static void print_help(const struct invocation *asked)
{
    if (asked->verb)
        help_verb(stdout, asked->command, asked->verb);
    else if (asked->command)
        help_command(stdout, asked->command);
    else
        help_all(stdout, COMMANDS);
}

static void codecs_install(void)
{
    xmldoc_install();
    schema_install();
    view_install();
}

static void codecs_uninstall(void)
{
    view_uninstall();
    schema_uninstall();
}

static const char *home_of(const struct invocation *asked)
{
    const char *home = asked->cli.home ? asked->cli.home : getenv("ESTAFETTE_HOME");

    return home && home[0] ? home : HOME;
}

static bool run(struct invocation *asked, struct fault *fault)
{
    if (asked->help) {
        print_help(asked);
        return true;
    }
    if (asked->version) {
        puts("estafette " VERSION);
        return true;
    }
    asked->cli.home = home_of(asked);
    codecs_install();
    bool good = asked->verb->run(&asked->cli, &asked->arguments, fault);
    codecs_uninstall();
    return good;
}

/* What was asked wrongly is explained where it is described. */
static void advise(const struct invocation *asked, struct fault *fault)
{
    if (fault->code == FAULT_USAGE && !fault->action[0] && asked->verb)
        fault_advise(fault, "see estafette %s%s%s --help", asked->command->noun,
                     *asked->verb->name ? " " : "", asked->verb->name);
}

int main(int argc, char **argv)
{
    struct invocation asked = { 0 };
    struct fault fault = { 0 };

    umask(077);
    mem_install();
    output_install();
    if (arguments_read(COMMANDS, argc, argv, &asked, &fault) && run(&asked, &fault)
        && output_finish(&fault))
        return 0;
    advise(&asked, &fault);
    output_failure(&fault, asked.cli.json);
    return fault_exit_code(&fault);
}

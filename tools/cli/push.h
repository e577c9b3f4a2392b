/* push -- `estafette duo push`: report to DUO what a handover has to report, or show it. */
#ifndef CLI_PUSH_H
#define CLI_PUSH_H

#include <stdbool.h>

#include "tools/cli/cli.h"
#include "tools/cli/client.h"

#define PUSH_USAGE "ID [--dossier FILE] [--dagtekening DATE] [--only SUBJECT] [--dry-run]"
#define PUSH_SUMMARY                                                                          \
    "Reports to DUO what belongs to a handover. Who takes a dossier over: its PIP, dated\n"   \
    "today or --dagtekening, and the contact person; the own aanbod and hours out of\n"       \
    "--dossier. Who is left: the last hours, MAP, PVT, Z-route, and the end of the aanbod.\n" \
    "What DUO would surely refuse is held back, with the reason. The same is not reported\n"  \
    "twice. --dry-run shows all and reports nothing."
#define PUSH_EXAMPLES                                                                         \
    "  estafette duo push 0193e2b4 --dry-run\n"                                               \
    "  estafette duo push 0193e2b4 --dagtekening 2026-11-30\n"                                \
    "  estafette duo push 0193e2b4 --dossier dossier.xml --only uren\n"
extern const char *const PUSH_OPTIONS[];

bool push_run(const struct cli *cli, const struct arguments *arguments, struct fault *fault);

/* What was made of it, for people; bodies when they are there. */
void push_print(const json_t *result);

/* Arguments of a request: id and what the options say; uploads --dossier. *with is the
 * caller's, to hand to client_ask(). */
bool push_arguments(struct client *client, const struct arguments *arguments, json_t **with,
                    struct fault *fault) MUST_CHECK;

#endif

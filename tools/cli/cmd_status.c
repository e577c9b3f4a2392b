/* status -- how the daemon of this home is doing. */
#include <stdio.h>

#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field FIELDS[] = {
    { "version",       "version",       FIELD_TEXT },
    { "organisation",  "naam",          FIELD_TEXT },
    { "OIN",           "oin",           FIELD_TEXT },
    { "environment",   "omgeving",      FIELD_TEXT },
    { "gemeentecodes", "gemeentecodes", FIELD_LIST },
    { "endpoint",      "endpoint",      FIELD_TEXT },
    { "listening on",  "listening",     FIELD_TEXT },
    { "DUO notifies on", "duo_listening", FIELD_TEXT },
    { "started",       "started",       FIELD_MOMENT },
    { "ready in ms",   "start_ms",      FIELD_TEXT },
    { "memory in KiB", "rss_kib",       FIELD_TEXT },
    { "peers",         "peers",         FIELD_COUNTS },
    { "outbox",        "outbox",        FIELD_COUNTS },
    { "handovers",     "overdrachten",  FIELD_COUNTS },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field CERTIFICATES[] = {
    { "CERTIFICATE", "doel",  FIELD_TEXT },
    { "UNTIL",       "tot",   FIELD_MOMENT },
    { "DAYS LEFT",   "dagen", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field ALARMS[] = {
    { "ALARM", "id",   FIELD_TEXT },
    { "WHAT",  "text", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool status(const struct cli *cli, const struct arguments *arguments,
                   struct fault *fault)
{
    json_auto_t *result = NULL;

    (void)arguments;
    if (!daemon_ask(cli, "status", NULL, CLIENT_SOON, &result, fault))
        return false;
    if (cli->json) {
        cli_print_json(result);
        return true;
    }
    output_fields(result, FIELDS);
    putchar('\n');
    output_table(json_object_get(result, "certificates"), CERTIFICATES);
    const json_t *alarms = json_object_get(result, "alarms");
    if (json_array_size(alarms) > 0) {
        putchar('\n');
        output_table(alarms, ALARMS);
    }
    return true;
}

static const struct verb VERBS[] = {
    { "", "",
      "Who this home is, since when it runs, what it holds, how long its certificates last, "
      "and what needs attention.",
      "  estafette status\n"
      "  estafette --json status | jq .outbox\n",
      NULL, 0, 0, status },
    { 0 },
};

const struct command CMD_STATUS = { "status", "how the daemon is doing", VERBS };

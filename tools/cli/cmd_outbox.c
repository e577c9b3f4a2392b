/* outbox -- what is on its way to others, and why it has not arrived yet. */
#include <stdio.h>

#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field LIST[] = {
    { "ID",       "id",        FIELD_TEXT },
    { "KIND",     "soort",     FIELD_TEXT },
    { "TO",       "peer.naam", FIELD_TEXT },
    { "STATE",    "state",     FIELD_TEXT },
    { "TRIES",    "attempts",  FIELD_TEXT },
    { "NEXT TRY", "next_try",  FIELD_MOMENT },
    { "REASON",   "reason",    FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field SHOW[] = {
    { "message",          "id",         FIELD_TEXT },
    { "handover",         "overdracht", FIELD_TEXT },
    { "kind",             "soort",      FIELD_TEXT },
    { "to",               "peer.naam",  FIELD_TEXT },
    { "OIN",              "peer.oin",   FIELD_TEXT },
    { "state",            "state",      FIELD_TEXT },
    { "reason",           "reason",     FIELD_TEXT },
    { "tries",            "attempts",   FIELD_TEXT },
    { "made",             "created",    FIELD_MOMENT },
    { "next try",         "next_try",   FIELD_MOMENT },
    { "expires",          "expires",    FIELD_MOMENT },
    { "settled by",       "settled_by", FIELD_TEXT },
    { "settled",          "settled",    FIELD_MOMENT },
    { "sealed bytes",     "size",       FIELD_TEXT },
    { "sealed digest",    "verzegeld",  FIELD_TEXT },
    { "canonical digest", "canoniek",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field RETRY[] = {
    { "message", "id",    FIELD_TEXT },
    { "state",   "state", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    (void)arguments;
    if (!daemon_ask(cli, "outbox.list", NULL, CLIENT_SOON, &result, fault))
        return false;
    output_list(cli->json, result, "outbox", LIST);
    return true;
}

static bool show(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "outbox.show", json_pack("{s:s}", "id", argument(arguments, 0)),
                    CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, SHOW);
    if (!cli->json && output_text(result, "receipt")[0]) {
        printf("\nreceipt\n");
        output_print_page(output_text(result, "receipt"));
        putchar('\n');
    }
    return true;
}

static bool retry(const struct cli *cli, const struct arguments *arguments,
                  struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "outbox.retry", json_pack("{s:s}", "id", argument(arguments, 0)),
                    CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, RETRY);
    return true;
}

static const struct verb VERBS[] = {
    { "list", "", "What is on its way, newest first, and why it has not arrived.",
      "  estafette outbox list\n"
      "  estafette --json outbox list | jq '.outbox[] | select(.state == \"queued\")'\n",
      NULL, 0, 0, list },
    { "show", "ID", "One message: its state, its proof, and the receipt when there is one.",
      "  estafette outbox show 0193e2b4\n", NULL, 1, 1, show },
    { "retry", "ID", "Tries a waiting message now instead of at its next time.",
      "  estafette outbox retry 0193e2b4\n", NULL, 1, 1, retry },
    { 0 },
};

const struct command CMD_OUTBOX = { "outbox", "what is on its way, and why not yet", VERBS };

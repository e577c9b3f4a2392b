/* outbox -- what is on its way to others, and why it has not arrived yet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    { "meaning",          "betekenis",  FIELD_TEXT },
    { "tries",            "attempts",   FIELD_TEXT },
    { "made",             "created",    FIELD_MOMENT },
    { "next try",         "next_try",   FIELD_MOMENT },
    { "expires",          "expires",    FIELD_MOMENT },
    { "settled by",       "settled_by", FIELD_TEXT },
    { "settled",          "settled",    FIELD_MOMENT },
    { "sealed bytes",     "size",       FIELD_TEXT },
    { "sealed digest",    "verzegeld",  FIELD_TEXT },
    { "canonical digest", "canoniek",   FIELD_TEXT },
    { "HTTP",             "duo.status", FIELD_TEXT },
    { "API-Version",      "duo.version", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field RETRY[] = {
    { "message", "id",    FIELD_TEXT },
    { "state",   "state", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field CANCELLED[] = {
    { "message",  "id",         FIELD_TEXT },
    { "kind",     "soort",      FIELD_TEXT },
    { "to",       "peer.naam",  FIELD_TEXT },
    { "state",    "state",      FIELD_TEXT },
    { "tries",    "attempts",   FIELD_TEXT },
    { "handover", "overdracht", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* Each meaning once, under the table; its code begins the reason there. */
static void print_meanings(const json_t *rows)
{
    json_auto_t *seen = json_object();

    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *meaning = output_text(row, "betekenis"),
                   *reason = output_text(row, "reason");
        if (!*meaning || json_object_get(seen, meaning))
            continue;
        printf("%s%.*s: ", json_object_size(seen) == 0 ? "\n" : "", (int)strcspn(reason, ":"),
               reason);
        cli_print_text(meaning);
        putchar('\n');
        json_object_set_new(seen, meaning, json_true());
    }
}

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    (void)arguments;
    if (!daemon_ask(cli, "outbox.list", NULL, CLIENT_SOON, &result, fault))
        return false;
    output_list(cli->json, result, "outbox", LIST);
    if (!cli->json)
        print_meanings(json_object_get(result, "outbox"));
    return true;
}

/* DUO's own words, and what it answered. */
static void print_duo(const json_t *duo)
{
    const json_t *answer = json_object_get(duo, "answer");
    char *text = answer ? json_dumps(answer, JSON_INDENT(2)) : NULL;

    if (output_text(duo, "fouttekst")[0]) {
        puts("\nDUO says");
        output_print_page(output_text(duo, "fouttekst"));
    }
    if (text) {
        puts("\nDUO answered");
        output_print_page(text);
        putchar('\n');
    }
    free(text);
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
    if (!cli->json)
        print_duo(json_object_get(result, "duo"));
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

/* A message that was tried may be there: only a receipt would have told. */
static void warn(const json_t *result)
{
    json_int_t attempts = json_integer_value(json_object_get(result, "attempts"));
    const char *peer = output_text(result, "peer.naam");
    bool tried = attempts > 0;

    if (tried)
        fprintf(stderr,
                "It was tried %" JSON_INTEGER_FORMAT
                " time%s, and may have arrived without our "
                "knowing.\n",
                attempts, attempts == 1 ? "" : "s");
    else
        fputs("It never left.\n", stderr);
    if (!*output_text(result, "overdracht"))
        return;
    fputs(tried ? "  what to do: ask " : "  what to do: tell ", stderr);
    output_print(stderr, *peer ? peer : output_text(result, "peer.oin"));
    fputs(tried ? " whether they have it; if so, agree what becomes of it\n"
                : ", when they wait for it\n",
          stderr);
    fprintf(stderr, "The handover: estafette overdracht show %s\n",
            output_text(result, "overdracht"));
}

static bool cancel(const struct cli *cli, const struct arguments *arguments,
                   struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "outbox.cancel", json_pack("{s:s}", "id", argument(arguments, 0)),
                    CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, CANCELLED);
    warn(result);
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
    { "cancel", "ID",
      "Withdraws a waiting message for good, with those behind it in its handover. A message\n"
      "that was tried before may have arrived all the same: then ask the other side.",
      "  estafette outbox cancel 0193e2b4\n", NULL, 1, 1, cancel },
    { 0 },
};

const struct command CMD_OUTBOX = { "outbox", "what is on its way, and why not yet", VERBS };

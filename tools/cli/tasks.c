/* tasks -- see tasks.h. */
#include "tools/cli/tasks.h"

#include <stdlib.h>
#include <string.h>

#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

static void print_line(FILE *out, const char *before, const char *text)
{
    if (!*text)
        return;
    fputs(before, out);
    output_print(out, text);
    fputc('\n', out);
}

static void print_closed(FILE *out, const char *actor)
{
    SCOPED_BUF struct buf who = { 0 };

    output_actor(actor, &who);
    fprintf(out, "  gesloten door %s", buf_text(&who));
}

static void print_taak(FILE *out, const json_t *taak)
{
    const char *naam = output_text(taak, "naam"), *done = output_text(taak, "done_by");

    fprintf(out, "%lld  %s", (long long)json_integer_value(json_object_get(taak, "taak")),
            output_text(taak, "soort"));
    if (*done)
        print_closed(out, done);
    else
        fprintf(out, "  uiterlijk %s", output_text(taak, "uiterlijk"));
    if (*naam) {
        fputs("  ", out);
        output_print(out, naam);
    }
    if (*output_text(taak, "overdracht"))
        fprintf(out, "  (%s)", output_text(taak, "overdracht"));
    fputc('\n', out);
    print_line(out, "    ", output_text(taak, "tekst"));
    if (!*done)
        print_line(out, "    Doen: ", output_text(taak, "doen"));
}

void tasks_print(FILE *out, const json_t *taken, bool all)
{
    for (size_t i = 0; i < json_array_size(taken); i++) {
        const json_t *taak = json_array_get(taken, i);
        if (all || !*output_text(taak, "done_by"))
            print_taak(out, taak);
    }
}

bool tasks_list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;
    const char *id = argument(arguments, 0);

    if (!daemon_ask(cli, "taak.list", json_pack("{s:s*}", "id", id), CLIENT_SOON, &result,
                    fault))
        return false;
    const json_t *taken = json_object_get(result, "taken");
    if (cli->json)
        cli_print_json(result);
    else if (json_array_size(taken) == 0)
        fputs("nothing waits for a person\n", stderr);
    else
        tasks_print(stdout, taken, true);
    return true;
}

bool tasks_done(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;
    const char *text = argument(arguments, 0);
    char *end;
    long long number = strtoll(text, &end, 10);

    if (*end || number < 1)
        return fault_set(fault, FAULT_USAGE,
                         "TAAK is the number of a task, see estafette "
                         "overdracht tasks");
    if (!daemon_ask(cli, "taak.done", json_pack("{s:I}", "taak", (json_int_t)number),
                    CLIENT_SOON, &result, fault))
        return false;
    if (cli->json)
        cli_print_json(result);
    else
        fprintf(stderr, "task %lld is closed\n", number);
    return true;
}

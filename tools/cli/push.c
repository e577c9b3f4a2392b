/* push -- see push.h. */
#include "tools/cli/push.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/xmldoc.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

const char *const PUSH_OPTIONS[] = { "--dossier=", "--dagtekening=", "--only=", "--dry-run",
                                     NULL };

static void print_bevindingen(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        printf("    %s (%s): ", output_text(item, "ernst"), output_text(item, "regel"));
        cli_print_text(output_text(item, "tekst"));
        putchar('\n');
    }
}

static void print_body(const json_t *body)
{
    char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

    if (text)
        printf("    %s\n", text);
    free(text);
}

void push_print(const json_t *result)
{
    const json_t *list = json_object_get(result, "meldingen");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        printf("%-15s %-24s %s\n", output_text(item, "onderwerp"),
               output_text(item, "operatie"), output_text(item, "uitkomst"));
        print_bevindingen(json_object_get(item, "bevindingen"));
        print_body(json_object_get(item, "body"));
    }
    if (json_array_size(list) == 0)
        fputs("there is nothing to report\n", stderr);
}

static bool upload_dossier(struct client *client, const char *file, char id[UUID_SIZE],
                           struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };

    id[0] = '\0';
    return !file
           || (cli_read(file, XMLDOC_BYTES_MAX, &content, fault)
               && client_upload(client, &content, id, fault));
}

bool push_arguments(struct client *client, const struct arguments *arguments, json_t **with,
                    struct fault *fault)
{
    char file[UUID_SIZE];

    if (!upload_dossier(client, option(arguments, "--dossier"), file, fault))
        return false;
    *with = json_pack("{s:s, s:s*, s:s*, s:s*}", "id", argument(arguments, 0), "file",
                      *file ? file : NULL, "dagtekening", option(arguments, "--dagtekening"),
                      "only", option(arguments, "--only"));
    return true;
}

bool push_run(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *result = NULL;
    json_t *with = NULL;
    const char *request = option(arguments, "--dry-run") ? "duo.push.preview" : "duo.push";

    if (!daemon_open(cli, &client, fault) || !push_arguments(client, arguments, &with, fault)
        || !client_ask(client, request, with, CLIENT_LATER, &result, fault))
        return false;
    if (cli->json)
        cli_print_json(result);
    else
        push_print(result);
    return true;
}

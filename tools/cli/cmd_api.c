/* api -- the requests that the daemon answers, told and made as they are: for vendors of
 * client systems, and for scripts. */
#include <stdio.h>
#include <string.h>

#include "codecs/uuid.h"
#include "gateway/api.h"
#include "gateway/control.h"
#include "tools/cli/api_page.h"
#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/nearest.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field LIST[] = {
    { "REQUEST", "request", FIELD_TEXT },
    { "WHO",     "roles",   FIELD_LIST },
    { "",        "changes", FIELD_TEXT },
    { "WHAT",    "about",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field REQUEST[] = {
    { "request", "request", FIELD_TEXT },
    { "since",   "since",   FIELD_TEXT },
    { "who",     "roles",   FIELD_LIST },
    { "repeat",  "repeat",  FIELD_TEXT },
    { "what",    "about",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field MEMBERS[] = {
    { "",     "member", FIELD_TEXT },
    { "KIND", "kind",   FIELD_TEXT },
    { "",     "marks",  FIELD_TEXT },
    { "WHAT", "about",  FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static void api_release(struct api **api)
{
    api_destroy(*api);
}
#define SCOPED_API __attribute__((cleanup(api_release)))

/* --- list ------------------------------------------------------------------------------ */

static json_t *row_of(const char *name, json_t *request)
{
    return json_pack("{s:s, s:O, s:s, s:O}", "request", name, "roles",
                     json_object_get(request, "roles"), "changes",
                     api_changes(request) ? "changes" : "", "about",
                     json_object_get(request, "about"));
}

static void print_list(const struct api *api)
{
    json_auto_t *rows = json_array();
    const char *name;
    json_t *request;

    json_object_foreach (json_object_get(api->tree, "requests"), name, request)
        json_array_append_new(rows, row_of(name, request));
    output_table(rows, LIST);
}

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_API struct api *api = api_create();
    SCOPED_BUF struct buf page = { 0 };

    (void)fault;
    if (option(arguments, "--markdown")) {
        api_page(api, &page);
        fputs(buf_text(&page), stdout);
    } else if (cli->json) {
        cli_print_json(api->tree);
    } else {
        print_list(api);
    }
    return true;
}

/* --- show ------------------------------------------------------------------------------ */

static bool find(const struct api *api, const char *name, json_t **request,
                 struct fault *fault)
{
    struct nearest nearest = { .word = name };
    char text[NEAREST_TEXT_SIZE];
    const char *known;
    json_t *value;

    *request = api_request(api, name);
    if (*request)
        return true;
    json_object_foreach (json_object_get(api->tree, "requests"), known, value)
        nearest_offer(&nearest, known, strlen(known));
    fault_set(fault, FAULT_USAGE, "there is no request %.40s%s", name,
              nearest_text(&nearest, text));
    return fault_advise(fault, "estafette api list");
}

static void add_rows(const struct api *api, json_t *members, json_t *rows)
{
    struct api_kind kind;
    const char *name;
    json_t *text;
    char of[48];

    json_object_foreach (members, name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (strcmp(name, "...") == 0) {
            add_rows(api, api_record(api, kind.name), rows);
            continue;
        }
        snprintf(of, sizeof(of), kind.list ? "[%s]" : "%s", kind.name);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "member", name, "kind",
                                              of, "marks", kind.optional ? "optional" : "",
                                              "about", kind.about));
    }
}

static void print_members(const struct api *api, const char *head, json_t *members)
{
    json_auto_t *rows = json_array();

    if (json_object_size(members) == 0)
        return;
    printf("\n%s\n", head);
    add_rows(api, members, rows);
    output_table(rows, MEMBERS);
}

static bool show(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_API struct api *api = api_create();
    const char *name = argument(arguments, 0);
    json_t *request;

    if (!find(api, name, &request, fault))
        return false;
    if (cli->json) {
        cli_print_json(request);
        return true;
    }
    json_auto_t *row = row_of(name, request);
    json_object_set(row, "since", json_object_get(request, "since"));
    json_object_set_new(row, "repeat",
                        json_string(api_changes(request)
                                        ? "with the same id: answered from the record"
                                        : "freely: it changes nothing"));
    output_fields(row, REQUEST);
    print_members(api, "with", json_object_get(request, "with"));
    print_members(api, "result", json_object_get(request, "result"));
    return true;
}

/* --- call ------------------------------------------------------------------------------ */

static bool read_arguments(json_t **with, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };

    if (!cli_read("-", CONTROL_MESSAGE_MAX, &text, fault))
        return false;
    *with = json_loadb(buf_text(&text), text.size, JSON_REJECT_DUPLICATES, NULL);
    return json_is_object(*with)
           || fault_set(fault, FAULT_USAGE,
                        "standard input must be one JSON object: the arguments, such as {}");
}

static bool call(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *with = NULL, *result = NULL;
    const char *given = option(arguments, "--id");
    char id[UUID_SIZE];

    if (given && !uuid_valid(given))
        return fault_set(fault, FAULT_USAGE, "--id: a UUID in small letters");
    uuid_v4(id);
    if (!read_arguments(&with, fault) || !daemon_open(cli, &client, fault)
        || !client_ask_by(client, given ? given : id, argument(arguments, 0),
                          json_incref(with), &result, fault))
        return false;
    cli_print_json(result);
    return true;
}

static const char *const LIST_OPTIONS[] = { "--markdown", NULL };
static const char *const CALL_OPTIONS[] = { "--id=", NULL };

static const struct verb VERBS[] = {
    { "list", "[--markdown]",
      "Every request on the local bus, who may make it, and what it does. With --json the "
      "whole\n"
      "description (gateway/api.json), --markdown the page docs/api.md. Needs no daemon.",
      "  estafette api list\n"
      "  estafette --json api list | jq '.requests | keys'\n",
      LIST_OPTIONS, 0, 0, list },
    { "show", "REQUEST", "One request: its arguments and what comes back. Needs no daemon.",
      "  estafette api show overdracht.send\n", NULL, 1, 1, show },
    { "call", "REQUEST [--id UUID] < ARGUMENTS",
      "Makes a request as it is: the arguments are a JSON object on standard input, the "
      "result\n"
      "is JSON. A request that changes something may be repeated with the same --id: it is "
      "done\n"
      "once, and answered the same.",
      "  echo '{}' | estafette api call overdracht.list\n"
      "  estafette api call overdracht.request --id 0192c000-0000-4000-8000-000000000001 < "
      "vraag.json\n",
      CALL_OPTIONS, 1, 1, call },
    { 0 },
};

const struct command CMD_API = { "api", "what client systems can ask the daemon", VERBS };

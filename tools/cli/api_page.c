/* api_page -- see api_page.h. */
#include "tools/cli/api_page.h"

#include <string.h>

static const char INTRO[] =
    "# The requests on the local bus\n"
    "\n"
    "<!-- Made by tools/api-page from gateway/api.json: change that, then run it. -->\n"
    "\n"
    "Every request, who may make it, with what, and what comes back. How to connect, with\n"
    "examples: [connect.md](connect.md). `estafette api list` and `estafette api show "
    "REQUEST`\n"
    "tell the same, `--json` gives it to programs.\n"
    "\n"
    "```\n"
    "{\"v\":1, \"id\":UUID, \"do\":NAME, \"with\":{...}}                     a request\n"
    "{\"v\":1, \"id\":UUID, \"ok\":true,  \"result\":{...}}                 what comes back\n"
    "{\"v\":1, \"id\":UUID, \"ok\":false, \"fault\":{\"code\",\"text\",\"action\"}}   or why "
    "not\n"
    "```\n"
    "\n"
    "`v` is 1. It stays 1 while requests, optional arguments and members of answers are "
    "added: "
    "pass over members that you\n"
    "do not know. What would break somebody gets another `v`. `id` is yours: a request that "
    "**changes** something is answered\n"
    "from the record when its id was seen before, so that you may send it again, with the "
    "same "
    "id, whenever you did not hear\n"
    "the answer. All others may be repeated freely.\n"
    "\n"
    "What is marked *personal* is left out for whoever is no klantregisseur. A request that "
    "you "
    "may not make is answered as\n"
    "one that does not exist.\n"
    "\n";

/* A bar would end the cell. */
static void add_cell(struct buf *page, const char *text)
{
    buf_add_text(page, "| ");
    for (; *text; text++)
        buf_add_text(page, *text == '|' ? "\\|" : (char[2]){ *text, '\0' });
    buf_add_text(page, " ");
}

static void add_roles(struct buf *page, json_t *described)
{
    size_t index;
    json_t *rol;

    json_array_foreach (json_object_get(described, "roles"), index, rol)
        buf_addf(page, "%s%s", index ? ", " : "", json_string_value(rol));
}

static void add_member(const struct api *api, struct buf *page, const char *name,
                       const struct api_kind *kind)
{
    bool record = api_record(api, kind->name);

    buf_addf(page, "| `%s` | %s", name, kind->list ? "list of " : "");
    if (record)
        buf_addf(page, "[%s](#%s)", kind->name, kind->name);
    else
        buf_add_text(page, kind->name);
    buf_addf(page, " | %s%s ", kind->optional ? "optional" : "",
             kind->personal ? (kind->optional ? ", *personal*" : "*personal*") : "");
    add_cell(page, kind->about);
    buf_add_text(page, "|\n");
}

static void add_members(const struct api *api, struct buf *page, const char *head,
                        json_t *members)
{
    struct api_kind kind;
    const char *name;
    json_t *text;

    if (json_object_size(members) == 0)
        return;
    buf_addf(page, "| %s | kind | | |\n|---|---|---|---|\n", head);
    json_object_foreach (members, name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (strcmp(name, "...") == 0)
            buf_addf(page, "| all of | [%s](#%s) | | |\n", kind.name, kind.name);
        else
            add_member(api, page, name, &kind);
    }
    buf_add_text(page, "\n");
}

static void add_request(const struct api *api, struct buf *page, const char *name,
                        json_t *request)
{
    buf_addf(page, "### %s\n\n%s\n\n", name,
             json_string_value(json_object_get(request, "about")));
    add_roles(page, request);
    buf_addf(page, " · since %s%s\n\n", json_string_value(json_object_get(request, "since")),
             api_changes(request) ? " · **changes**" : "");
    add_members(api, page, "with", json_object_get(request, "with"));
    add_members(api, page, "result", json_object_get(request, "result"));
}

static void add_contents(struct buf *page, json_t *requests)
{
    const char *name;
    json_t *request;

    buf_add_text(page, "| request | | who |\n|---|---|---|\n");
    json_object_foreach (requests, name, request) {
        buf_addf(page, "| [%s](#", name);
        for (const char *at = name; *at; at++) /* as pages make links of headings */
            if (*at != '.')
                buf_add(page, at, 1);
        buf_add_text(page, ") ");
        add_cell(page, json_string_value(json_object_get(request, "about")));
        buf_add_text(page, "| ");
        add_roles(page, request);
        buf_add_text(page, " |\n");
    }
    buf_add_text(page, "\n");
}

static void add_types(struct buf *page, json_t *types)
{
    const char *name;
    json_t *type;

    buf_add_text(page,
                 "## Kinds\n\nLengths are in bytes of UTF-8.\n\n| kind | is |\n|---|---|\n");
    json_object_foreach (types, name, type)
        buf_addf(page, "| %s | %s |\n", name,
                 json_string_value(json_object_get(type, "about")));
    buf_add_text(page, "\n");
}

static void add_events(struct buf *page, json_t *events)
{
    const char *kind;
    json_t *about;

    buf_add_text(page, "## Events\n\nPUB on `events.sock`: `{\"v\":1,\"at\":MOMENT,\"kind\":"
                       "KIND,\"id\":ID}`, to ");
    add_roles(page, events);
    buf_add_text(page, ". An event is a hint: a slow reader misses some, and after a gap asks "
                       "for the list.\n\n| kind | |\n|---|---|\n");
    json_object_foreach (json_object_get(events, "kinds"), kind, about)
        buf_addf(page, "| `%s` | %s |\n", kind, json_string_value(about));
}

void api_page(const struct api *api, struct buf *page)
{
    const char *name;
    json_t *value, *requests = json_object_get(api->tree, "requests");

    buf_add_text(page, INTRO);
    add_contents(page, requests);
    buf_add_text(page, "## Requests\n\n");
    json_object_foreach (requests, name, value)
        add_request(api, page, name, value);
    buf_add_text(page, "## Records\n\n");
    json_object_foreach (json_object_get(api->tree, "records"), name, value) {
        buf_addf(page, "### %s\n\n", name);
        add_members(api, page, "member", value);
    }
    add_types(page, json_object_get(api->tree, "types"));
    add_events(page, json_object_get(api->tree, "events"));
}

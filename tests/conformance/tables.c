/* tables -- our own tables as OpenAPI files, for when DUO's are not at hand.
 *
 * usage: conformance_tables FOLDER
 *
 * One NAME.yml an API (JSON is YAML), with as much as the validator reads. Holding exchanges
 * against them shows that both sides do what the tables say, not that the tables are right.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/duo/schema.h"
#include "codecs/duo/shape.h"

#define STATUS_SIZE 8

static json_t *parameter(const char *name, const char *where, json_t *schema)
{
    return json_pack("{s:s, s:s, s:b, s:o}", "name", name, "in", where, "required", true,
                     "schema", schema);
}

static json_t *text(int size)
{
    return json_pack("{s:s, s:i, s:i}", "type", "string", "minLength", size, "maxLength",
                     size);
}

static json_t *parameters(const struct duo_operation *operation)
{
    json_t *list = json_array();

    json_array_append_new(list, parameter("bron", "header", text(20)));
    json_array_append_new(list, parameter("doel", "header", text(20)));
    json_array_append_new(
        list, parameter("berichtId", "header",
                        json_pack("{s:s, s:s}", "type", "string", "format", "uuid")));
    if (strstr(operation->path, "{bsn}"))
        json_array_append_new(list, parameter("bsn", "path", text(9)));
    if (strstr(operation->path, "{instellingsnummer}"))
        json_array_append_new(list, parameter("instellingsnummer", "path", text(10)));
    if (strstr(operation->path, "{id}"))
        json_array_append_new(list, parameter("id", "path",
                                              json_pack("{s:s, s:i, s:i}", "type", "integer",
                                                        "minimum", 1, "maximum", 99999)));
    return list;
}

static json_t *content(json_t *schema)
{
    return json_pack("{s:{s:o}}", "application/json", "schema", schema);
}

static json_t *words(bool list)
{
    json_t *one =
        json_pack("{s:s, s:[s], s:{s:{s:s, s:i}}}", "type", "object", "required", "fouttekst",
                  "properties", "fouttekst", "type", "string", "maxLength", 200);

    return list ? json_pack("{s:s, s:o}", "type", "array", "items", one) : one;
}

/* `body` is taken; NULL: none. */
static void add_answer(json_t *answers, int status, json_t *body)
{
    json_t *answer =
        json_pack("{s:{s:{s:b, s:{s:s, s:s}}}}", "headers", "API-Version", "required", true,
                  "schema", "type", "string", "pattern", "^[0-9]+\\.[0-9]+\\.[0-9]+$");
    char name[STATUS_SIZE];

    if (body)
        json_object_set_new(answer, "content", content(body));
    (void)snprintf(name, sizeof(name), "%d", status);
    json_object_set_new(answers, name, answer);
}

static json_t *answers(const struct duo_operation *operation)
{
    bool told = operation->api == DUO_NOTIFICATIE;
    json_t *all = json_object();

    add_answer(all, operation->success,
               operation->answer ? duo_schema(operation->answer) : NULL);
    for (const int *status = operation->statuses; *status; status++)
        add_answer(all, *status,
                   *status == 403 && operation->texts ? words(true)
                   : *status == 503 && told           ? words(false)
                                                      : NULL);
    return all;
}

static void add(json_t *paths, const struct duo_operation *operation)
{
    json_t *path = json_object_get(paths, operation->path);
    json_t *node = json_pack("{s:o, s:o}", "parameters", parameters(operation), "responses",
                             answers(operation));
    SCOPED_MEM char *method = mem_copy(operation->method);

    if (operation->body)
        json_object_set_new(node, "requestBody",
                            json_pack("{s:b, s:o}", "required", true, "content",
                                      content(duo_schema(operation->body))));
    if (!path) {
        path = json_object();
        json_object_set_new(paths, operation->path, path);
    }
    for (char *at = method; *at; at++)
        *at = (char)(*at | 0x20);
    json_object_set_new(path, method, node);
}

static bool write_api(enum duo_api api, const char *folder)
{
    json_auto_t *root =
        json_pack("{s:{s:s}, s:{}}", "info", "version", duo_api_version(api), "paths");
    char path[PATH_MAX];

    for (size_t i = 0; i < duo_operation_count(); i++)
        if (duo_operation_at(i)->api == api)
            add(json_object_get(root, "paths"), duo_operation_at(i));
    (void)snprintf(path, sizeof(path), "%s/%s.yml", folder, duo_api_name(api));
    return json_dump_file(root, path, JSON_INDENT(1)) == 0;
}

int main(int argc, char **argv)
{
    bool good = argc == 2;

    mem_install();
    for (int api = 0; good && api < DUO_APIS; api++)
        good = write_api((enum duo_api)api, argv[1]);
    return good ? 0 : 1;
}

/* answer -- see answer.h. */
#include "tests/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
    const struct api *api;
    const char *request;
};

static void check_members(const struct place *at, const char *path, json_t *members,
                          json_t *object);

static void wrong(const struct place *at, const char *path, const char *why)
{
    fprintf(stderr, "gateway/api.json and the answer to %s differ: %s %s\n", at->request, path,
            why);
    abort();
}

static void check_one(const struct place *at, const char *path, const struct api_kind *kind,
                      json_t *value)
{
    json_t *record = api_record(at->api, kind->name);
    const char *why;

    if (record && !json_is_object(value))
        wrong(at, path, "is no object");
    else if (record)
        check_members(at, path, record, value);
    else if (!api_fits(at->api, kind->name, value, &why))
        wrong(at, path, why);
}

static void check_value(const struct place *at, const char *path, const struct api_kind *kind,
                        json_t *value)
{
    size_t index;
    json_t *item;

    if (kind->optional && json_is_string(value) && json_string_length(value) == 0)
        return;
    if (!kind->list) {
        check_one(at, path, kind, value);
        return;
    }
    if (!json_is_array(value))
        wrong(at, path, "is no list");
    json_array_foreach (value, index, item)
        check_one(at, path, kind, item);
}

static void check_there(const struct place *at, json_t *members, json_t *object)
{
    struct api_kind kind;
    const char *name;
    json_t *text;

    json_object_foreach (members, name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (strcmp(name, "...") == 0)
            check_there(at, api_record(at->api, kind.name), object);
        else if (!kind.optional && !json_object_get(object, name))
            wrong(at, name, "is missing");
    }
}

static void check_members(const struct place *at, const char *path, json_t *members,
                          json_t *object)
{
    struct api_kind kind;
    const char *name;
    json_t *value;

    (void)path;
    json_object_foreach (object, name, value) {
        if (!api_member(at->api, members, name, &kind))
            wrong(at, name, "is not described");
        check_value(at, name, &kind, value);
    }
    check_there(at, members, object);
}

void answer_check(const struct api *api, const char *name, json_t *result)
{
    const struct place at = { api, name };

    check_members(&at, "", json_object_get(api_request(api, name), "result"), result);
}

/* --- one that has everything ----------------------------------------------------------- */

static void fill(const struct api *api, json_t *members, const char *secret, json_t *object);

/* A record that is personal as a whole is so whatever it holds. */
static json_t *sample_of(const struct api *api, const struct api_kind *kind,
                         const char *secret)
{
    json_t *record = api_record(api, kind->name), *value;

    if (!record)
        return json_string(kind->personal ? secret : "x");
    value = json_object();
    fill(api, record, secret, value);
    if (kind->personal)
        json_object_set_new(value, "hidden", json_string(secret));
    return value;
}

static void fill(const struct api *api, json_t *members, const char *secret, json_t *object)
{
    struct api_kind kind;
    const char *name;
    json_t *text;

    json_object_foreach (members, name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (strcmp(name, "...") == 0) {
            fill(api, api_record(api, kind.name), secret, object);
            continue;
        }
        json_t *value = sample_of(api, &kind, secret);
        json_object_set_new(object, name, kind.list ? json_pack("[o]", value) : value);
    }
}

json_t *answer_whole(const struct api *api, const char *name, const char *secret)
{
    json_t *object = json_object();

    fill(api, json_object_get(api_request(api, name), "result"), secret, object);
    return object;
}

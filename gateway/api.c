/* api -- see api.h. */
#include "gateway/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/rollen.h"

extern const char api_json[];
extern const size_t api_json_size;

struct api *api_create(void)
{
    struct api *api = mem_alloc(sizeof(*api));

    api->tree = json_loadb(api_json, api_json_size, JSON_REJECT_DUPLICATES, NULL);
    if (!api->tree)
        abort(); /* our own file, held by a test */
    return api;
}

void api_destroy(struct api *api)
{
    if (!api)
        return;
    json_decref(api->tree);
    free(api);
}

static json_t *part(const struct api *api, const char *name)
{
    return json_object_get(api->tree, name);
}

json_t *api_request(const struct api *api, const char *name)
{
    return json_object_get(part(api, "requests"), name);
}

json_t *api_record(const struct api *api, const char *kind)
{
    return json_object_get(part(api, "records"), kind);
}

unsigned api_roles(json_t *described)
{
    unsigned roles = 0;
    size_t index;
    json_t *name;

    json_array_foreach (json_object_get(described, "roles"), index, name)
        roles |= rollen_named(json_string_value(name));
    return roles;
}

bool api_changes(json_t *request)
{
    return json_is_true(json_object_get(request, "changes"));
}

/* --- members --------------------------------------------------------------------------- */

void api_kind_read(const char *text, struct api_kind *kind)
{
    size_t word = strcspn(text, " ");

    *kind = (struct api_kind){ .list = *text == '[', .about = text + word };
    kind->about += strspn(kind->about, " ");
    text += kind->list;
    size_t name = strcspn(text, "]?! ");
    if (name >= sizeof(kind->name))
        abort(); /* our own file */
    memcpy(kind->name, text, name);
    for (text += name; *text && *text != ' '; text++) {
        kind->optional = kind->optional || *text == '?';
        kind->personal = kind->personal || *text == '!';
    }
}

bool api_member(const struct api *api, json_t *members, const char *name,
                struct api_kind *kind)
{
    const char *text = json_string_value(json_object_get(members, name));
    const char *more = json_string_value(json_object_get(members, "..."));

    if (text && strcmp(name, "...") != 0) {
        api_kind_read(text, kind);
        return true;
    }
    return more && api_member(api, api_record(api, more), name, kind);
}

/* --- types ----------------------------------------------------------------------------- */

static bool is_number(const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool is_integer(const json_t *value)
{
    return json_is_integer(value);
}

static bool is_text(const json_t *value)
{
    return json_is_string(value);
}

static bool is_flag(const json_t *value)
{
    return json_is_boolean(value) || json_is_string(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_any(const json_t *value)
{
    return value;
}

/* What "json" of a type says; without it a type is text. */
static const struct form {
    const char *name;
    bool (*is)(const json_t *value);
} FORMS[] = {
    { "any", is_any },         { "counts", is_object }, { "flag", is_flag },
    { "integer", is_integer }, { "number", is_number }, { "text", is_text },
};

static bool is_of_form(json_t *type, const json_t *value)
{
    const char *form = json_string_value(json_object_get(type, "json"));

    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++)
        if (strcmp(FORMS[i].name, form ? form : "text") == 0)
            return FORMS[i].is(value);
    return false;
}

static json_int_t limit(json_t *type, const char *name, json_int_t otherwise)
{
    const json_t *value = json_object_get(type, name);

    return value ? json_integer_value(value) : otherwise;
}

static bool is_of_size(json_t *type, const json_t *value, const char **why)
{
    json_int_t size = (json_int_t)json_string_length(value);

    if (json_is_string(value) && size < limit(type, "min", 0))
        *why = "is too short";
    else if (json_is_string(value) && size > limit(type, "max", size))
        *why = "is too long";
    else
        return true;
    return false;
}

static json_t *type_named(const struct api *api, const char *name)
{
    return json_object_get(part(api, "types"), name);
}

bool api_fits(const struct api *api, const char *type, const json_t *value, const char **why)
{
    *why = "has the wrong type";
    return is_of_form(type_named(api, type), value)
           && is_of_size(type_named(api, type), value, why);
}

/* --- arguments ------------------------------------------------------------------------- */

static bool check_given(const struct api *api, const char *request, json_t *arguments,
                        struct fault *fault)
{
    json_t *with = json_object_get(api_request(api, request), "with"), *value;
    struct api_kind kind;
    const char *name;

    json_object_foreach (arguments, name, value) {
        if (!api_member(api, with, name, &kind))
            return fault_set(fault, FAULT_USAGE, "%s has no argument %.40s", request, name);
        if (!is_of_form(type_named(api, kind.name), value))
            return fault_set(fault, FAULT_USAGE, "%s: argument %s has the wrong type", request,
                             name);
    }
    return true;
}

static bool check_missing(const struct api *api, const char *request, json_t *arguments,
                          struct fault *fault)
{
    json_t *with = json_object_get(api_request(api, request), "with"), *text;
    struct api_kind kind;
    const char *name;

    json_object_foreach (with, name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (!kind.optional && !json_object_get(arguments, name))
            return fault_set(fault, FAULT_USAGE, "%s: argument %s is missing", request, name);
    }
    return true;
}

/* An optional one that is empty is as good as absent. */
static bool is_absent(const struct api_kind *kind, const json_t *value)
{
    return kind->optional && json_is_string(value) && json_string_length(value) == 0;
}

static bool check_sizes(const struct api *api, const char *request, json_t *arguments,
                        struct fault *fault)
{
    json_t *with = json_object_get(api_request(api, request), "with"), *value;
    struct api_kind kind;
    const char *name, *why;

    json_object_foreach (arguments, name, value)
        if (api_member(api, with, name, &kind) && !is_absent(&kind, value)
            && !is_of_size(type_named(api, kind.name), value, &why))
            return fault_set(fault, FAULT_USAGE, "%s: argument %s %s", request, name, why);
    return true;
}

bool api_check(const struct api *api, const char *name, json_t *arguments, struct fault *fault)
{
    return check_given(api, name, arguments, fault)
           && check_missing(api, name, arguments, fault)
           && check_sizes(api, name, arguments, fault);
}

/* --- what is not for everybody --------------------------------------------------------- */

static void withhold(const struct api *api, json_t *members, json_t *object);

static void withhold_in(const struct api *api, const struct api_kind *kind, json_t *value)
{
    json_t *record = api_record(api, kind->name), *item;
    size_t index;

    if (record && json_is_object(value))
        withhold(api, record, value);
    json_array_foreach (value, index, item)
        withhold_in(api, kind, item);
}

/* What nobody described is not for everybody either. */
static void withhold(const struct api *api, json_t *members, json_t *object)
{
    struct api_kind kind;
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(object, next, name, value)
    {
        if (!api_member(api, members, name, &kind) || kind.personal)
            json_object_del(object, name);
        else
            withhold_in(api, &kind, value);
    }
}

void api_withhold(const struct api *api, const char *name, json_t *result)
{
    withhold(api, json_object_get(api_request(api, name), "result"), result);
}

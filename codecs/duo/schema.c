/* schema -- see schema.h. */
#include "codecs/duo/schema.h"

#include "codecs/duo/shape.h"

static json_t *codes_of(const struct duo_row *row)
{
    json_t *codes = json_array();

    for (const struct duo_code *at = row->codes; at->code; at++)
        json_array_append_new(codes, json_string(at->code));
    return json_pack("{s:s, s:o}", "type", "string", "enum", codes);
}

static json_t *text_of(const struct duo_row *row)
{
    json_t *text = json_pack("{s:s, s:I, s:I}", "type", "string", "minLength",
                             (json_int_t)row->least, "maxLength", (json_int_t)row->most);

    if (duo_pattern_text(row->pattern))
        json_object_set_new(text, "pattern", json_string(duo_pattern_text(row->pattern)));
    return text;
}

static json_t *number_of(const struct duo_row *row, const char *type)
{
    return json_pack("{s:s, s:I, s:I}", "type", type, "minimum", (json_int_t)row->least,
                     "maximum", (json_int_t)row->most);
}

static json_t *object_of(const struct duo_shape *shape);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static json_t *member_of(const struct duo_row *row)
{
    switch (row->kind) {
    case DUO_TEXT:
        return text_of(row);
    case DUO_CODE:
        return codes_of(row);
    case DUO_DATE:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date");
    case DUO_MOMENT:
        return json_pack("{s:s, s:s}", "type", "string", "format", "date-time");
    case DUO_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case DUO_INTEGER:
        return number_of(row, "integer");
    case DUO_NUMBER:
        return number_of(row, "number");
    case DUO_OBJECT:
    default:
        return object_of(row->shape);
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static json_t *object_of(const struct duo_shape *shape)
{
    json_t *members = json_object(), *required = json_array();

    for (const struct duo_row *row = shape->rows; row->member; row++) {
        json_object_set_new(members, row->member, member_of(row));
        if (row->required)
            json_array_append_new(required, json_string(row->member));
    }
    json_t *object = json_pack("{s:s, s:s, s:o}", "title", shape->name, "type", "object",
                               "properties", members);
    if (json_array_size(required) > 0) /* draft 04, and so OpenAPI 3.0, wants one at least */
        json_object_set(object, "required", required);
    json_decref(required);
    return object;
}

json_t *duo_schema(const struct duo_shape *shape)
{
    json_t *schema = object_of(shape);

    if (!shape->list)
        return schema;
    schema = json_pack("{s:s, s:o}", "type", "array", "items", schema);
    if (shape->most > 0)
        json_object_set_new(schema, "maxItems", json_integer((json_int_t)shape->most));
    return schema;
}

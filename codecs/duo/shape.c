/* shape -- see shape.h: the check. Each kind says whether a value fits and, if not, which rule
 * it breaks; the walk knows where it is and what is missing or new.
 */
#include "codecs/duo/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"

/* --- values ----------------------------------------------------------------------------- */

static bool fits_text(const struct duo_row *row, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t length = text ? duo_pattern_length(text) : 0;

    return text && length >= (size_t)row->least && length <= (size_t)row->most
           && duo_pattern_fits(row->pattern, text);
}

static bool fits_code(const struct duo_row *row, const json_t *value)
{
    const char *text = json_string_value(value);

    for (const struct duo_code *at = row->codes; text && at->code; at++)
        if (strcmp(at->code, text) == 0)
            return true;
    return false;
}

static bool is_day(const char *text, size_t size)
{
    char day[11] = "";

    if (size != 10)
        return false;
    memcpy(day, text, size);
    return strlen(day) == size && datum_day(day) > 0;
}

static bool fits_date(const struct duo_row *row, const json_t *value)
{
    const char *text = json_string_value(value);

    (void)row;
    return text && is_day(text, strlen(text));
}

/* Two digits, at most `most`; moves on. */
static bool skip_two(const char **at, int most)
{
    const char *text = *at;

    if (strspn(text, "0123456789") < 2 || (text[0] - '0') * 10 + text[1] - '0' > most)
        return false;
    *at += 2;
    return true;
}

static bool skip_one(const char **at, const char *characters)
{
    if (**at == '\0' || !strchr(characters, **at))
        return false;
    (*at)++;
    return true;
}

/* RFC 3339, 5.6: "Z" or an offset; a second 60 is a leap second. */
static bool is_offset(const char *at)
{
    if (skip_one(&at, "Zz"))
        return *at == '\0';
    return skip_one(&at, "+-") && skip_two(&at, 23) && skip_one(&at, ":") && skip_two(&at, 59)
           && *at == '\0';
}

static bool fits_moment(const struct duo_row *row, const json_t *value)
{
    const char *at = json_string_value(value);

    (void)row;
    if (!at || strlen(at) < 20 || !is_day(at, 10))
        return false;
    at += 10;
    if (!skip_one(&at, "Tt") || !skip_two(&at, 23) || !skip_one(&at, ":") || !skip_two(&at, 59)
        || !skip_one(&at, ":") || !skip_two(&at, 60))
        return false;
    if (skip_one(&at, ".")) {
        size_t digits = strspn(at, "0123456789");
        at += digits;
        return digits > 0 && is_offset(at);
    }
    return is_offset(at);
}

static bool fits_boolean(const struct duo_row *row, const json_t *value)
{
    (void)row;
    return json_is_boolean(value);
}

static bool fits_integer(const struct duo_row *row, const json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= row->least
           && json_integer_value(value) <= row->most;
}

static bool fits_number(const struct duo_row *row, const json_t *value)
{
    return json_is_number(value) && json_number_value(value) >= (double)row->least
           && json_number_value(value) <= (double)row->most;
}

static bool fits_object(const struct duo_row *row, const json_t *value)
{
    (void)row;
    return json_is_object(value);
}

/* clang-format off */
static const struct {
    bool (*fits)(const struct duo_row *row, const json_t *value);
    const char *says;
    bool bounds; /* say least and most too */
} KINDS[] = {
    [DUO_TEXT]    = { fits_text,    "no text as DUO wants it, length", true },
    [DUO_CODE]    = { fits_code,    "none of DUO's codes", false },
    [DUO_DATE]    = { fits_date,    "no day that exists (YYYY-MM-DD)", false },
    [DUO_MOMENT]  = { fits_moment,  "no date and time (RFC 3339)", false },
    [DUO_BOOLEAN] = { fits_boolean, "neither true nor false", false },
    [DUO_INTEGER] = { fits_integer, "no whole number", true },
    [DUO_NUMBER]  = { fits_number,  "no number", true },
    [DUO_OBJECT]  = { fits_object,  "no object", false },
};
/* clang-format on */

/* --- the walk --------------------------------------------------------------------------- */

struct walk {
    struct buf *pointer; /* to the object that is looked at */
    struct duo_findings *findings;
    struct fault *fault;
};

static bool refuse(struct walk *walk, const struct duo_row *row, const char *says)
{
    bool bounds = KINDS[row->kind].bounds && says == KINDS[row->kind].says;

    if (!bounds)
        return fault_set(walk->fault, FAULT_SCHEMA, "%s/%s: %s", buf_text(walk->pointer),
                         row->member, says);
    return fault_set(walk->fault, FAULT_SCHEMA, "%s/%s: %s %" PRId64 " to %" PRId64,
                     buf_text(walk->pointer), row->member, says, row->least, row->most);
}

static const struct duo_row *row_of(const struct duo_shape *shape, const char *member)
{
    for (const struct duo_row *row = shape->rows; row->member; row++)
        if (strcmp(row->member, member) == 0)
            return row;
    return NULL;
}

static void note_unknown(struct walk *walk, const struct duo_shape *shape, json_t *object)
{
    struct duo_findings *findings = walk->findings;
    const char *name;
    json_t *value;

    json_object_foreach (object, name, value) {
        if (!findings || row_of(shape, name))
            continue;
        if (findings->unknown < DUO_UNKNOWN_MAX)
            (void)snprintf(findings->pointer[findings->unknown], DUO_POINTER_SIZE, "%s/%s",
                           buf_text(walk->pointer), name);
        findings->unknown++;
    }
}

static bool check_object(struct walk *walk, const struct duo_shape *shape, json_t *object);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static bool check_member(struct walk *walk, const struct duo_row *row, json_t *value)
{
    if (!value)
        return !row->required || refuse(walk, row, "is required");
    if (!KINDS[row->kind].fits(row, value))
        return refuse(walk, row, KINDS[row->kind].says);
    if (row->kind != DUO_OBJECT)
        return true;

    size_t size = walk->pointer->size;
    buf_addf(walk->pointer, "/%s", row->member);
    bool right = check_object(walk, row->shape, value);
    buf_cut(walk->pointer, size);
    return right;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static bool check_object(struct walk *walk, const struct duo_shape *shape, json_t *object)
{
    for (const struct duo_row *row = shape->rows; row->member; row++)
        if (!check_member(walk, row, json_object_get(object, row->member)))
            return false;
    note_unknown(walk, shape, object);
    return true;
}

static bool check_list(struct walk *walk, const struct duo_shape *shape, const json_t *list)
{
    size_t index;
    json_t *item;

    if (!json_is_array(list))
        return fault_set(walk->fault, FAULT_SCHEMA, "%s: no list", shape->name);
    if (shape->most > 0 && json_array_size(list) > shape->most)
        return fault_set(walk->fault, FAULT_SCHEMA, "%s: more than %zu items", shape->name,
                         shape->most);
    json_array_foreach (list, index, item) {
        if (!json_is_object(item))
            return fault_set(walk->fault, FAULT_SCHEMA, "/%zu: no object", index);
        buf_addf(walk->pointer, "/%zu", index);
        if (!check_object(walk, shape, item))
            return false;
        buf_clear(walk->pointer);
    }
    return true;
}

bool duo_check(const struct duo_shape *shape, const json_t *json,
               struct duo_findings *findings, struct fault *fault)
{
    SCOPED_BUF struct buf pointer = { 0 };
    struct walk walk = { &pointer, findings, fault };

    if (findings)
        *findings = (struct duo_findings){ 0 };
    if (shape->list)
        return check_list(&walk, shape, json);
    if (!json_is_object(json))
        return fault_set(fault, FAULT_SCHEMA, "%s: no object", shape->name);
    return check_object(&walk, shape, (json_t *)json);
}

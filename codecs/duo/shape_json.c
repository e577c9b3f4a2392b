/* shape_json -- the way back (shape.h): what the dossier says, as DUO's JSON. A value that is
 * not as it should be goes along as text, so that the check at the end names it.
 */
#include "codecs/duo/shape.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/xmldoc.h"

static const char *code_of(const struct duo_row *row, const char *word)
{
    for (const struct duo_code *at = row->codes; at->code; at++)
        if (strcmp(at->word ? at->word : at->code, word) == 0)
            return at->code;
    return word;
}

static bool is_number(const char *text)
{
    size_t whole = strspn(text, "0123456789");
    size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;

    return whole >= 1 && whole <= 15 && text[whole + (decimals ? decimals + 1 : 0)] == '\0';
}

/* "400.00" is 400 there. */
static json_t *number_of(const char *text)
{
    double value = strtod(text, NULL);

    return value == (double)(json_int_t)value ? json_integer((json_int_t)value)
                                              : json_real(value);
}

static json_t *value_of(const struct duo_row *row, const char *text)
{
    if (row->kind == DUO_CODE)
        return json_string(code_of(row, text));
    if (row->kind == DUO_BOOLEAN && strcmp(text, "ja") == 0)
        return json_true();
    if (row->kind == DUO_BOOLEAN && strcmp(text, "nee") == 0)
        return json_false();
    if ((row->kind == DUO_INTEGER || row->kind == DUO_NUMBER) && is_number(text))
        return number_of(text);
    return json_string(text);
}

static json_t *object_of(const struct duo_shape *shape, const xmlNode *element);

/* NULL when the dossier has none. NOLINTNEXTLINE(misc-no-recursion): as deep as the tables */
static json_t *member_of(const struct duo_row *row, const xmlNode *element)
{
    if (!row->path)
        return NULL;
    if (row->kind == DUO_OBJECT) {
        const xmlNode *at = xmldoc_at(element, row->path);
        return at ? object_of(row->shape, at) : NULL;
    }
    const char *text = xmldoc_text(element, row->path);
    return text ? value_of(row, text) : NULL;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the tables are */
static json_t *object_of(const struct duo_shape *shape, const xmlNode *element)
{
    json_t *object = json_object();

    for (const struct duo_row *row = shape->rows; row->member; row++) {
        json_t *member = member_of(row, element);
        if (member)
            json_object_set_new(object, row->member, member);
    }
    return object;
}

/* Of a list whose kinds stand apart: the member that its `soort` says. */
static json_t *item_of(const struct duo_shape *shape, const xmlNode *element)
{
    if (!shape->apart)
        return object_of(shape, element);

    const char *soort = xmldoc_text(element, "soort");
    json_t *item = json_object();
    for (const struct duo_row *row = shape->rows; row->member && soort; row++)
        if (strcmp(row->path, soort) == 0)
            json_object_set_new(item, row->member, object_of(row->shape, element));
    return item;
}

static json_t *list_of(const struct duo_shape *shape, const xmlNode *element)
{
    json_t *list = json_array();

    for (; element; element = xmldoc_next(element))
        json_array_append_new(list, item_of(shape, element));
    return list;
}

bool duo_to_json(const struct duo_shape *shape, const xmlNode *element, json_t **body,
                 struct fault *fault)
{
    *body = shape->list ? list_of(shape, element) : object_of(shape, element);
    if (duo_check(shape, *body, NULL, fault))
        return true;
    json_decref(*body);
    *body = NULL;
    return false;
}

/* json -- see json.h. jansson does the reading (of five readers the one that takes nothing it
 * should not, but one: behind a number it loses a NUL); its own limit of depth is 2048. So a
 * linear look goes before it.
 */
#include "codecs/json.h"

#include <string.h>

/* clang-format off */
static const struct {
    enum json_error_code code;
    const char *says;
} KINDS[] = {
    { json_error_premature_end_of_input, "it ends too early" },
    { json_error_end_of_input_expected,  "something stands behind its end" },
    { json_error_invalid_utf8,           "bytes that are no UTF-8" },
    { json_error_null_character,         "a NUL" },
    { json_error_null_byte_in_key,       "a NUL in a name" },
    { json_error_duplicate_key,          "a name that comes twice" },
    { json_error_numeric_overflow,       "a number that does not fit" },
    { json_error_stack_overflow,         "nested too deep" },
};
/* clang-format on */

static const char *kind_of(const json_error_t *error)
{
    for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
        if (json_error_code(error) == KINDS[i].code)
            return KINDS[i].says;
    return "not JSON";
}

/* Brackets outside texts; a text that never ends is left to the reader. */
static bool is_shallow(const char *at, size_t size)
{
    size_t depth = 0;
    bool text = false;

    for (size_t i = 0; i < size; i++) {
        if (text && at[i] == '\\')
            i++;
        else if (at[i] == '"')
            text = !text;
        else if (!text && (at[i] == '[' || at[i] == '{') && ++depth > JSON_DEPTH_MAX)
            return false;
        else if (!text && (at[i] == ']' || at[i] == '}') && depth > 0)
            depth--;
    }
    return true;
}

bool json_read(const void *bytes, size_t size, size_t most, json_t **root, struct fault *fault)
{
    json_error_t error;

    *root = NULL;
    if (size > most)
        return fault_set(fault, FAULT_SIZE, "JSON of more than %zu bytes", most);
    if (size > 0 && memchr(bytes, '\0', size))
        return fault_set(fault, FAULT_DOCUMENT, "JSON: a NUL");
    if (!is_shallow(bytes, size))
        return fault_set(fault, FAULT_DOCUMENT, "JSON: nested deeper than %d", JSON_DEPTH_MAX);
    *root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!*root)
        return fault_set(fault, FAULT_DOCUMENT, "JSON, line %d, byte %d: %s", error.line,
                         error.position, kind_of(&error));
    return true;
}

/* duo_asked -- see duo_asked.h. */
#include "tools/cli/duo_asked.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/json.h"
#include "tools/cli/personal.h"

#define BSN_LINE_MAX 64

bool duo_asked_operation(const char *name, const struct duo_operation **operation,
                         struct fault *fault)
{
    *operation = duo_operation_named(name);
    if (*operation && (*operation)->api != DUO_NOTIFICATIE)
        return true;
    fault_set(fault, FAULT_USAGE, "%.40s: DUO has no such operation", name);
    return fault_advise(fault, "estafette duo operations");
}

/* --- what the path needs --------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *option, *part, *member;
} PARTS[] = {
    { "--bsn",        "{bsn}",               "bsn" },
    { "--instelling", "{instellingsnummer}", "instelling" },
    { "--id",         "{id}",                "nummer" },
};
/* clang-format on */

static bool check_options(const struct arguments *arguments,
                          const struct duo_operation *operation, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        bool given = option(arguments, PARTS[i].option);
        bool needed = strstr(operation->path, PARTS[i].part);
        if (given != needed)
            return fault_set(fault, FAULT_USAGE, "%s: it %s %s", operation->name,
                             needed ? "needs" : "does not take", PARTS[i].option);
    }
    bool body = option(arguments, "--body");
    if (body != (operation->body != NULL))
        return fault_set(fault, FAULT_USAGE, "%s: it %s --body", operation->name,
                         body ? "does not take" : "needs");
    return true;
}

/* --- standard input
 * -------------------------------------------------------------------------- */

/* The first line, without blanks at its ends; *rest is what stands behind it. */
static void split_line(struct buf *text, const char **line, const char **rest)
{
    char *at = (char *)text->data;
    size_t size = strcspn(at, "\r\n");

    *rest = at + size + strspn(at + size, "\r\n");
    at[size] = '\0';
    *line = at + strspn(at, " \t");
    while (size > 0 && strchr(" \t", at[size - 1]))
        at[--size] = '\0';
}

/* With a body behind it when that comes from standard input as well. */
static bool read_input(const struct arguments *arguments, struct buf *text,
                       struct fault *fault)
{
    const char *bsn = option(arguments, "--bsn"), *body = option(arguments, "--body");
    bool both = bsn && body && strcmp(body, "-") == 0;

    if (!bsn)
        return true;
    return personal_read("--bsn", bsn, both ? "The BSN, then the body" : "The BSN",
                         both ? JSON_BYTES_MAX : BSN_LINE_MAX, text, fault);
}

static bool read_body(const struct arguments *arguments, const char *rest, json_t *asked,
                      struct fault *fault)
{
    const char *file = option(arguments, "--body");
    SCOPED_BUF struct buf text = { 0 };

    if (!file)
        return true;
    if (strcmp(file, "-") == 0 && option(arguments, "--bsn"))
        buf_add_text(&text, rest);
    else if (!cli_read(file, JSON_BYTES_MAX, &text, fault))
        return false;
    json_t *body = json_string(buf_text(&text));
    if (!body)
        return fault_set(fault, FAULT_DOCUMENT, "--body: it is not UTF-8 text");
    return json_object_set_new(asked, "body", body) == 0;
}

bool duo_asked_read(const struct arguments *arguments, const struct duo_operation *operation,
                    json_t **asked, struct fault *fault)
{
    SCOPED_BUF struct buf input = { 0 };
    const char *bsn = "", *rest = "";

    if (!check_options(arguments, operation, fault) || !read_input(arguments, &input, fault))
        return false;
    (void)buf_text(&input); /* ends with a NUL */
    if (input.size > 0)
        split_line(&input, &bsn, &rest);
    *asked = json_pack("{s:s}", "operation", operation->name);
    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        const char *value = i == 0 ? bsn : option(arguments, PARTS[i].option);
        if (value && *value)
            json_object_set_new(*asked, PARTS[i].member, json_string(value));
    }
    if (read_body(arguments, rest, *asked, fault))
        return true;
    json_decref(*asked);
    *asked = NULL;
    return false;
}

/* personal -- see personal.h. */
#include "tools/cli/personal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "tools/cli/cli.h"

bool personal_can_ask(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* What jansson takes for a string is UTF-8 as RFC 3629 has it. */
static bool is_text(const struct buf *content)
{
    const char *text = buf_text(content);
    json_auto_t *string = json_string(text);

    return string && strlen(text) == content->size;
}

bool personal_read(const char *name, const char *value, const char *asks, size_t max,
                   struct buf *content, struct fault *fault)
{
    if (strcmp(value, "-") != 0) {
        fault_set(
            fault, FAULT_USAGE,
            "%s: personal data is not taken from the command line, where others can read "
            "it",
            name);
        return fault_advise(fault,
                            "give %s - and the text on standard input, or type it when "
                            "you are asked",
                            name);
    }
    if (personal_can_ask())
        fprintf(stderr, "%s; end with Ctrl-D on a line of its own:\n", asks);
    if (!cli_read("-", max, content, fault))
        return false;
    return is_text(content)
           || fault_set(fault, FAULT_USAGE, "%s: standard input is not UTF-8 text", name);
}

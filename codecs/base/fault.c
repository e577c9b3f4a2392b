/* fault -- see fault.h; the table there is the whole policy. */
#include "codecs/base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit;
    bool again;
    const char *action;
} CODES[] = {
#define X(code, name, exit, again, action) [code] = { name, exit, again, action },
    FAULT_CODES(X)
#undef X
};

bool fault_set(struct fault *fault, enum fault_code code, const char *format, ...)
{
    va_list args;

    fault->code = code;
    fault->action[0] = '\0';
    va_start(args, format);
    vsnprintf(fault->text, sizeof(fault->text), format, args);
    va_end(args);
    return false;
}

bool fault_advise(struct fault *fault, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fault->action, sizeof(fault->action), format, args);
    va_end(args);
    return false;
}

bool fault_set_errno(struct fault *fault, enum fault_code code, const char *what, int error)
{
    char text[128];

    return fault_set(fault, code, "%s: %s", what, strerror_r(error, text, sizeof(text)));
}

bool fault_is_temporary(const struct fault *fault)
{
    return CODES[fault->code].again;
}

const char *fault_name(enum fault_code code)
{
    return CODES[code].name;
}

enum fault_code fault_code_named(const char *name)
{
    for (int code = 0; code < FAULT_CODE_COUNT; code++)
        if (strcmp(CODES[code].name, name) == 0)
            return (enum fault_code)code;
    return FAULT_INTERNAL;
}

int fault_exit_code(const struct fault *fault)
{
    return CODES[fault->code].exit;
}

const char *fault_action(const struct fault *fault)
{
    return fault->action[0] ? fault->action : CODES[fault->code].action;
}

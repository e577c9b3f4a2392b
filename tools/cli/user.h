/* user -- to whom of us something is assigned: a name that was given, or our own. */
#ifndef CLI_USER_H
#define CLI_USER_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* `named`, or with --mine the name by which this machine knows us; NULL: neither. FAULT_USAGE:
 * both, or an empty name, or we have none. Lives until the next call. */
bool user_find(const struct arguments *arguments, const char *named, const char **user,
               struct fault *fault) MUST_CHECK;

#endif

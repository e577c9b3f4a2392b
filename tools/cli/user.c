/* user -- see user.h. */
#include "tools/cli/user.h"

#include <pwd.h>
#include <unistd.h>

bool user_find(const struct arguments *arguments, const char *named, const char **user,
               struct fault *fault)
{
    *user = named;
    if (named && !*named)
        return fault_set(fault, FAULT_USAGE, "the name of a user is empty");
    if (!option(arguments, "--mine"))
        return true;
    if (named)
        return fault_set(fault, FAULT_USAGE, "--mine or the name of a user, not both");
    const struct passwd *own = getpwuid(getuid());
    *user = own ? own->pw_name : NULL;
    return own
           || fault_set(fault, FAULT_USAGE,
                        "--mine: this machine has no name for who you are; name a user");
}

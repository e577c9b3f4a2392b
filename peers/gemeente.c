/* gemeente -- see gemeente.h. */
#include "peers/gemeente.h"

#include <string.h>

bool gemeente_code_valid(const char *text)
{
    return strlen(text) == 4 && strspn(text, "0123456789") == 4;
}

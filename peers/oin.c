/* oin -- see oin.h. */
#include "peers/oin.h"

#include <string.h>

bool oin_valid(const char *text)
{
    return strlen(text) == 20 && strspn(text, "0123456789") == 20;
}

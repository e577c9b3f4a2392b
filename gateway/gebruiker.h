/* gebruiker -- the Unix user as whom commands of the administrator's run ([programma]
 * gebruiker): another than our own cannot read what is ours, whatever it does.
 *
 * To become somebody else takes being root, or the capabilities to set uid and gid.
 */
#ifndef GATEWAY_GEBRUIKER_H
#define GATEWAY_GEBRUIKER_H

#include <stdbool.h>
#include <sys/types.h>

#include "codecs/base/fault.h"

#define GEBRUIKER_GROUPS_MAX 64

struct gebruiker { /* as it lies in memory it passes to the helper process */
    bool other;    /* false: nobody else; the rest counts for nothing */
    uid_t uid;
    gid_t gid, groups[GEBRUIKER_GROUPS_MAX];
    int group_count;
};

/* "": our own. FAULT_CONFIG: there is no such user, it is root, or we may not become him. */
bool gebruiker_find(const char *name, struct gebruiker *gebruiker,
                    struct fault *fault) MUST_CHECK;

/* In the child, before exec, and without a way back. False (errno): still ourselves, or
 * nobody; do not go on. */
bool gebruiker_become(const struct gebruiker *gebruiker);

#endif

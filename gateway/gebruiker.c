/* gebruiker -- see gebruiker.h. */
#include "gateway/gebruiker.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "codecs/base/mem.h"

#define BUFFER (1 << 20) /* of what the system's databases tell of one user */

static bool has_capabilities(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
    const uint32_t wanted = 1U << CAP_SETUID | 1U << CAP_SETGID;

    return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & wanted) == wanted;
}

static bool find_groups(const char *name, struct gebruiker *gebruiker, struct fault *fault)
{
    gebruiker->group_count = GEBRUIKER_GROUPS_MAX;
    return getgrouplist(name, gebruiker->gid, gebruiker->groups, &gebruiker->group_count) >= 0
           || fault_set(fault, FAULT_CONFIG,
                        "[programma] gebruiker: %s is in more than %d "
                        "groups",
                        name, GEBRUIKER_GROUPS_MAX);
}

static bool may_become(const char *name, const struct gebruiker *gebruiker,
                       struct fault *fault)
{
    if (gebruiker->uid == 0)
        return fault_set(fault, FAULT_CONFIG,
                         "[programma] gebruiker: a program does not run as root");
    if (gebruiker->uid == geteuid() || has_capabilities())
        return true;
    fault_set(fault, FAULT_CONFIG, "[programma] gebruiker: we may not become %s", name);
    return fault_advise(fault, "start the daemon with CAP_SETUID and CAP_SETGID (systemd: "
                               "AmbientCapabilities=), or leave gebruiker empty");
}

bool gebruiker_find(const char *name, struct gebruiker *gebruiker, struct fault *fault)
{
    SCOPED_MEM char *buffer = mem_alloc(BUFFER);
    struct passwd entry, *found = NULL;

    *gebruiker = (struct gebruiker){ 0 };
    if (!*name)
        return true;
    (void)getpwnam_r(name, &entry, buffer, BUFFER, &found);
    if (!found)
        return fault_set(fault, FAULT_CONFIG, "[programma] gebruiker: there is no user %s",
                         name);
    gebruiker->uid = found->pw_uid;
    gebruiker->gid = found->pw_gid;
    gebruiker->other = found->pw_uid != geteuid();
    return may_become(name, gebruiker, fault) && find_groups(name, gebruiker, fault);
}

/* Capabilities that systemd gave us would outlive the change of user. */
bool gebruiker_become(const struct gebruiker *gebruiker)
{
    if (gebruiker->other
        && (setgroups((size_t)gebruiker->group_count, gebruiker->groups) != 0
            || setresgid(gebruiker->gid, gebruiker->gid, gebruiker->gid) != 0
            || setresuid(gebruiker->uid, gebruiker->uid, gebruiker->uid) != 0))
        return false;
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0;
}

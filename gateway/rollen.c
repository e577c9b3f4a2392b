/* rollen -- see rollen.h. */
#include "gateway/rollen.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/base/mem.h"

#define ENTRIES_MAX 96
#define BUFFER_FIRST 4096
#define BUFFER_MAX (1u << 20) /* a group may list thousands of members */

/* Names by bit, in the order of struct config's lists. */
static const char *const NAMES[ROLLEN_COUNT] = { "klantregisseur", "beheer", "lezer" };

struct entry {
    unsigned rol;
    bool group;
    unsigned id; /* of the user, or of the group */
};

struct lists {
    struct entry entry[ENTRIES_MAX];
    size_t count;
};

struct rollen {
    pthread_mutex_t lock;
    struct lists lists;
};

const char *rollen_name(unsigned rol)
{
    for (unsigned i = 0; i < ROLLEN_COUNT; i++)
        if (rol == 1u << i)
            return NAMES[i];
    return "";
}

unsigned rollen_named(const char *name)
{
    for (unsigned i = 0; i < ROLLEN_COUNT; i++)
        if (strcmp(NAMES[i], name) == 0)
            return 1u << i;
    return 0;
}

bool rollen_owner(uid_t uid)
{
    return uid == 0 || uid == geteuid();
}

struct rollen *rollen_create(void)
{
    struct rollen *rollen = mem_alloc(sizeof(*rollen));

    pthread_mutex_init(&rollen->lock, NULL);
    return rollen;
}

void rollen_destroy(struct rollen *rollen)
{
    if (!rollen)
        return;
    pthread_mutex_destroy(&rollen->lock);
    free(rollen);
}

/* --- the system's databases ------------------------------------------------------------ */

/* One question to them, with as much room as its answer takes; false: nobody of that name.
 * *buffer holds what the answer points to. */
#define ASK_WITH_ROOM(call, buffer)                                                           \
    do {                                                                                      \
        size_t room = BUFFER_FIRST;                                                           \
        int error;                                                                            \
        do {                                                                                  \
            (buffer) = mem_resize((buffer), room);                                            \
            error = (call);                                                                   \
            room *= 2;                                                                        \
        } while (error == ERANGE && room <= BUFFER_MAX);                                      \
    } while (0)

static bool user_named(const char *name, unsigned *uid)
{
    SCOPED_MEM char *buffer = NULL;
    struct passwd entry, *found = NULL;

    ASK_WITH_ROOM(getpwnam_r(name, &entry, buffer, room, &found), buffer);
    if (found)
        *uid = found->pw_uid;
    return found;
}

static bool group_named(const char *name, unsigned *gid)
{
    SCOPED_MEM char *buffer = NULL;
    struct group entry, *found = NULL;

    ASK_WITH_ROOM(getgrnam_r(name, &entry, buffer, room, &found), buffer);
    if (found)
        *gid = found->gr_gid;
    return found;
}

/* Primary and supplementary; the caller frees them. None of a user whom nobody knows. */
static gid_t *groups_of(uid_t uid, int *count)
{
    SCOPED_MEM char *buffer = NULL;
    struct passwd entry, *found = NULL;
    gid_t *groups = NULL;

    *count = 0;
    ASK_WITH_ROOM(getpwuid_r(uid, &entry, buffer, room, &found), buffer);
    if (!found)
        return NULL;
    int room = 32;
    do {
        *count = room;
        groups = mem_resize(groups, (size_t)room * sizeof(*groups));
        room *= 2;
    } while (getgrouplist(found->pw_name, found->pw_gid, groups, count) < 0);
    return groups;
}

/* --- reading --------------------------------------------------------------------------- */

static bool add(struct lists *lists, unsigned rol, const char *name, struct fault *fault)
{
    struct entry entry = { .rol = rol, .group = *name == '@' };

    if (lists->count == ENTRIES_MAX)
        return fault_set(fault, FAULT_CONFIG, "[rollen]: more than %d names", ENTRIES_MAX);
    if (entry.group ? group_named(name + 1, &entry.id) : user_named(name, &entry.id)) {
        lists->entry[lists->count++] = entry;
        return true;
    }
    fault_set(fault, FAULT_CONFIG, "[rollen] %s: there is no %s %s", rollen_name(rol),
              entry.group ? "group" : "user", name + entry.group);
    return fault_advise(fault, "names of Unix users, and of groups with @ before them, with "
                               "commas between; getent passwd and getent group know them");
}

static bool read_list(struct lists *lists, unsigned rol, const char *text, struct fault *fault)
{
    SCOPED_MEM char *copy = mem_copy(text);
    char *rest = copy, *name;

    while ((name = strsep(&rest, ", ")))
        if (*name && !add(lists, rol, name, fault))
            return false;
    return true;
}

bool rollen_read(struct rollen *rollen, const struct config *config, struct fault *fault)
{
    struct lists fresh = { .count = 0 };

    for (unsigned i = 0; i < ROLLEN_COUNT; i++)
        if (!read_list(&fresh, 1u << i, config->rollen[i], fault))
            return false;
    pthread_mutex_lock(&rollen->lock);
    rollen->lists = fresh;
    pthread_mutex_unlock(&rollen->lock);
    return true;
}

/* --- asking ---------------------------------------------------------------------------- */

static struct lists present(struct rollen *rollen)
{
    pthread_mutex_lock(&rollen->lock);
    struct lists lists = rollen->lists;
    pthread_mutex_unlock(&rollen->lock);
    return lists;
}

static bool is_in(const struct entry *entry, uid_t uid, const gid_t *groups, int count)
{
    if (!entry->group)
        return entry->id == uid;
    for (int i = 0; i < count; i++)
        if (groups[i] == entry->id)
            return true;
    return false;
}

unsigned rollen_of(struct rollen *rollen, uid_t uid)
{
    const struct lists lists = present(rollen);
    unsigned roles = 0;
    int count;

    if (rollen_owner(uid))
        return ROLLEN_ALLE;
    if (lists.count == 0)
        return 0;
    SCOPED_MEM gid_t *groups = groups_of(uid, &count);
    for (size_t i = 0; i < lists.count; i++)
        if (is_in(&lists.entry[i], uid, groups, count))
            roles |= lists.entry[i].rol;
    return roles;
}

void rollen_door(struct rollen *rollen, struct rollen_door *door)
{
    const struct lists lists = present(rollen);
    bool one = lists.count > 0;

    for (size_t i = 0; i < lists.count; i++)
        one = one && lists.entry[i].group && lists.entry[i].id == lists.entry[0].id;
    if (lists.count == 0)
        *door = (struct rollen_door){ .socket = 0600 };
    else if (one)
        *door = (struct rollen_door){ 0660, 0010, lists.entry[0].id };
    else
        *door = (struct rollen_door){ 0666, 0011, (gid_t)-1 };
}

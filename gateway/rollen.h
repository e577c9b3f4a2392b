/* rollen -- who may do what on the local bus: [rollen] in estafette.ini.
 *
 * Each role is a list of Unix users and @groups. The kernel tells who asks (a uid); that
 * user's groups come from the system's databases at that moment. The gateway's own user and
 * root may do everything. With no list nobody else may do anything, and nobody else can
 * connect.
 */
#ifndef GATEWAY_ROLLEN_H
#define GATEWAY_ROLLEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "codecs/base/fault.h"
#include "gateway/config.h"

/* Bits. Which requests each may make stands in gateway/api.json. */
#define ROLLEN_KLANTREGISSEUR                                                                 \
    1u                   /* handovers, dossiers, tasks, DUO: the only one for persons */
#define ROLLEN_BEHEER 2u /* peers, trust, what is under way */
#define ROLLEN_LEZER 4u  /* how it goes */
#define ROLLEN_ALLE 7u
#define ROLLEN_COUNT 3

const char *rollen_name(unsigned rol);   /* of one bit: "klantregisseur" */
unsigned rollen_named(const char *name); /* 0: there is no such role */

struct rollen;
struct rollen *rollen_create(void); /* nobody has a role; rollen_destroy() takes NULL */
void rollen_destroy(struct rollen *rollen);

/* Takes over the lists of a configuration. FAULT_CONFIG names who does not exist; the old
 * lists stay then. */
bool rollen_read(struct rollen *rollen, const struct config *config,
                 struct fault *fault) MUST_CHECK;

/* The roles of a user. ROLLEN_ALLE: also our own user and root. */
unsigned rollen_of(struct rollen *rollen, uid_t uid);

bool rollen_owner(uid_t uid); /* our own user, or root */

/* What our sockets and their folder must let through, and nothing more: nobody, one group, or
 * (users and groups together have no mode of their own) everybody, who is then judged by who
 * he is. */
struct rollen_door {
    mode_t socket, folder; /* 0600 and 0; 0660 and 0010; 0666 and 0011 */
    gid_t group;           /* with 0660 */
};
void rollen_door(struct rollen *rollen, struct rollen_door *door);

#endif

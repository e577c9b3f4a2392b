/* sim_post -- one notification to one municipality, over HTTPS with both certificates. */
#ifndef DUOSIM_SIM_POST_H
#define DUOSIM_SIM_POST_H

#include <stdatomic.h>

#include "codecs/uuid.h"
#include "tools/duosim/sim_settings.h"
#include "tools/duosim/sim_tls.h"

struct sim_post {
    const char *bron; /* OIN of "DUO" */
    const struct sim_gemeente *to;
    char id[UUID_SIZE]; /* berichtId */
    const char *body;
    const atomic_bool *stopping; /* true: give up at once */
};

/* The HTTP status; 0: no answer came, or from somebody else than the municipality. */
int sim_post_send(const struct sim_tls *tls, const struct sim_post *post);

#endif

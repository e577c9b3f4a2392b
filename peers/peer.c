/* peer -- see peer.h. */
#include "peers/peer.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "peers/card.h"

static const char *const OMGEVING[OMGEVINGEN] = {
    [OMGEVING_TEST] = "test",
    [OMGEVING_PRODUCTIE] = "productie",
};

static const char *const STATE[PEER_STATES] = {
    [PEER_VOORGESTELD] = "voorgesteld",
    [PEER_ACTIEF] = "actief",
    [PEER_GESCHORST] = "geschorst",
    [PEER_VERWIJDERD] = "verwijderd",
};

/* clang-format off */
static const bool ARROW[PEER_STATES][PEER_STATES] = {
    [PEER_VOORGESTELD][PEER_ACTIEF] = true,
    [PEER_VOORGESTELD][PEER_VERWIJDERD] = true,
    [PEER_ACTIEF][PEER_GESCHORST] = true,
    [PEER_GESCHORST][PEER_ACTIEF] = true,
    [PEER_GESCHORST][PEER_VERWIJDERD] = true,
};
/* clang-format on */

/* Index of name in names; -1 when there is none. */
static int index_of(const char *const *names, int count, const char *name)
{
    while (count-- > 0)
        if (strcmp(names[count], name) == 0)
            return count;
    return -1;
}

const char *omgeving_name(enum omgeving omgeving)
{
    return OMGEVING[omgeving];
}

bool omgeving_from_name(const char *name, enum omgeving *omgeving)
{
    int found = index_of(OMGEVING, OMGEVINGEN, name);

    if (found >= 0)
        *omgeving = (enum omgeving)found;
    return found >= 0;
}

const char *peer_state_name(enum peer_state state)
{
    return STATE[state];
}

bool peer_state_from_name(const char *name, enum peer_state *state)
{
    int found = index_of(STATE, PEER_STATES, name);

    if (found >= 0)
        *state = (enum peer_state)found;
    return found >= 0;
}

bool peer_state_arrow(enum peer_state from, enum peer_state to)
{
    return ARROW[from][to];
}

bool peer_create(const void *signed_card, size_t size, enum peer_state state,
                 struct peer **peer, struct fault *fault)
{
    SCOPED_PEER struct peer *created = mem_alloc(sizeof(*created));

    created->references = 1;
    created->state = state;
    if (!card_read(signed_card, size, &created->card, &created->fingerprint, fault))
        return false;
    buf_add(&created->signed_card, signed_card, size);
    *peer = created;
    created = NULL;
    return true;
}

/* The count is the one thing that changes in a shared peer. */
struct peer *peer_retain(const struct peer *peer)
{
    struct peer *shared = (struct peer *)peer;

    __atomic_add_fetch(&shared->references, 1, __ATOMIC_RELAXED);
    return shared;
}

void peer_release(struct peer **peer)
{
    struct peer *released = *peer;

    *peer = NULL;
    if (!released || __atomic_sub_fetch(&released->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    card_finish(&released->card);
    buf_finish(&released->signed_card);
    free(released);
}

bool peer_has(const struct peer *peer, enum purpose purpose, X509 *certificate)
{
    const STACK_OF(X509) *listed = peer->card.certificates[purpose];

    for (int at = 0; at < sk_X509_num(listed); at++)
        if (certificate_same(sk_X509_value(listed, at), certificate))
            return true;
    return false;
}

bool peer_serves(const struct peer *peer, const char *gemeentecode)
{
    for (size_t i = 0; i < peer->card.gemeentecode_count; i++)
        if (strcmp(peer->card.gemeentecodes[i], gemeentecode) == 0)
            return true;
    return false;
}

bool peer_may(const struct peer *peer, enum soort soort, time_t now, struct fault *fault)
{
    bool ping = peer->state == PEER_VOORGESTELD && soort == SOORT_PING;

    if (peer->state != PEER_ACTIEF && !ping)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is %s: no %s with it", peer->card.oin,
                         STATE[peer->state], soort_name(soort));
    if (now < peer->card.geldig_van || now >= peer->card.geldig_tot)
        return fault_set(fault, FAULT_EXPIRED, "the peerkaart of %s is not valid at this time",
                         peer->card.oin);
    return true;
}

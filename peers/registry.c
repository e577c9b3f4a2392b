/* registry -- see registry.h. A few hundred peers in an array, sorted by name and then OIN.
 *
 * The lock covers the array only; peers are immutable and counted, so whoever
 * looked one up works on without it.
 */
#include "peers/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codecs/base/mem.h"
#include "peers/gemeente.h"
#include "peers/oin.h"

struct registry {
    pthread_mutex_t lock;
    struct peer **peers;
    size_t count;
};

struct registry *registry_create(void)
{
    struct registry *registry = mem_alloc(sizeof(*registry));

    pthread_mutex_init(&registry->lock, NULL);
    return registry;
}

void registry_destroy(struct registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < registry->count; i++)
        peer_release(&registry->peers[i]);
    pthread_mutex_destroy(&registry->lock);
    free(registry->peers);
    free(registry);
}

/* --- under the lock ------------------------------------------------------------------ */

static void take_out(struct registry *registry, const char *oin)
{
    for (size_t i = 0; i < registry->count; i++) {
        if (strcmp(registry->peers[i]->card.oin, oin) != 0)
            continue;
        peer_release(&registry->peers[i]);
        registry->count--;
        memmove(&registry->peers[i], &registry->peers[i + 1],
                (registry->count - i) * sizeof(struct peer *));
        return;
    }
}

static bool goes_before(const struct peer *a, const struct peer *b)
{
    int names = strcasecmp(a->card.naam, b->card.naam);

    return names ? names < 0 : strcmp(a->card.oin, b->card.oin) < 0;
}

static void put_in(struct registry *registry, const struct peer *peer)
{
    size_t at = 0;

    registry->peers =
        mem_resize(registry->peers, (registry->count + 1) * sizeof(struct peer *));
    while (at < registry->count && goes_before(registry->peers[at], peer))
        at++;
    memmove(&registry->peers[at + 1], &registry->peers[at],
            (registry->count - at) * sizeof(struct peer *));
    registry->peers[at] = peer_retain(peer);
    registry->count++;
}

/* A copy of the array with references of its own: release each, and the array. */
static struct peer **copy_all(struct registry *registry, size_t *count)
{
    pthread_mutex_lock(&registry->lock);
    struct peer **all = mem_alloc(registry->count * sizeof(struct peer *));
    *count = registry->count;
    for (size_t i = 0; i < *count; i++)
        all[i] = peer_retain(registry->peers[i]);
    pthread_mutex_unlock(&registry->lock);
    return all;
}

/* --- from outside -------------------------------------------------------------------- */

void registry_put(struct registry *registry, const struct peer *peer)
{
    pthread_mutex_lock(&registry->lock);
    take_out(registry, peer->card.oin);
    if (peer->state != PEER_VERWIJDERD)
        put_in(registry, peer);
    pthread_mutex_unlock(&registry->lock);
}

void registry_swap(struct registry *registry, struct registry *other)
{
    pthread_mutex_lock(&registry->lock);
    struct peer **peers = registry->peers;
    size_t count = registry->count;
    registry->peers = other->peers;
    registry->count = other->count;
    pthread_mutex_unlock(&registry->lock);
    other->peers = peers;
    other->count = count;
}

void registry_list(struct registry *registry, registry_each *each, void *context)
{
    size_t count;
    struct peer **all = copy_all(registry, &count);

    for (size_t i = 0; i < count; i++) {
        each(context, all[i]);
        peer_release(&all[i]);
    }
    free(all);
}

/* What somebody looks for, and what fits so far. */
struct search {
    const char *gemeente;
    bool is_code, is_oin, by_table;
    struct peer *found;
    int count;
    struct buf fitting; /* "Utrecht (0000...), ..." */
};

/* People say "Utrecht" where the card says "Gemeente Utrecht". */
static const char *short_name(const char *naam)
{
    static const char BEFORE[] = "gemeente ";

    return strncasecmp(naam, BEFORE, sizeof(BEFORE) - 1) == 0 ? naam + sizeof(BEFORE) - 1
                                                              : naam;
}

static bool search_fits(const struct search *search, const struct peer *peer)
{
    if (search->is_code)
        return peer_serves(peer, search->gemeente);
    if (search->is_oin)
        return strcmp(peer->card.oin, search->gemeente) == 0;
    return strcasecmp(peer->card.naam, search->gemeente) == 0
           || strcasecmp(short_name(peer->card.naam), search->gemeente) == 0;
}

/* Nobody is called so: perhaps somebody answers for the municipality that is, or was. */
static bool search_fits_table(const struct search *search, const struct peer *peer)
{
    for (size_t i = 0; i < peer->card.gemeentecode_count; i++)
        if (gemeente_is(peer->card.gemeentecodes[i], search->gemeente, NULL))
            return true;
    return false;
}

static void search_visit(void *context, const struct peer *peer)
{
    struct search *search = context;

    if (!(search->by_table ? search_fits_table(search, peer) : search_fits(search, peer)))
        return;
    if (search->count++ == 0)
        search->found = peer_retain(peer);
    buf_addf(&search->fitting, "%s%s (%s)", search->count > 1 ? ", " : "", peer->card.naam,
             peer->card.oin);
}

static void search_finish(struct search *search)
{
    peer_release(&search->found);
    buf_finish(&search->fitting);
}

struct peer *registry_by_oin(struct registry *registry, const char *oin)
{
    struct peer *found = NULL;

    pthread_mutex_lock(&registry->lock);
    for (size_t i = 0; i < registry->count && !found; i++)
        if (strcmp(registry->peers[i]->card.oin, oin) == 0)
            found = peer_retain(registry->peers[i]);
    pthread_mutex_unlock(&registry->lock);
    return found;
}

bool registry_find(struct registry *registry, const char *gemeente, struct peer **peer,
                   struct fault *fault)
{
    __attribute__((cleanup(search_finish))) struct search search = {
        .gemeente = gemeente,
        .is_code = gemeente_code_valid(gemeente),
        .is_oin = oin_valid(gemeente),
    };

    registry_list(registry, search_visit, &search);
    search.by_table = search.count == 0 && !search.is_oin;
    if (search.by_table)
        registry_list(registry, search_visit, &search);
    if (search.count == 0)
        return fault_set(fault, FAULT_UNKNOWN, "no peer fits '%.60s'", gemeente)
               || fault_advise(fault,
                               "see estafette peer list; a new one comes with its card: "
                               "estafette peer add --help");
    if (search.count > 1)
        return fault_set(fault, FAULT_UNKNOWN, "more than one peer fits '%.60s': %s", gemeente,
                         buf_text(&search.fitting));
    *peer = search.found;
    search.found = NULL;
    return true;
}

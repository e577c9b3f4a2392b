/* address -- see address.h. */
#include "gateway/address.h"

#include <stdio.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/opvolger.h"
#include "peers/gemeente.h"

void address_finish(struct address *address)
{
    peer_release(&address->peer);
}

/* The code that was named, or that it has become: when the peer has it. */
static const char *named_code(const struct card *card, const char *asked)
{
    for (size_t i = 0; i < card->gemeentecode_count; i++)
        if (strcmp(card->gemeentecodes[i], asked) == 0)
            return card->gemeentecodes[i];
    for (size_t i = 0; i < card->gemeentecode_count; i++)
        if (opvolger_is(card->gemeentecodes[i], asked))
            return card->gemeentecodes[i];
    return NULL;
}

static bool choose_theirs(struct address *address, const char *asked, struct fault *fault)
{
    const struct card *card = &address->peer->card;
    const char *code = named_code(card, asked);

    if (!code && card->gemeentecode_count > 1)
        return fault_set(fault, FAULT_USAGE,
                         "%s answers for %zu municipalities: give the gemeentecode", card->oin,
                         card->gemeentecode_count);
    snprintf(address->theirs, sizeof(address->theirs), "%s",
             code ? code : card->gemeentecodes[0]);
    return true;
}

static bool choose_ours(const struct config *config, const char *asked,
                        struct address *address, struct fault *fault)
{
    if (*asked && !config_serves(config, asked))
        return fault_set(fault, FAULT_USAGE, "from: %.10s is not a gemeentecode of this home",
                         asked);
    const char *ours = *asked ? asked : config_own(config);
    if (!*ours)
        return fault_set(fault, FAULT_USAGE,
                         "this home answers for %zu municipalities: say from which one",
                         config->gemeentecode_count);
    snprintf(address->ours, sizeof(address->ours), "%s", ours);
    return true;
}

static bool is_another(const struct config *config, const char *to, struct fault *fault)
{
    bool ourselves = strcmp(to, config->oin) == 0;

    for (size_t i = 0; i < config->gemeentecode_count && !ourselves; i++)
        ourselves = opvolger_is(config->gemeentecodes[i], to);
    return !ourselves
           || fault_set(fault, FAULT_USAGE, "%.40s is ourselves: it needs no message", to);
}

/* One that has merged may have a gateway still, for what is under way there: whatever begins
 * now is for its successor, when that is known here. */
static bool find_peer(const struct gateway *gateway, const char *to, struct peer **peer,
                      struct fault *fault)
{
    const struct gemeente *known = gemeente_find(to);
    const char *now = known ? opvolger_now(known->code) : to;
    struct fault none = { 0 };

    if (known && strcmp(now, known->code) != 0
        && registry_find(gateway->registry, now, peer, &none))
        return true;
    return registry_find(gateway->registry, to, peer, fault);
}

bool address_peer(const struct gateway *gateway, const char *to, enum soort soort,
                  struct address *address, struct fault *fault)
{
    return is_another(&gateway->config, to, fault)
           && find_peer(gateway, to, &address->peer, fault)
           && peer_may(address->peer, soort, clock_now(), fault);
}

bool address_codes(const struct gateway *gateway, const char *to, const char *from,
                   struct address *address, struct fault *fault)
{
    return choose_theirs(address, to, fault)
           && choose_ours(&gateway->config, from, address, fault);
}

bool address_find(const struct gateway *gateway, const char *to, const char *from,
                  enum soort soort, struct address *address, struct fault *fault)
{
    return address_peer(gateway, to, soort, address, fault)
           && address_codes(gateway, to, from, address, fault);
}

bool address_of(const struct gateway *gateway, const struct overdracht *o, enum soort soort,
                struct address *address, struct fault *fault)
{
    address->peer = registry_by_oin(gateway->registry, o->peer);
    if (!address->peer)
        return fault_set(fault, FAULT_IDENTITY, "peer %s is no longer registered", o->peer);
    memcpy(address->theirs, o->gemeentecode, sizeof(address->theirs));
    memcpy(address->ours, o->eigen_code, sizeof(address->ours));
    return peer_may(address->peer, soort, clock_now(), fault);
}

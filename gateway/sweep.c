/* sweep -- see sweep.h. */
#include "gateway/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/bijlage_store.h"
#include "gateway/clock.h"
#include "gateway/log.h"
#include "peers/oin.h"

#define BETWEEN_MS 3600000

struct sweep {
    struct gateway *gateway;
    int64_t before;
    int removed;
};

static int is_organisation(const struct dirent *entry)
{
    return oin_valid(entry->d_name);
}

static bool sweep_one(sqlite3 *db, struct sweep *sweep, const char *oin, struct fault *fault)
{
    int removed = 0;

    bool good =
        bijlage_store_sweep(db, &sweep->gateway->home, oin, sweep->before, &removed, fault);
    sweep->removed += removed;
    return good;
}

/* On the store's thread, so that no message can be accepted between looking and removing. */
static bool sweep_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct sweep *sweep = argument;
    struct dirent **entries;
    char path[PATH_MAX];
    bool good = true;
    int count = scandir(home_path(&sweep->gateway->home, "bijlagen", path), &entries,
                        is_organisation, alphasort);

    if (count < 0)
        return errno == ENOENT || fault_set_errno(fault, FAULT_IO, path, errno);
    for (int i = 0; i < count; i++) {
        good = good && sweep_one(db, sweep, entries[i]->d_name, fault);
        free(entries[i]);
    }
    free(entries);
    return good;
}

bool sweep_run(struct gateway *gateway, int64_t before, int *removed, struct fault *fault)
{
    struct sweep sweep = { .gateway = gateway, .before = before };

    bool good = store_run(gateway->store, sweep_work, &sweep, fault);
    *removed = sweep.removed;
    return good;
}

void sweep_tend(struct gateway *gateway)
{
    int64_t now = clock_monotonic_ms();
    struct fault fault = { 0 };
    int removed = 0;

    if (gateway->swept_ms && now - gateway->swept_ms < BETWEEN_MS)
        return;
    gateway->swept_ms = now;
    if (doubt_now(&gateway->doubt))
        return; /* what is a day old by it may be a minute old */
    if (!sweep_run(gateway, clock_now() - SWEEP_AFTER_SECONDS, &removed, &fault))
        log_error("sweep: %s", fault.text);
    else if (removed > 0)
        log_info("sweep: %d documents removed for which no message came", removed);
}

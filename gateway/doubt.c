/* doubt -- see doubt.h. */
#include "gateway/doubt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/sql.h"

#define JUMP_MS 60000    /* less is what a time service corrects by itself */
#define DOUBT_MS 3600000 /* how long it lasts */
#define BACK_SECONDS 300 /* at start: this far before the newest audit row */
/* At start with messages waiting: this far from it, either way. */
#define AWAY_SECONDS 172800

void doubt_init(struct doubt *doubt)
{
    memset(doubt, 0, sizeof(*doubt));
    pthread_mutex_init(&doubt->lock, NULL);
    doubt->ahead_ms = clock_now_ms() - clock_boot_ms();
}

void doubt_finish(struct doubt *doubt)
{
    pthread_mutex_destroy(&doubt->lock);
}

/* --- under the lock ------------------------------------------------------------------ */

static void look(struct doubt *doubt, int64_t wall_ms, int64_t boot_ms)
{
    int64_t moved = wall_ms - boot_ms - doubt->ahead_ms;

    doubt->ahead_ms += moved;
    if (llabs(moved) <= JUMP_MS)
        return;
    doubt->until_ms = boot_ms + DOUBT_MS;
    doubt->jumped = true;
    snprintf(doubt->why, sizeof(doubt->why), "the clock jumped by %+lld seconds",
             (long long)((moved + (moved < 0 ? -500 : 500)) / 1000));
}

/* Boot time first: a clock that is set between the two is seen at the next look. */
static void look_now(struct doubt *doubt)
{
    int64_t boot_ms = clock_boot_ms();

    look(doubt, clock_now_ms(), boot_ms);
}

static bool is_doubtful(const struct doubt *doubt)
{
    return clock_boot_ms() < doubt->until_ms;
}

/* --- from outside -------------------------------------------------------------------- */

void doubt_look(struct doubt *doubt, int64_t wall_ms, int64_t boot_ms)
{
    pthread_mutex_lock(&doubt->lock);
    look(doubt, wall_ms, boot_ms);
    pthread_mutex_unlock(&doubt->lock);
}

bool doubt_now(struct doubt *doubt)
{
    pthread_mutex_lock(&doubt->lock);
    look_now(doubt);
    bool doubtful = is_doubtful(doubt);
    pthread_mutex_unlock(&doubt->lock);
    return doubtful;
}

bool doubt_jumped(struct doubt *doubt)
{
    pthread_mutex_lock(&doubt->lock);
    look_now(doubt);
    bool jumped = doubt->jumped;
    doubt->jumped = false;
    pthread_mutex_unlock(&doubt->lock);
    return jumped;
}

bool doubt_why(struct doubt *doubt, char why[DOUBT_TEXT_MAX])
{
    pthread_mutex_lock(&doubt->lock);
    look_now(doubt);
    bool doubtful = is_doubtful(doubt);
    memcpy(why, doubt->why, DOUBT_TEXT_MAX);
    pthread_mutex_unlock(&doubt->lock);
    return doubtful;
}

/* --- at start ------------------------------------------------------------------------ */

static void begin(struct doubt *doubt, int64_t away)
{
    pthread_mutex_lock(&doubt->lock);
    doubt->until_ms = clock_boot_ms() + DOUBT_MS;
    snprintf(doubt->why, sizeof(doubt->why),
             "the clock is %lld seconds %s the newest audit row", llabs((long long)away),
             away < 0 ? "before" : "behind");
    pthread_mutex_unlock(&doubt->lock);
}

bool doubt_compare(sqlite3 *db, struct doubt *doubt, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT at, EXISTS (SELECT 1 FROM outbox WHERE state = 'queued')"
                   " FROM audit ORDER BY seq DESC LIMIT 1",
                   "")
        || !sql_row(stmt, &row, fault))
        return false;
    if (!row)
        return true;
    int64_t away = clock_now() - sqlite3_column_int64(stmt, 0);
    bool waiting = sqlite3_column_int(stmt, 1);
    if (away < -BACK_SECONDS || (waiting && llabs(away) > AWAY_SECONDS))
        begin(doubt, away);
    return true;
}

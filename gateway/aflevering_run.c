/* aflevering_run -- see aflevering_run.h. */
#include "gateway/aflevering_run.h"

#include <string.h>

#include "gateway/aflevering.h"
#include "gateway/aflevering_map.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/helper.h"
#include "gateway/log.h"
#include "gateway/pakket.h"
#include "gateway/retry.h"
#include "gateway/sql.h"
#include "gateway/taak.h"

#define PATIENCE 3        /* so often it may fail before a person hears of it */
#define OUTPUT_MAX 65536u /* of a command; nobody reads it */

struct bezorging {
    struct gateway *gateway;
    struct aflevering aflevering;
    struct buf delivered; /* for a notice: the messages that were */
    struct fault why;
    bool found;
};

static bool is_notice(const struct aflevering *aflevering)
{
    return strcmp(aflevering->bericht, AFLEVERING_NOTICE) == 0;
}

/* --- to a command -------------------------------------------------------------------- */

static bool run_command(const struct bezorging *b, const struct buf *input,
                        struct fault *fault)
{
    const struct config_levering *config = &b->gateway->config.aflevering;
    SCOPED_BUF struct buf output = { 0 }, errors = { 0 };
    const struct helper_task task = {
        .command = config->commando,
        .arguments = { b->aflevering.overdracht, b->aflevering.bericht },
        .input = input->data,
        .input_size = input->size,
        .seconds = config->seconden,
        .output_max = OUTPUT_MAX,
    };

    return helper_may_run(task.command, fault)
           && helper_run(b->gateway->helper, &task, &output, &errors, fault);
}

/* --- what is delivered --------------------------------------------------------------- */

static bool deliver_message(const struct bezorging *b, struct fault *fault)
{
    SCOPED_PAKKET struct pakket pakket = { 0 };

    if (!pakket_open(b->gateway, &b->aflevering, &pakket, fault))
        return false;
    return b->gateway->config.aflevering.map[0]
               ? aflevering_map_write(b->gateway, &b->aflevering, &pakket, fault)
               : run_command(b, &pakket.dossier, fault);
}

static bool delivered_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct bezorging *b = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT bericht FROM aflevering WHERE overdracht = ?"
                   " AND state = 'afgeleverd' AND bericht <> 'ingetrokken' ORDER BY seq",
                   "t", b->aflevering.overdracht))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        buf_addf(&b->delivered, "bericht: %s\n", sql_text(stmt, 0));
    }
    return false;
}

static bool deliver_notice(struct bezorging *b, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_clear(&b->delivered);
    if (!store_run(b->gateway->store, delivered_work, b, fault))
        return false;
    buf_addf(&text,
             "uitkomst: ingetrokken\noverdracht: %s\n%s"
             "waarom: de vorige gemeente heeft dit dossier ingetrokken; verwijder het\n",
             b->aflevering.overdracht, buf_text(&b->delivered));
    return b->gateway->config.aflevering.map[0]
               ? aflevering_map_notice(b->gateway, &b->aflevering, buf_text(&text), fault)
               : run_command(b, &(struct buf){ 0 }, fault);
}

/* --- settled ------------------------------------------------------------------------- */

static bool done_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct bezorging *b = argument;

    return aflevering_done(db, &b->aflevering, fault);
}

static bool again_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct bezorging *b = argument;
    const struct config *config = &b->gateway->config;
    int64_t attempts = b->aflevering.attempts + 1;
    SCOPED_BUF struct buf tekst = { 0 };

    buf_addf(&tekst,
             "Een ontvangen dossier kan niet aan het eigen systeem worden afgeleverd: "
             "%s.",
             b->why.text);
    const struct taak_reden reden = { .soort = TAAK_AFLEVERING,
                                      .overdracht = b->aflevering.overdracht,
                                      .sleutel = "",
                                      .tekst = buf_text(&tekst) };
    int64_t next = clock_now()
                   + retry_wait((int)attempts, config->retry_first_seconds,
                                config->retry_longest_seconds, retry_random());
    return aflevering_again(db, &b->aflevering, b->why.text, next, fault)
           && (attempts < PATIENCE || taak_open(db, b->gateway->keys, &reden, NULL, fault));
}

static bool deliver_one(struct bezorging *b, struct fault *fault)
{
    const struct aflevering *aflevering = &b->aflevering;
    struct store *store = b->gateway->store;

    memset(&b->why, 0, sizeof(b->why));
    if (is_notice(aflevering) ? deliver_notice(b, &b->why) : deliver_message(b, &b->why)) {
        if (!store_run(store, done_work, b, fault))
            return false;
        log_info("aflevering=%s overdracht=%s status=afgeleverd", aflevering->bericht,
                 aflevering->overdracht);
        events_publish(b->gateway->events, "overdracht", aflevering->overdracht);
        return true;
    }
    log_warning("aflevering=%s overdracht=%s status=klaar (%s)", aflevering->bericht,
                aflevering->overdracht, b->why.text);
    return store_run(store, again_work, b, fault);
}

/* --- each once ----------------------------------------------------------------------- */

static bool withdraw_work(sqlite3 *db, void *argument, struct fault *fault)
{
    (void)argument;
    return aflevering_withdraw(db, fault);
}

static bool next_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct bezorging *b = argument;

    return aflevering_due(db, clock_now(), b->aflevering.seq, &b->aflevering, &b->found,
                          fault);
}

bool aflevering_run(struct gateway *gateway, struct fault *fault)
{
    struct bezorging b = { .gateway = gateway };
    const struct config_levering *config = &gateway->config.aflevering;
    bool good = true;

    if (!config->map[0] && !config->commando[0])
        return true;
    if (!store_run(gateway->store, withdraw_work, NULL, fault))
        return false;
    do
        good = store_run(gateway->store, next_work, &b, fault)
               && (!b.found || deliver_one(&b, fault));
    while (good && b.found);
    buf_finish(&b.delivered);
    return good;
}

/* road -- see road.h. */
#include "tests/fault/road.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gateway/courier.h"
#include "gateway/outbox.h"
#include "tests/fault/toll.h"

struct town ROAD_FROM = { .oin = "00000099000000001000",
                          .code = "0344",
                          .naam = "Oud",
                          .kind = PKI_P256,
                          .total_seconds = 4 };
struct town ROAD_TO = {
    .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256
};
struct proxy *ROAD_PROXY;

static char ENDPOINT[128];

static void move_house(struct card *card)
{
    snprintf(card->endpoint, sizeof(card->endpoint), "%s", ENDPOINT);
}

void road_point(const char *endpoint)
{
    if (endpoint)
        snprintf(ENDPOINT, sizeof(ENDPOINT), "%s", endpoint);
    else
        snprintf(ENDPOINT, sizeof(ENDPOINT), "https://127.0.0.1:%d", proxy_port(ROAD_PROXY));
    town_know_card(&ROAD_FROM, &ROAD_TO, PEER_ACTIEF, move_house);
}

void road_mend(void)
{
    proxy_follow(ROAD_PROXY, NULL);
    proxy_lead_to(ROAD_PROXY, ROAD_TO.port);
    proxy_drop(ROAD_PROXY);
}

struct looking {
    const char *overdracht;
    struct outbox_row row;
};

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *looking = argument;
    bool found;

    return outbox_latest(db, looking->overdracht, "dossier", &looking->row, &found, fault)
           && found;
}

static void tell_how_it_is(const char *overdracht, const char *wanted)
{
    struct looking looking = { .overdracht = overdracht };
    struct fault fault = { 0 };

    if (!store_run(ROAD_FROM.gateway.store, look_work, &looking, &fault))
        fail_msg("%s", fault.text);
    fail_msg("within %d seconds not %s, but %s after %d attempts: %s", ROAD_SECONDS, wanted,
             outbox_state_name(looking.row.state), looking.row.attempts, looking.row.reason);
}

void road_await(const char *overdracht, const char *condition)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query, "SELECT count(*) FROM outbox WHERE overdracht = '%s' AND %s", overdracht,
             condition);
    if (!town_wait(&ROAD_FROM, buf_text(&query), 1, ROAD_SECONDS))
        tell_how_it_is(overdracht, condition);
}

static bool retry_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking looking = { .overdracht = argument };
    bool good = look_work(db, &looking, fault)
                && (outbox_retry(db, "test", &looking.row, fault)
                    || fault->code == FAULT_STATE); /* a courier was faster */

    outbox_row_finish(&looking.row);
    return good;
}

void road_retry(const char *overdracht)
{
    struct fault fault = { 0 };
    char id[UUID_SIZE];

    snprintf(id, sizeof(id), "%s", overdracht);
    if (!store_run(ROAD_FROM.gateway.store, retry_work, id, &fault))
        fail_msg("%s", fault.text);
    couriers_wake(ROAD_FROM.gateway.couriers);
}

int road_build(void **state)
{
    struct town *const towns[] = { &ROAD_FROM, &ROAD_TO };

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    town_install();
    for (size_t i = 0; i < 2; i++)
        town_build(towns[i]);
    town_trust(&ROAD_FROM, &ROAD_TO);
    town_trust(&ROAD_TO, &ROAD_FROM);
    for (size_t i = 0; i < 2; i++)
        town_start(towns[i]);
    ROAD_PROXY = proxy_start(ROAD_TO.port);
    road_point(NULL);
    town_know(&ROAD_TO, &ROAD_FROM, PEER_ACTIEF);
    return 0;
}

int road_remove(void **state)
{
    (void)state;
    toll_print();
    proxy_stop(ROAD_PROXY);
    town_stop(&ROAD_FROM);
    town_stop(&ROAD_TO);
    town_remove(&ROAD_FROM);
    town_remove(&ROAD_TO);
    return 0;
}

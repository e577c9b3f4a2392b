/* trouble -- see trouble.h. */
#include "tests/month/trouble.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/handle_bericht.h"
#include "gateway/listen.h"
#include "tests/month/plan.h"
#include "tests/month/supply.h"
#include "tools/dossiermaker/chance.h"

#define EVERY_DAY 4 /* percent, each */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct chance luck;
static int percent;
static struct trouble_count count;

/* clang-format off */
static const struct {
    int day;
    const char *says;          /* to DUO; NULL: nothing */
    int percent;               /* lost and unheard from now on; -1: as before */
    int town, peer;            /* town: NOWHERE for none */
    const char *to;
} DAYS[] = {
    {  2, "misbehave 503",            -1,        NOWHERE, 0, NULL },
    {  3, "clear",                    -1,        NOWHERE, 0, NULL },
    {  4, "misbehave lost",           -1,        NOWHERE, 0, NULL },
    {  5, "clear",                    -1,        NOWHERE, 0, NULL },
    {  7, NULL,                       -1,        1, 2,       "geschorst" },
    {  8, "misbehave twice 2",        40,        NOWHERE, 0, NULL },
    {  9, "clear",                    EVERY_DAY, NOWHERE, 0, NULL },
    { 10, NULL,                       -1,        1, 2,       "actief" },
    { 11, "misbehave garbage for 60", -1,        3, 0,       "geschorst" },
    { 12, "misbehave no-version for 60", -1,     NOWHERE, 0, NULL },
    { 13, "misbehave only-vnummer for 3", -1,    3, 0,       "actief" },
    { 15, "misbehave 500 for 200",    30,        NOWHERE, 0, NULL },
    { 16, "clear",                    EVERY_DAY, NOWHERE, 0, NULL },
    { 18, "misbehave unknown-code for 2", -1,    NOWHERE, 0, NULL },
    { 21, "misbehave 403 for 100",    -1,        NOWHERE, 0, NULL },
    { 22, "clear",                    -1,        NOWHERE, 0, NULL },
    { PLAN_DAYS, "clear",             0,         NOWHERE, 0, NULL },
};
/* clang-format on */

/* A daemon that is stopped goes on where it was: one that delivers, and one that reads a
 * folder. */
static const struct {
    int day, town;
} RESTARTS[] = { { 6, SUPPLY_TAKES }, { 14, SUPPLY_FOLDER }, { 20, SUPPLY_TAKES } };

enum fate { HEARD, UNHEARD, LOST };

static enum fate draw(void)
{
    enum fate fate = HEARD;

    pthread_mutex_lock(&lock);
    if (chance_percent(&luck, percent))
        fate = UNHEARD;
    else if (chance_percent(&luck, percent))
        fate = LOST;
    count.heard += fate == HEARD;
    count.unheard += fate == UNHEARD;
    count.lost += fate == LOST;
    pthread_mutex_unlock(&lock);
    return fate;
}

static void handle(void *context, const struct listen_request *request,
                   struct listen_answer *answer)
{
    enum fate fate = draw();

    if (fate != UNHEARD)
        handle_bericht(context, request, answer);
    if (fate == HEARD)
        return;
    buf_clear(&answer->body);
    answer->content_type = NULL;
    answer->status = 502;
    answer->close = true;
}

static void stand_between(int town)
{
    struct listen_route *route = region_towns[town].gateway.routes;

    while (route->handle != handle_bericht)
        route++;
    route->handle = handle;
}

void trouble_start(uint64_t seed)
{
    luck = chance_from(seed, "trouble");
    percent = EVERY_DAY;
    for (int i = 0; i < TOWNS; i++)
        stand_between(i);
}

static void set_peer(int town, int peer, const char *to)
{
    struct fault fault = { 0 };
    json_t *result = region_ask(
        town, call_peer_state,
        json_pack("{s:s, s:s}", "gemeente", region_towns[peer].code, "to", to), &fault);

    if (!result)
        fprintf(stderr, "month: peer %s: %s\n", to, fault.text);
    json_decref(result);
}

static void restart(int town)
{
    region_restart(town);
    stand_between(town);
}

void trouble_day(int day)
{
    for (size_t i = 0; i < sizeof(RESTARTS) / sizeof(RESTARTS[0]); i++)
        if (RESTARTS[i].day == day)
            restart(RESTARTS[i].town);
    for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++) {
        if (DAYS[i].day != day)
            continue;
        if (DAYS[i].says)
            region_say("%s", DAYS[i].says);
        if (DAYS[i].town != NOWHERE)
            set_peer(DAYS[i].town, DAYS[i].peer, DAYS[i].to);
        pthread_mutex_lock(&lock);
        if (DAYS[i].percent >= 0)
            percent = DAYS[i].percent;
        pthread_mutex_unlock(&lock);
    }
}

struct trouble_count trouble_counted(void)
{
    pthread_mutex_lock(&lock);
    struct trouble_count now = count;
    pthread_mutex_unlock(&lock);
    return now;
}

/* crossroads -- see crossroads.h. */
#include "tests/scenario/crossroads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "gateway/courier.h"
#include "gateway/mover.h"
#include "gateway/rounds.h"
#include "tests/fault/proxy.h"
#include "tests/sample.h"
#include "tests/scenario/fake.h"

static struct proxy *from_oud, *from_nieuw;
static struct fake *deaf;
static struct town *is_deaf;

static struct proxy *road_of(const struct town *from)
{
    return from == OUD ? from_oud : from_nieuw;
}

/* --- the roads --------------------------------------------------------------------------- */

static int leads_to; /* the port of a proxy, for move_house() */

static void move_house(struct card *card)
{
    snprintf(card->endpoint, sizeof(card->endpoint), "https://127.0.0.1:%d", leads_to);
}

static struct proxy *build_road(struct town *from, struct town *to)
{
    struct proxy *proxy = proxy_start(to->port);

    leads_to = proxy_port(proxy);
    town_know_card(from, to, PEER_ACTIEF, move_house);
    return proxy;
}

static void follow(struct town *from, const struct proxy_script *script)
{
    proxy_follow(road_of(from), script);
    proxy_drop(road_of(from));
}

void road_close(struct town *from)
{
    follow(from, &(struct proxy_script){ .refuse = true });
}

void road_stall(struct town *from)
{
    follow(from, &(struct proxy_script){ .deaf = true });
}

static void try_now(struct town *from)
{
    town_do(from, "UPDATE outbox SET next_try = 0 WHERE state = 'queued'");
    release(from);
}

void road_open(struct town *from)
{
    follow(from, NULL);
    try_now(from);
}

void deaf_begin(struct town *town)
{
    static const struct lie LOST = { .status = 500, .keep = true };

    town_stop(town);
    town_open(town);
    deaf = fake_start(town);
    fake_tell(deaf, &LOST);
    is_deaf = town;
}

void deaf_end(void)
{
    fake_stop(deaf);
    deaf = NULL;
    town_stop(is_deaf);
    town_start(is_deaf);
}

int crossroads_start(void **state)
{
    asking_start(state);
    from_oud = build_road(OUD, NIEUW);
    from_nieuw = build_road(NIEUW, OUD);
    return 0;
}

int crossroads_stop(void **state)
{
    if (deaf)
        fake_stop(deaf);
    asking_stop(state);
    proxy_stop(from_oud);
    proxy_stop(from_nieuw);
    return 0;
}

int crossroads_fresh(void **state)
{
    if (deaf)
        deaf_end();
    follow(OUD, NULL);
    follow(NIEUW, NULL);
    return asking_fresh(state);
}

/* --- waiting ----------------------------------------------------------------------------- */

static void await_count(struct town *town, const char *query, int64_t expected)
{
    if (!town_wait(town, query, expected, SECONDS))
        fail_msg("%s: not %lld within %d seconds: %s", town->naam, (long long)expected,
                 SECONDS, query);
}

void await_tried(struct town *from, const char *soort)
{
    SCOPED_BUF struct buf query = { 0 };

    buf_addf(&query,
             "SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts > 0"
             " AND soort = '%s'",
             soort);
    await_count(from, buf_text(&query), 1);
}

static void await_rest(struct town *town)
{
    await_count(town, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')", 0);
}

void goes(struct town *from)
{
    try_now(from);
    await_rest(from);
}

void expires(struct town *from)
{
    town_do(from, "UPDATE outbox SET expires = 1 WHERE state = 'queued'");
    couriers_wake(from->gateway.couriers);
    await_rest(from);
}

static void expect(struct town *town, const char *overdracht, struct stands stands)
{
    SCOPED_BUF struct buf condition = { 0 };

    buf_addf(&condition, "state = '%s' AND reden LIKE '%s'", stands.state, stands.reden);
    await(town, "overdracht", overdracht, buf_text(&condition));
}

void expect_both(struct town *other, const char *overdracht, struct stands old,
                 struct stands new)
{
    for (int round = 0; round < 2; round++) { /* and it stays so */
        expect(OUD, overdracht, old);
        expect(other, overdracht, new);
        await_rest(OUD);
        await_rest(other);
    }
}

/* --- what people do ---------------------------------------------------------------------- */

void sends(struct town *to, char overdracht[UUID_SIZE])
{
    json_auto_t *sent = send_sample(OUD, to, NULL, NULL);

    if (!sent)
        fail_msg("%s", fault.text);
    snprintf(overdracht, UUID_SIZE, "%s", text_of(sent, "overdracht"));
}

void asks_for(struct town *asker, char overdracht[UUID_SIZE])
{
    json_auto_t *asked = asks(asker, OUD->code);

    assert_string_not_equal(text_of(asked, "bericht"), "");
    snprintf(overdracht, UUID_SIZE, "%s", text_of(asked, "overdracht"));
}

void accepts(struct town *town, const char *overdracht)
{
    json_decref(ask(town, call_overdracht_accept, json_pack("{s:s}", "id", overdracht)));
}

void refuses(const char *overdracht, const char *code, const char *parts)
{
    json_decref(
        ask(NIEUW, call_overdracht_refuse,
            json_pack("{s:s, s:s, s:s}", "id", overdracht, "code", code, "parts", parts)));
}

void rests(struct town *town)
{
    const struct timespec pause = { .tv_nsec = 2000000 };

    mover_wake(&town->gateway);
    while (!rounds_rest(town->gateway.mover))
        nanosleep(&pause, NULL);
}

void withdraws(struct town *town, const char *overdracht, const char *code)
{
    json_decref(ask(town, call_overdracht_withdraw,
                    json_pack("{s:s, s:s}", "id", overdracht, "code", code)));
}

void supplements(const char *overdracht)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, "+31 6 00000001", "+31 6 00000099");
    SCOPED_BUF struct buf encoded = { 0 };
    char file[UUID_SIZE];

    uuid_v4(file);
    base64_encode(text, strlen(text), &encoded);
    json_decref(ask(
        OUD, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&encoded))));
    json_decref(ask(OUD, call_overdracht_supplement,
                    json_pack("{s:s, s:s, s:s, s:s}", "id", overdracht, "file", file, "parts",
                              "persoon", "text", "Een ander nummer.")));
}

void hand_in(char overdracht[UUID_SIZE])
{
    sends(NIEUW, overdracht);
    expect_both(NIEUW, overdracht, (struct stands){ "bezorgd", "" },
                (struct stands){ "ontvangen", "" });
}

void ask_for_it(char overdracht[UUID_SIZE])
{
    asks_for(NIEUW, overdracht);
    expect_both(NIEUW, overdracht, (struct stands){ "gevraagd", "" },
                (struct stands){ "verzocht", "" });
}

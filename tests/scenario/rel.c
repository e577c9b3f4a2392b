/* rel -- see rel.h. */
#include "tests/scenario/rel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "gateway/sql.h"
#include "tests/sample.h"

#define SECONDS 30 /* longest wait for anything: a limit, not a pause */

static struct town TOWNS[] = {
    { .oin = "00000099000000001000",
      .code = UTRECHT_CODE,
      .naam = "Utrecht",
      .kind = PKI_P256 },
    { .oin = "00000099000000002000",
      .code = AMERSFOORT_CODE,
      .naam = "Amersfoort",
      .kind = PKI_P256 },
    { .oin = "00000099000000003000", .code = ALMELO_CODE, .naam = "Almelo", .kind = PKI_P256 },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
struct town *const UTRECHT = &TOWNS[0], *const AMERSFOORT = &TOWNS[1],
                   *const ALMELO = &TOWNS[2];
const char *rel_settings;
struct standin rel_duo = { .oin = "00000004000000044000" };

/* Nobody has these: 9999xxxxx that pass the 11-test. */
static const char *const BSNS[] = {
    "999970008", "999970021", "999970033", "999970045", "999970057", "999970069", "999970070",
    "999970082", "999970094", "999970100", "999970112", "999970124", "999970136", "999970148",
    "999970161", "999970173", "999970185", "999970197", "999970203", "999970215", "999970227",
    "999970239", "999970240", "999970252", "999970264", "999970276", "999970288", "999970306",
};

/* --- the towns --------------------------------------------------------------------------- */

static const char CONTACT[] = "[contact]\nnaam = Team Inburgering\ntelefoon = 033-0000000\n"
                              "email = inburgering@example.org\n";

int rel_start(void **state)
{
    static char lines[400];
    static bool installed;

    (void)state;
    snprintf(lines, sizeof(lines), "%s%s", CONTACT, rel_settings ? rel_settings : "");
    if (!installed)
        town_install();
    installed = true;
    standin_build(&rel_duo);
    for (size_t i = 0; i < COUNT; i++) {
        TOWNS[i].duo = lines;
        town_build(&TOWNS[i]);
        standin_serve(&rel_duo, &TOWNS[i]);
    }
    for (size_t i = 0; i < COUNT * COUNT; i++)
        town_trust(&TOWNS[i / COUNT], &TOWNS[i % COUNT]);
    for (size_t i = 0; i < COUNT; i++)
        town_open(&TOWNS[i]);
    for (size_t i = 0; i < COUNT * COUNT; i++)
        if (i / COUNT != i % COUNT)
            town_know(&TOWNS[i / COUNT], &TOWNS[i % COUNT], PEER_ACTIEF);
    standin_start(&rel_duo);
    rel_say("today " TODAY);
    for (size_t i = 0; i < COUNT; i++) {
        town_stop(&TOWNS[i]);
        town_start(&TOWNS[i]);
    }
    return 0;
}

int rel_stop(void **state)
{
    (void)state;
    town_scatter(TOWNS, COUNT);
    standin_stop(&rel_duo);
    standin_remove(&rel_duo);
    return 0;
}

/* --- the person -------------------------------------------------------------------------- */

void rel_say(const char *format, ...)
{
    char text[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    standin_say(&rel_duo, text);
}

/* clang-format off */
static const char PERSON[] =
    "person {\"bsn\":\"%s\",\"gemeentecode\":\"0344\",\"vestiging\":\"2023-04-03\","
    "\"wet\":2021,\"inburgeringsplicht\":{\"indicatorInburgeringsplicht\":true,"
    "\"begindatum\":\"2022-11-01\"},"
    "\"doelgroep\":{\"indeling\":\"Asielstatushouder\",\"begindatum\":\"2022-11-01\"},"
    "\"inburgeringstermijn\":{\"startdatum\":\"2023-06-06\",\"einddatum\":\"2026-12-06\"},"
    "\"pips\":[{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2023-06-05\",\"pip\":"
    "{\"dagtekeningPip\":\"2023-06-05\",\"leerroute\":\"Z\",\"niveau\":\"A2\","
    "\"indicatorAlfabetiseringsonderwijs\":\"A\"}},"
    "{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2025-03-11\",\"pip\":"
    "{\"dagtekeningPip\":\"2025-03-10\",\"leerroute\":\"Z\",\"niveau\":\"A2\","
    "\"indicatorAlfabetiseringsonderwijs\":\"A\"}}],"
    "\"map\":{\"gemeentecode\":\"0344\",\"datumEindgesprekMap\":\"2026-03-20\"},"
    "\"pvt\":{\"gemeentecode\":\"0344\",\"datumOndertekeningPvt\":\"2023-12-14\"},"
    "\"uren\":[{\"gemeentecode\":\"0344\",\"bekendTot\":\"2026-10-01\","
    "\"TaallesEnKnmInstelling\":{\"uren\":742,\"urenGeoorloofdVerzuim\":96,\"urenOngeoorloofdVerzuim\":4,"
    "\"instellingsnummer\":\"0000000101\"}}]}";
/* clang-format on */

const char *rel_person(void)
{
    static size_t next;

    assert_true(next < sizeof(BSNS) / sizeof(BSNS[0]));
    const char *bsn = BSNS[next++];
    rel_say(PERSON, bsn);
    return bsn;
}

void rel_set(const char *bsn, const char *member, const char *json)
{
    rel_say("set %s %s %s", bsn, member, json);
}

void rel_move(const char *bsn, const char *code)
{
    rel_say("move %s %s " MOVED, bsn, code);
    standin_say(&rel_duo, "wait 20000");
}

/* --- looking ----------------------------------------------------------------------------- */

static void write_query(struct town *town, const char *bsn, const char *query,
                        struct buf *whole)
{
    struct digest index;
    char text[32], hex[DIGEST_HEX];

    snprintf(text, sizeof(text), "bsn:%s", bsn);
    keys_home_index(town->gateway.keys, text, &index);
    digest_hex(&index, hex);
    const char *at = strstr(query, "%s");
    assert_non_null(at);
    buf_add(whole, query, (size_t)(at - query));
    buf_addf(whole, "x'%s'%s", hex, at + 2);
}

int64_t rel_count(struct town *town, const char *bsn, const char *query)
{
    SCOPED_BUF struct buf whole = { 0 };

    write_query(town, bsn, query, &whole);
    return town_count(town, buf_text(&whole));
}

void rel_await_count(struct town *town, const char *bsn, const char *query, int64_t expected)
{
    SCOPED_BUF struct buf whole = { 0 };

    write_query(town, bsn, query, &whole);
    if (!town_wait(town, buf_text(&whole), expected, SECONDS))
        fail_msg("%s: %lld, not %lld within %d seconds: %s", town->naam,
                 (long long)town_count(town, buf_text(&whole)), (long long)expected, SECONDS,
                 query);
}

struct looking {
    const char *query;
    char *id;
};

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, l->query, "") || !sql_row(stmt, &row, fault))
        return false;
    snprintf(l->id, UUID_SIZE, "%s", row ? sql_text(stmt, 0) : "");
    return true;
}

const char *rel_await(struct town *town, const char *bsn, const char *condition)
{
    static char ids[8][UUID_SIZE]; /* the last few stay */
    static size_t next;
    SCOPED_BUF struct buf query = { 0 };
    SCOPED_BUF struct buf whole = { 0 };
    struct fault fault = { 0 };

    buf_addf(&query, "SELECT count(*) FROM overdracht WHERE bsn_index = %%s AND %s",
             condition);
    rel_await_count(town, bsn, buf_text(&query), 1);
    buf_clear(&query);
    buf_addf(&query, "SELECT id FROM overdracht WHERE bsn_index = %%s AND %s", condition);
    write_query(town, bsn, buf_text(&query), &whole);
    struct looking l = { buf_text(&whole), ids[next++ % 8] };
    if (!store_run(town->gateway.store, look_work, &l, &fault))
        fail_msg("%s", fault.text);
    return l.id;
}

/* --- doing ------------------------------------------------------------------------------- */

/* Every place of it, where there is one. */
static char *replace_all(char *text, const char *from, const char *to)
{
    while (strstr(text, from)) {
        char *next = sample_replace(text, from, to);
        free(text);
        text = next;
    }
    return text;
}

char *rel_dossier(const char *bsn, const char *from, const char *to)
{
    char *text = sample_dossier("zroute-asielstatushouder.xml");

    text = replace_all(text, "999900067", bsn);
    text = replace_all(text, "<vnummer>0099996726</vnummer>", "");
    text = replace_all(text, "0000099997", "0000000101"); /* a school that DUO knows */
    if (!*from)
        return text;
    char *changed = sample_replace(text, from, to);
    free(text);
    return changed;
}

json_t *rel_ask(struct town *town, call_handler *handler, json_t *arguments)
{
    struct fault fault = { 0 };
    json_t *result = town_ask(town, handler, arguments, &fault);

    if (!result)
        fail_msg("%s: %s", town->naam, fault.text);
    return result;
}

void rel_upload(struct town *town, const char *text, char file[UUID_SIZE])
{
    SCOPED_BUF struct buf data = { 0 };

    uuid_v4(file);
    base64_encode((const unsigned char *)text, strlen(text), &data);
    json_decref(rel_ask(
        town, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&data))));
}

void rel_answer(struct town *town, const char *overdracht, const char *to, const char *dossier)
{
    char file[UUID_SIZE];

    rel_upload(town, dossier, file);
    json_decref(
        rel_ask(town, call_overdracht_send,
                json_pack("{s:s, s:s, s:s}", "file", file, "to", to, "reply_to", overdracht)));
}

char *rel_taken(struct town *town, const char *overdracht)
{
    SCOPED_BUF struct buf text = { 0 };
    json_auto_t *result = rel_ask(town, call_taak_list, json_pack("{s:s}", "id", overdracht));
    const json_t *taak;
    size_t i;

    json_array_foreach (json_object_get(result, "taken"), i, taak)
        buf_addf(&text, "%s: %s\n", json_string_value(json_object_get(taak, "soort")),
                 json_string_value(json_object_get(taak, "tekst")));
    return mem_copy(buf_text(&text));
}

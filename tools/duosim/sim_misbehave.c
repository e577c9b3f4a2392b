/* sim_misbehave -- see sim_misbehave.h. */
#include "tools/duosim/sim_misbehave.h"

#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/clock.h"

#define JSON_TYPE "application/json"

static void set_body(struct listen_answer *answer, const char *text)
{
    buf_clear(&answer->body);
    buf_add_text(&answer->body, text);
    answer->content_type = JSON_TYPE;
}

/* --- instead ------------------------------------------------------------------------- */

static void give_status(struct listen_answer *answer, long number)
{
    answer->status = (int)number;
}

/* --- after --------------------------------------------------------------------------- */

static void lose(struct listen_answer *answer, long number)
{
    buf_clear(&answer->body);
    answer->content_type = NULL;
    answer->status = (int)number;
}

static void give_garbage(struct listen_answer *answer, long number)
{
    (void)number;
    set_body(answer, "<html><body>Er is iets misgegaan</body></html>");
}

/* The first member of the first object comes twice; the first time with another value. */
static void double_keys(struct listen_answer *answer, long number)
{
    SCOPED_MEM char *text = mem_copy(buf_text(&answer->body));
    char *brace = strchr(text, '{'), *key = brace ? strchr(brace, '"') : NULL,
         *end = key ? strchr(key + 1, '"') : NULL;

    (void)number;
    if (!end) {
        set_body(answer, "[{\"dubbel\":1,\"dubbel\":2}]");
        return;
    }
    buf_clear(&answer->body);
    buf_add(&answer->body, text, (size_t)(brace + 1 - text));
    buf_add(&answer->body, key, (size_t)(end + 1 - key));
    buf_add_text(&answer->body, ":null,");
    buf_add_text(&answer->body, brace + 1);
}

/* Everything but lists and objects becomes what it is not; objects are shared by nobody. */
static json_t *other_type(json_t *value)
{
    json_t *member;
    const char *name;
    void *next;
    size_t i;

    if (json_is_object(value)) {
        json_object_foreach_safe(value, next, name, member)
            json_object_set_new(value, name, other_type(json_incref(member)));
    } else if (json_is_array(value)) {
        json_array_foreach (value, i, member)
            json_array_set_new(value, i, other_type(json_incref(member)));
    } else {
        bool text = json_is_string(value);
        json_decref(value);
        return text ? json_integer(7) : json_string("zeven");
    }
    return value;
}

static void add_members(json_t *value)
{
    json_t *member;
    const char *name;
    void *next;
    size_t i;

    if (json_is_array(value))
        json_array_foreach (value, i, member)
            add_members(member);
    if (!json_is_object(value))
        return;
    json_object_foreach_safe(value, next, name, member) add_members(member);
    json_object_set_new(value, "nieuwVeld", json_pack("{s:[i,i]}", "lijst", 1, 2));
}

static void put_json(struct listen_answer *answer, json_t *value)
{
    SCOPED_MEM char *text = json_dumps(value, JSON_COMPACT);

    set_body(answer, text);
    json_decref(value);
}

static json_t *body_of(const struct listen_answer *answer)
{
    return json_loadb(buf_text(&answer->body), answer->body.size, 0, NULL);
}

static void change_types(struct listen_answer *answer, long number)
{
    json_t *value = body_of(answer);

    (void)number;
    if (value)
        put_json(answer, other_type(value));
}

static void give_more_members(struct listen_answer *answer, long number)
{
    json_t *value = body_of(answer);

    (void)number;
    add_members(value);
    if (value)
        put_json(answer, value);
}

static void give_other_version(struct listen_answer *answer, long number)
{
    (void)number;
    answer->fields = "API-Version: 9.0.0\r\n";
}

static void give_bad_version(struct listen_answer *answer, long number)
{
    (void)number;
    answer->fields = "API-Version: nieuwste\r\n";
}

static void give_no_version(struct listen_answer *answer, long number)
{
    (void)number;
    answer->fields = "";
}

/* What is promised is more than what comes. */
static void cut(struct listen_answer *answer, long number)
{
    size_t whole = answer->body.size;

    answer->promised = whole > (size_t)number ? whole : (size_t)number + 1;
    if (whole > (size_t)number)
        answer->body.size = (size_t)number;
    answer->close = true;
}

/* White space behind the JSON: good JSON, if somebody had the room for it. */
static void give_too_much(struct listen_answer *answer, long number)
{
    size_t size = (size_t)number << 10;

    answer->content_type = JSON_TYPE;
    memset(buf_reserve(&answer->body, size), ' ', size);
    buf_grown(&answer->body, size);
}

/* --- notifications ------------------------------------------------------------------- */

static void send_again(json_t *notification, long number)
{
    json_object_set_new(notification, "nogmaals", json_integer(number));
}

static void hold_back(json_t *notification, long number)
{
    (void)number;
    json_object_set_new(notification, "achter", json_true());
}

static void send_later(json_t *notification, long number)
{
    json_object_set_new(notification, "nietVoor", json_integer(clock_now_ms() + number));
}

static void give_unknown_code(json_t *notification, long number)
{
    (void)number;
    json_object_set_new(notification, "gebeurtenisId", json_string("ZZ999"));
}

static void leave_person_out(json_t *notification, long number)
{
    (void)number;
    json_object_del(notification, "bsn");
    json_object_del(notification, "vNummer");
}

static void leave_bsn_out(json_t *notification, long number)
{
    json_object_del(notification, "bsn");
    if (!json_object_get(notification, "vNummer"))
        json_object_set_new(notification, "vNummer", json_integer(number));
}

/* clang-format off */
static const struct sim_misdeed MISDEEDS[] = {
    { "slow",           SIM_BEFORE,  1000, "every request waits NUMBER milliseconds first", NULL, NULL },
    { "503",            SIM_INSTEAD, 503,  "planned maintenance: nothing is done", give_status, NULL },
    { "500",            SIM_INSTEAD, 500,  "an error: nothing is done", give_status, NULL },
    { "429",            SIM_INSTEAD, 429,  "too many requests: nothing is done", give_status, NULL },
    { "403",            SIM_INSTEAD, 403,  "out of scope, whoever it is: 403 without a text", give_status, NULL },
    { "401",            SIM_INSTEAD, 401,  "nobody is recognised", give_status, NULL },
    { "lost",           SIM_AFTER,   503,  "the request is done, but the answer is 503", lose, NULL },
    { "garbage",        SIM_AFTER,   0,    "HTML instead of JSON", give_garbage, NULL },
    { "wrong-types",    SIM_AFTER,   0,    "texts become numbers, all else texts", change_types, NULL },
    { "extra-members",  SIM_AFTER,   0,    "a member more in every object", give_more_members, NULL },
    { "duplicate-keys", SIM_AFTER,   0,    "the first member comes twice", double_keys, NULL },
    { "huge",           SIM_AFTER,   8192, "NUMBER KiB of white space behind the answer", give_too_much, NULL },
    { "wrong-version",  SIM_AFTER,   0,    "API-Version: 9.0.0", give_other_version, NULL },
    { "bad-version",    SIM_AFTER,   0,    "API-Version: nieuwste", give_bad_version, NULL },
    { "no-version",     SIM_AFTER,   0,    "no API-Version", give_no_version, NULL },
    { "cut",            SIM_AFTER,   0,    "the connection ends after NUMBER bytes of the body", cut, NULL },
    { "twice",          SIM_NOTIFY,  1,    "a notification that was taken is sent NUMBER times more", NULL, send_again },
    { "reorder",        SIM_NOTIFY,  0,    "a notification waits until another was taken", NULL, hold_back },
    { "delay",          SIM_NOTIFY,  1000, "a notification waits NUMBER milliseconds", NULL, send_later },
    { "unknown-code",   SIM_NOTIFY,  0,    "the code is ZZ999", NULL, give_unknown_code },
    { "no-person",      SIM_NOTIFY,  0,    "neither bsn nor vNummer", NULL, leave_person_out },
    { "only-vnummer",   SIM_NOTIFY,  1234567890, "no bsn; NUMBER when there is no vNummer", NULL, leave_bsn_out },
};
/* clang-format on */
#define COUNT (sizeof(MISDEEDS) / sizeof(MISDEEDS[0]))
_Static_assert(COUNT <= SIM_MISDEEDS_MAX, "struct sim_misdeeds has a row for each");

const struct sim_misdeed *sim_misbehave_at(size_t index)
{
    return index < COUNT ? &MISDEEDS[index] : NULL;
}

bool sim_misbehave_set(struct sim_misdeeds *misdeeds, const char *name,
                       const struct sim_misdeed_set *set, struct fault *fault)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(MISDEEDS[i].name, name) != 0)
            continue;
        misdeeds->row[i] = *set;
        if (set->number < 0)
            misdeeds->row[i].number = MISDEEDS[i].number;
        return true;
    }
    return fault_set(fault, FAULT_USAGE, "%.40s is no misbehaviour (see help)", name);
}

void sim_misbehave_clear(struct sim_misdeeds *misdeeds)
{
    *misdeeds = (struct sim_misdeeds){ 0 };
}

void sim_misbehave_take(struct sim_misdeeds *misdeeds, enum sim_when when,
                        const struct duo_operation *operation, struct sim_misdeeds *taken)
{
    for (size_t i = 0; i < COUNT; i++) {
        struct sim_misdeed_set *set = &misdeeds->row[i];
        if (MISDEEDS[i].when != when || set->left == 0
            || (set->only && set->only != operation))
            continue;
        taken->row[i] = *set;
        if (set->left > 0)
            set->left--;
    }
}

long sim_misbehave_delay(const struct sim_misdeeds *taken)
{
    long delay = 0;

    for (size_t i = 0; i < COUNT; i++)
        if (MISDEEDS[i].when == SIM_BEFORE && taken->row[i].left != 0)
            delay += taken->row[i].number;
    return delay;
}

bool sim_misbehave_spoil(const struct sim_misdeeds *taken, struct listen_answer *answer)
{
    bool any = false;

    for (size_t i = 0; i < COUNT; i++) {
        if (!MISDEEDS[i].spoil || taken->row[i].left == 0)
            continue;
        MISDEEDS[i].spoil(answer, taken->row[i].number);
        any = true;
    }
    return any;
}

void sim_misbehave_bend(const struct sim_misdeeds *taken, json_t *notification)
{
    for (size_t i = 0; i < COUNT; i++)
        if (MISDEEDS[i].bend && taken->row[i].left != 0)
            MISDEEDS[i].bend(notification, taken->row[i].number);
}

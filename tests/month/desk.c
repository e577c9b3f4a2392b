/* desk -- see desk.h. */
#include "tests/month/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/afwijzing.h"
#include "codecs/base/mem.h"
#include "gateway/clock.h"
#include "tests/month/merger.h"
#include "tests/month/plan.h"
#include "tests/month/supply.h"
#include "tools/dossiermaker/chance.h"

#define LONGEST_DAYS 2 /* before somebody gets to it */
#define EXPECTED_DAYS 4
#define PUSHED_PERCENT 80

static struct chance luck;
static json_t *faults;
static json_t *plans[TOWNS]; /* {what is to be done: from what moment} */

void desk_open(uint64_t seed)
{
    luck = chance_from(seed, "desk");
    faults = json_object();
    for (int i = 0; i < TOWNS; i++)
        plans[i] = json_object();
}

void desk_close(void)
{
    json_decref(faults);
    for (int i = 0; i < TOWNS; i++)
        json_decref(plans[i]);
}

const json_t *desk_faults(void)
{
    return faults;
}

/* --- asking the gateway ------------------------------------------------------------------ */

static void note(const char *verb, const struct fault *fault)
{
    char text[200];

    /* Ids differ each time; the sentence is what counts. */
    snprintf(text, sizeof(text), "%s: %s: %.80s", verb, fault_name(fault->code), fault->text);
    char *id = strstr(text, "handover ");
    if (id && strlen(id) > 45)
        memset(id + 9, 'x', 36);
    json_t *before = json_object_get(faults, text);
    json_object_set_new(faults, text, json_integer(json_integer_value(before) + 1));
}

/* Had it the dossier, or one that has merged into it? */
static bool had_it(const struct person *person, int town)
{
    for (int i = 0; i < TOWNS; i++)
        if ((person->had & 1u << i) && merger_same(i, town))
            return true;
    return false;
}

/* Was it done? `code` (may be NULL) gets why not. */
static bool act(int town, const char *verb, call_handler *handler, json_t *arguments,
                enum fault_code *code)
{
    struct fault fault = { 0 };
    json_auto_t *result = region_ask(town, handler, arguments, &fault);

    if (!result)
        note(verb, &fault);
    if (code)
        *code = fault.code;
    return result != NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static void day_text(int days, char text[11])
{
    time_t at = clock_now() + (time_t)days * LEAP_DAY;
    struct tm utc;

    gmtime_r(&at, &utc);
    strftime(text, 11, "%Y-%m-%d", &utc);
}

void desk_requests(int town, struct person *person, int from)
{
    char today[11];

    day_text(0, today);
    act(town, "request", call_overdracht_request,
        json_pack("{s:s, s:s, s:s, s:s}", "gemeente", region_towns[from].code, "bsn",
                  person->bsn, "reason", "BRP", "settled", today),
        NULL);
}

void desk_sends(int town, struct person *person, int to, const char *reply_to)
{
    SCOPED_MEM char *dossier = people_dossier(person, town, NULL);
    char file[UUID_SIZE];

    region_upload(town, dossier, file);
    act(town, "send", call_overdracht_send,
        json_pack("{s:s, s:s, s:s*}", "file", file, "to", region_towns[to].code, "reply_to",
                  *reply_to ? reply_to : NULL),
        NULL);
}

void desk_hides(int town, struct person *person)
{
    act(town, "block", call_blokkade_add,
        json_pack("{s:s, s:s}", "bsn", person->bsn, "text", "geheimhouding"), NULL);
    if (merger_now(town) != town)
        desk_hides(merger_now(town), person);
}

/* --- afterwards ------------------------------------------------------------------------ */

/* The newest handover of that person that is so; false: there is none. */
static bool find_at(int town, const struct person *person, const char *condition,
                    char id[UUID_SIZE])
{
    char hex[DIGEST_HEX], query[400];

    people_index(person, town, hex);
    snprintf(query, sizeof(query),
             "SELECT id FROM overdracht WHERE bsn_index = x'%s' AND %s"
             " ORDER BY created DESC LIMIT 1",
             hex, condition);
    json_auto_t *rows = region_rows(town, query);
    const char *found = json_string_value(json_array_get(json_array_get(rows, 0), 0));
    snprintf(id, UUID_SIZE, "%s", found ? found : "");
    return found;
}

/* One that began before the merger goes on at the gateway that it began with: *town. */
static bool find_handover(int *town, const struct person *person, const char *condition,
                          char id[UUID_SIZE])
{
    if (find_at(*town, person, condition, id))
        return true;
    *town = merger_now(*town);
    return find_at(*town, person, condition, id);
}

void desk_supplements(int town, struct person *person)
{
    SCOPED_MEM char *dossier = people_dossier(person, town, NULL);
    char id[UUID_SIZE], file[UUID_SIZE];

    if (!find_handover(&town, person,
                       "rol = 'verstrekker' AND state IN ('verzonden', 'bezorgd',"
                       " 'overgenomen')",
                       id))
        return;
    region_upload(town, dossier, file);
    act(town, "supplement", call_overdracht_supplement,
        json_pack("{s:s, s:s, s:s, s:s}", "id", id, "file", file, "text",
                  "Er kwam later iets bij.", "parts", "voortgang"),
        NULL);
}

/* What was taken over must be given up; the dossier is here again, and only here. */
void desk_withdraws(int town, struct person *person)
{
    char id[UUID_SIZE];

    if (!find_handover(&town, person,
                       "rol = 'verstrekker' AND state IN ('verzonden', 'bezorgd',"
                       " 'overgenomen')",
                       id)
        || !act(town, "withdraw", call_overdracht_withdraw,
                json_pack("{s:s, s:s}", "id", id, "code", "onjuist"), NULL))
        return;
    person->holder = town;
    person->taken_by = NOWHERE;
    person->withdrawn = true;
}

void desk_withdraws_request(int town, struct person *person)
{
    char id[UUID_SIZE];

    if (find_handover(&town, person, "rol = 'ontvanger' AND state = 'verzocht'", id))
        act(town, "withdraw request", call_overdracht_withdraw,
            json_pack("{s:s, s:s}", "id", id, "code", "geen-grondslag"), NULL);
}

/* --- who is asked ------------------------------------------------------------------------ */

static void refuse_request(int town, const char *id, const char *code, const char *to,
                           int days)
{
    char expected[11] = "";

    if (days > 0)
        day_text(days, expected);
    act(town, "refuse request", call_overdracht_refuse,
        json_pack("{s:s, s:s, s:s, s:s}", "id", id, "code", code, "to", to, "expected",
                  expected),
        NULL);
}

static void supply_or_send(int town, struct person *person, int asker, const char *id)
{
    if (!supply_sees_to(town, person, id))
        desk_sends(town, person, asker, id);
}

/* What the cupboard says, for who may ask. */
static void answer_from_cupboard(int town, struct person *person, const json_t *item)
{
    const char *id = text_of(item, "id");
    int asker = region_by_code(text_of(item, "gemeentecode"));

    switch (person->story->answer) {
    case PLAN_HAS_NONE:
        refuse_request(town, id, "geen-dossier", "", 0);
        break;
    case PLAN_BLOCKS:
        refuse_request(town, id, "blokkade", "", 0);
        break;
    case PLAN_FOLLOWS:
        if (!*text_of(item, "reden")) {
            refuse_request(town, id, "in-behandeling", "", EXPECTED_DAYS);
            break;
        }
        supply_or_send(town, person, asker, id);
        break;
    case PLAN_SENDS:
        supply_or_send(town, person, asker, id);
        break;
    case PLAN_SAYS_NOTHING:
        break;
    }
}

static void answer(int town, struct person *person, const json_t *item)
{
    const struct afwijzing_code *refused = afwijzing_of_reden(text_of(item, "reden"));
    const char *id = text_of(item, "id");
    int asker = region_by_code(text_of(item, "gemeentecode"));

    if (refused && afwijzing_ends(refused))
        return; /* our refusal is on its way */
    bool here = merger_same(person->holder, town);
    if (!here && had_it(person, town))
        refuse_request(town, id, "verhuisd", region_towns[person->holder].code, 0);
    else if (!here)
        refuse_request(town, id, "onbekend", "", 0);
    else if (!merger_same(person->lives, asker))
        refuse_request(town, id, "niet-bevoegd", "", 0);
    else
        answer_from_cupboard(town, person, item);
}

/* --- who receives ------------------------------------------------------------------------ */

static bool refuse_dossier(int town, const char *id, const char *code, const char *parts)
{
    return act(town, "refuse dossier", call_overdracht_refuse,
               json_pack("{s:s, s:s, s:s}", "id", id, "code", code, "parts", parts), NULL);
}

static void take_over(int town, struct person *person, const char *id)
{
    bool push = chance_percent(&luck, PUSHED_PERCENT);
    enum fault_code why = FAULT_NONE;

    bool taken = act(town, "accept", call_overdracht_accept,
                     json_pack("{s:s, s:s*}", "id", id, "push", push ? "ja" : NULL), &why);
    if (!taken && push && why == FAULT_RULE) {
        push = false;
        taken =
            act(town, "accept", call_overdracht_accept, json_pack("{s:s}", "id", id), NULL);
    }
    if (!taken)
        return;
    person->holder = person->taken_by = town;
    person->had |= 1u << town;
}

static void judge(int town, struct person *person, const json_t *item)
{
    const char *id = text_of(item, "id");

    if (person->withdrawn || person->story->verdict == PLAN_UNDECIDED)
        return;
    if (!merger_same(person->lives, town))
        refuse_dossier(town, id, "geen-inwoner", "");
    else if (merger_same(person->taken_by, town))
        refuse_dossier(town, id, "dubbel", "");
    else if (person->story->verdict == PLAN_WRONG)
        refuse_dossier(town, id, "verkeerde-persoon", "");
    else if (person->story->verdict == PLAN_RETURNS && person->returned == 0)
        person->returned += refuse_dossier(town, id, "onvolledig", "voortgang intake");
    else
        take_over(town, person, id);
}

/* --- the work list ----------------------------------------------------------------------- */

static void close_task(int town, const json_t *task)
{
    act(town, "task", call_taak_done,
        json_pack("{s:O}", "taak", json_object_get(task, "taak")), NULL);
}

static void find_out(int town, struct person *person, const json_t *task)
{
    if (person && person->holder >= 0 && !merger_same(person->holder, town)
        && merger_same(person->lives, town))
        desk_requests(town, person, person->holder);
    else
        close_task(town, task);
}

static void settle_first(int town, struct person *person, const json_t *task)
{
    char file[UUID_SIZE];

    if (person && merger_same(person->holder, town) && chance_percent(&luck, 30)) {
        SCOPED_MEM char *dossier = people_dossier(person, town, NULL);
        region_upload(town, dossier, file);
        act(town, "push", call_duo_push,
            json_pack("{s:s, s:s}", "id", text_of(task, "overdracht"), "file", file), NULL);
    }
    close_task(town, task);
}

/* It closes by itself when the dossier went. */
static void release(int town, const json_t *task)
{
    act(town, "release", call_overdracht_release,
        json_pack("{s:s}", "id", text_of(task, "overdracht")), NULL);
}

/* --- what is shown ----------------------------------------------------------------------- */

/* The person whom a handover (or "" for none) is about. */
static struct person *whose(int town, const char *overdracht)
{
    char query[160];

    snprintf(query, sizeof(query),
             "SELECT lower(hex(bsn_index)) FROM overdracht WHERE id = '%.36s'", overdracht);
    json_auto_t *rows = region_rows(town, query);
    return people_by_index(town,
                           json_string_value(json_array_get(json_array_get(rows, 0), 0)));
}

/* Somebody gets to it some working days after it was first shown; once. */
static bool is_time(int town, const char *what)
{
    const json_t *from = json_object_get(plans[town], what);
    int64_t now = clock_now();

    if (!from) {
        int64_t days = chance_between(&luck, 0, LONGEST_DAYS);
        json_object_set_new(plans[town], what, json_integer(now + days * LEAP_DAY));
        return days == 0;
    }
    if (json_integer_value(from) > now)
        return false;
    json_object_del(plans[town], what);
    return true;
}

static void look_at_handover(int town, const json_t *item)
{
    const char *state = text_of(item, "state");
    char what[128];

    if (strcmp(state, "gevraagd") != 0 && strcmp(state, "ontvangen") != 0)
        return; /* a task of it is shown below */
    snprintf(what, sizeof(what), "%s %s %s", text_of(item, "id"), state,
             text_of(item, "changed"));
    struct person *person = whose(town, text_of(item, "id"));
    if (!person || !is_time(town, what))
        return;
    if (strcmp(state, "gevraagd") == 0)
        answer(town, person, item);
    else
        judge(town, person, item);
}

static void look_at_task(int town, const json_t *task)
{
    const char *soort = text_of(task, "soort");
    char what[64];

    snprintf(what, sizeof(what), "taak %lld",
             (long long)json_integer_value(json_object_get(task, "taak")));
    if (!is_time(town, what))
        return;
    struct person *person = whose(town, text_of(task, "overdracht"));
    if (strcmp(soort, "wie-vragen") == 0)
        find_out(town, person, task);
    else if (strcmp(soort, "eerst-afhandelen") == 0)
        settle_first(town, person, task);
    else if (strcmp(soort, "klaar-om-te-versturen") == 0)
        release(town, task);
    else if (strcmp(soort, "aanlevering-mislukt") != 0) /* the request itself is shown */
        close_task(town, task);
}

/* The result's list; the caller's. */
static json_t *shown(int town, call_handler *handler, json_t *arguments, const char *list)
{
    struct fault fault = { 0 };
    json_auto_t *result = region_ask(town, handler, arguments, &fault);

    if (!result)
        note("list", &fault);
    return json_incref(json_object_get(result, list));
}

void desk_works(void)
{
    const json_t *item;
    size_t i;

    for (int town = 0; town < TOWNS; town++) {
        json_auto_t *handovers = shown(town, call_overdracht_list,
                                       json_pack("{s:s}", "attention", "ja"), "overdrachten");
        json_array_foreach (handovers, i, item)
            look_at_handover(town, item);
        json_auto_t *tasks = shown(town, call_taak_list, json_object(), "taken");
        json_array_foreach (tasks, i, item)
            look_at_task(town, item);
    }
}

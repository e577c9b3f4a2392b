/* sim_command -- see sim_command.h. What a line changes is done under the lock of the sim. */
#include "tools/duosim/sim_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "peers/file.h"
#include "peers/gemeente.h"
#include "tools/duosim/sim.h"
#include "tools/duosim/sim_core.h"
#include "tools/duosim/sim_day.h"
#include "tools/duosim/sim_event.h"
#include "tools/duosim/sim_persoon.h"
#include "tools/duosim/sim_rules.h"
#include "tools/duosim/sim_sample.h"
#include "tools/duosim/sim_scope.h"
#include "tools/duosim/sim_state.h"
#include "tools/duosim/sim_verhuizing.h"

enum { WORDS = 7, WORD_SIZE = 64, LOAD_MAX = 16 << 20, WAIT_MS = 10000 };

struct line {
    struct sim *sim;
    char word[WORDS][WORD_SIZE]; /* word[0] is the command; "" behind the last */
    const char *rest;            /* behind as many words as the row has */
    struct buf *says;
};

struct row {
    const char *name, *words, *tells;
    int least; /* words that must be there behind the name */
    int most;  /* and that may; a rest, when it has one, follows these */
    bool rest;
    bool (*run)(struct line *line, struct fault *fault);
};

/* --- what the lines have in common ---------------------------------------------------- */

static bool person_of(const struct line *line, json_t **person, struct fault *fault)
{
    *person = sim_state_person(line->sim->state, line->word[1]);
    return *person || fault_set(fault, FAULT_UNKNOWN, "nobody has that BSN here");
}

static bool check_gemeente(const char *code, struct fault *fault)
{
    return gemeente_code_valid(code)
           || fault_set(fault, FAULT_USAGE, "a gemeentecode has four digits");
}

/* "" is today. */
static bool day_of(const struct line *line, const char *text, long *day, struct fault *fault)
{
    *day = text[0] ? datum_day(text) : sim_state_today(line->sim->state);
    return *day != 0 || fault_set(fault, FAULT_USAGE, "a day is YYYY-MM-DD");
}

static bool json_of(const char *text, json_t **value, struct fault *fault)
{
    json_error_t why;

    *value = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    return *value || fault_set(fault, FAULT_DOCUMENT, "no JSON, from column %d", why.column);
}

static void say_json(struct line *line, const json_t *value)
{
    SCOPED_MEM char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    buf_addf(line->says, "%s\n", text ? text : "null");
}

/* --- the commands --------------------------------------------------------------------- */

static bool say_help(struct line *line, struct fault *fault)
{
    (void)fault;
    sim_command_help(line->says);
    return true;
}

static bool set_today(struct line *line, struct fault *fault)
{
    char text[SIM_DAY_SIZE];

    if (line->word[1][0] && strcmp(line->word[1], "-") != 0 && !sim_day_whole(line->word[1]))
        return fault_set(fault, FAULT_USAGE, "a day is YYYY-MM-DD, or - for the clock's");
    if (strcmp(line->word[1], "-") == 0)
        json_object_del(line->sim->state, "vandaag");
    else if (line->word[1][0])
        json_object_set_new(line->sim->state, "vandaag", json_string(line->word[1]));
    buf_addf(line->says, "%s\n", sim_day_text(sim_state_today(line->sim->state), text));
    return true;
}

static bool put_person(struct line *line, struct fault *fault)
{
    json_t *person;

    return json_of(line->rest, &person, fault)
           && sim_state_put(line->sim->state, person, fault);
}

static bool make_sample(struct line *line, struct fault *fault)
{
    const char *route = line->word[4];
    long vestiging;

    if (!check_gemeente(line->word[2], fault)
        || !day_of(line, line->word[3], &vestiging, fault))
        return false;
    if (route[0] && (strlen(route) != 1 || !strchr("BOZ", route[0])))
        return fault_set(fault, FAULT_USAGE, "a leerroute is B, O or Z");
    return sim_state_put(line->sim->state,
                         sim_sample_person(line->word[1], line->word[2], vestiging, route),
                         fault);
}

static bool put_all(struct sim *sim, json_t *list, struct fault *fault)
{
    json_t *person;
    size_t i;

    json_array_foreach (list, i, person)
        if (!sim_state_put(sim->state, json_incref(person), fault))
            return false;
    return true;
}

static bool load_people(struct line *line, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    json_t *list;

    if (!file_read(line->rest, LOAD_MAX, &text, fault)
        || !json_of(buf_text(&text), &list, fault))
        return false;
    bool good = json_is_array(list)
                    ? put_all(line->sim, list, fault)
                    : fault_set(fault, FAULT_DOCUMENT, "%s: no list of people", line->rest);
    json_decref(list);
    return good;
}

static bool set_member(struct line *line, struct fault *fault)
{
    json_t *person, *value = NULL;

    return person_of(line, &person, fault)
           && (strcmp(line->rest, "-") == 0 || json_of(line->rest, &value, fault))
           && sim_state_set(person, line->word[2], value, fault);
}

static bool show_person(struct line *line, struct fault *fault)
{
    json_t *person;

    if (!person_of(line, &person, fault))
        return false;
    say_json(line, line->word[2][0] ? json_object_get(person, line->word[2]) : person);
    return true;
}

static bool list_people(struct line *line, struct fault *fault)
{
    const char *bsn;
    json_t *person;

    (void)fault;
    json_object_foreach (json_object_get(line->sim->state, "personen"), bsn, person)
        buf_addf(line->says, "%s\n", bsn);
    return true;
}

static bool forget_all(struct line *line, struct fault *fault)
{
    (void)fault;
    json_decref(line->sim->state);
    line->sim->state = sim_state_create();
    json_object_clear(line->sim->tally);
    sim_misbehave_clear(&line->sim->misdeeds);
    return true;
}

static bool move_person(struct line *line, struct fault *fault)
{
    json_t *person;
    long from;

    if (!person_of(line, &person, fault) || !check_gemeente(line->word[2], fault)
        || !day_of(line, line->word[3], &from, fault))
        return false;
    sim_verhuizing_move(line->sim->state, person, line->word[2], from);
    return true;
}

static bool link_by_coa(struct line *line, struct fault *fault)
{
    json_t *person;

    if (!person_of(line, &person, fault) || !check_gemeente(line->word[2], fault))
        return false;
    sim_verhuizing_coa(line->sim->state, person, line->word[2]);
    return true;
}

static bool move_abroad(struct line *line, struct fault *fault)
{
    json_t *person;
    long from;

    if (!person_of(line, &person, fault) || !day_of(line, line->word[2], &from, fault))
        return false;
    sim_verhuizing_abroad(line->sim->state, person, from);
    return true;
}

static bool make_event(struct line *line, struct fault *fault)
{
    struct sim *sim = line->sim;
    const char *to = line->word[3];
    json_t *person;

    if (!person_of(line, &person, fault) || (to[0] && !check_gemeente(to, fault)))
        return false;
    if (!sim_event_is_code(line->word[2]))
        return fault_set(fault, FAULT_USAGE, "a code is one to six of 0-9 and A-Z");
    if (!to[0])
        to = sim_persoon_gemeente(person, sim_state_today(sim->state));
    sim_event_happen(sim->state, person, to, line->word[2]);
    return true;
}

static bool list_notifications(struct line *line, struct fault *fault)
{
    const json_t *one;
    size_t i;

    (void)fault;
    json_array_foreach (json_object_get(line->sim->state, "notificaties"), i, one)
        say_json(line, one);
    return true;
}

static bool list_requests(struct line *line, struct fault *fault)
{
    const char *what;
    json_t *times;

    (void)fault;
    json_object_foreach (line->sim->tally, what, times)
        buf_addf(line->says, "%s %lld\n", what, (long long)json_integer_value(times));
    return true;
}

static bool tell_scope(struct line *line, struct fault *fault)
{
    struct sim_case c = { .state = line->sim->state,
                          .gemeentecode = line->word[2],
                          .today = sim_state_today(line->sim->state),
                          .vanaf_registratie = line->sim->settings.vanaf_registratie };

    if (!person_of(line, &c.person, fault))
        return false;
    const char *ground = sim_scope_ground(&c);
    buf_addf(line->says, "%s\n", ground ? ground : "none");
    return true;
}

static bool list_rules(struct line *line, struct fault *fault)
{
    (void)fault;
    for (size_t i = 0; sim_rules_at(i); i++)
        buf_addf(line->says, "%-7s %-22s %s\n", sim_rules_at(i)->id,
                 sim_rules_at(i)->operation, sim_rules_at(i)->says);
    return true;
}

static bool number_of(const char *text, long *number, struct fault *fault)
{
    char *end;

    *number = strtol(text, &end, 10);
    return (*text && *end == '\0' && *number >= 0 && *number < 100000000000L)
           || fault_set(fault, FAULT_USAGE, "%.40s is no number here", text);
}

static bool operation_of(const char *name, const struct duo_operation **operation,
                         struct fault *fault)
{
    *operation = duo_operation_named(name);
    return *operation || fault_set(fault, FAULT_USAGE, "%.40s is no operation", name);
}

/* misbehave NAME [NUMBER] [for N] [on OPERATION] */
static bool misbehave(struct line *line, struct fault *fault)
{
    struct sim_misdeed_set set = { .left = -1, .number = -1 };

    for (int i = 2; i < WORDS && line->word[i][0]; i++) {
        const char *word = line->word[i], *next = i + 1 < WORDS ? line->word[i + 1] : "";
        bool good = strcmp(word, "for") == 0  ? number_of(next, &set.left, fault)
                    : strcmp(word, "on") == 0 ? operation_of(next, &set.only, fault)
                                              : number_of(word, &set.number, fault);
        if (!good)
            return false;
        i += strcmp(word, "for") == 0 || strcmp(word, "on") == 0;
    }
    return sim_misbehave_set(&line->sim->misdeeds, line->word[1], &set, fault);
}

static bool behave(struct line *line, struct fault *fault)
{
    (void)fault;
    sim_misbehave_clear(&line->sim->misdeeds);
    return true;
}

/* The lock is free meanwhile: see sim_command(). */
static bool wait_for_all(struct line *line, struct fault *fault)
{
    long milliseconds = WAIT_MS;

    return (!line->word[1][0] || number_of(line->word[1], &milliseconds, fault))
           && sim_notify_wait(line->sim->notify, milliseconds, fault);
}

/* clang-format off */
static const struct row ROWS[] = {
    { "abroad",        "BSN [DAY]",              "leaves the Netherlands: SS123 to the old municipality", 1, 2, false, move_abroad },
    { "clear",         "",                       "no misbehaviour any more", 0, 0, false, behave },
    { "coa",           "BSN GEMEENTE",           "lives at a COA location, linked to that municipality", 2, 2, false, link_by_coa },
    { "event",         "BSN CODE [GEMEENTE]",    "happened to him: in his list, and told to the municipality", 2, 3, false, make_event },
    { "help",          "",                       "this list", 0, 0, false, say_help },
    { "load",          "FILE",                   "a list of people as JSON; path as duosim sees it", 0, 0, true, load_people },
    { "misbehave",     "NAME [NUMBER] [for N] [on OPERATION]", "until `clear`, or the next N times", 1, 6, false, misbehave },
    { "move",          "BSN GEMEENTE [DAY]",     "settles there: SS120, SS121 or SS139, and SS122", 2, 3, false, move_person },
    { "notifications", "",                       "one JSON object a line", 0, 0, false, list_notifications },
    { "person",        "JSON",                   "adds or replaces somebody", 0, 0, true, put_person },
    { "persons",       "",                       "their BSNs", 0, 0, false, list_people },
    { "requests",      "",                       "GEMEENTE OPERATION STATUS TIMES", 0, 0, false, list_requests },
    { "reset",         "",                       "forgets everybody, and behaves", 0, 0, false, forget_all },
    { "rules",         "",                       "the rules and what DUO says of them", 0, 0, false, list_rules },
    { "sample",        "BSN GEMEENTE DAY [B|O|Z]", "somebody to play with, with that leerroute or without a PIP", 3, 4, false, make_sample },
    { "scope",         "BSN GEMEENTE",           "on which ground that municipality may ask; or none", 2, 2, false, tell_scope },
    { "set",           "BSN MEMBER JSON|-",      "one member of somebody; - takes it away", 2, 2, true, set_member },
    { "show",          "BSN [MEMBER]",           "somebody as JSON", 1, 2, false, show_person },
    { "today",         "[DAY|-]",                "sets the day it is; - is the clock's", 0, 1, false, set_today },
    { "wait",          "[MILLISECONDS]",         "until all notifications were taken", 0, 1, false, wait_for_all },
};
/* clang-format on */
#define COUNT (sizeof(ROWS) / sizeof(ROWS[0]))

void sim_command_help(struct buf *text)
{
    for (size_t i = 0; i < COUNT; i++)
        buf_addf(text, "  %s%s%s\n      %s\n", ROWS[i].name, ROWS[i].words[0] ? " " : "",
                 ROWS[i].words, ROWS[i].tells);
    buf_add_text(text, "\nmisbehaviour:\n");
    for (size_t i = 0; sim_misbehave_at(i); i++)
        buf_addf(text, "  %-15s %s\n", sim_misbehave_at(i)->name, sim_misbehave_at(i)->tells);
}

/* --- reading a line ------------------------------------------------------------------- */

static const char *next_word(const char *at, char word[WORD_SIZE], bool *fits)
{
    at += strspn(at, " \t");
    size_t size = strcspn(at, " \t\r\n");
    *fits = size < WORD_SIZE;
    (void)snprintf(word, WORD_SIZE, "%.*s", *fits ? (int)size : 0, at);
    return at + size;
}

static bool read_line(const struct row *row, const char *text, struct line *line,
                      struct fault *fault)
{
    int count = -1;
    bool fits = true;

    for (int i = 0; i <= row->most && fits; i++) {
        text = next_word(text, line->word[i], &fits);
        count += line->word[i][0] != '\0';
    }
    line->rest = text + strspn(text, " \t\r\n");
    if (fits && count >= row->least && (line->rest[0] != '\0') == row->rest)
        return true;
    return fault_set(fault, FAULT_USAGE, "usage: %s %s", row->name, row->words);
}

static bool run(const struct row *row, struct line *line, struct fault *fault)
{
    struct sim *sim = line->sim;

    if (row->run == wait_for_all)
        return row->run(line, fault);
    pthread_mutex_lock(&sim->lock);
    bool good = row->run(line, fault);
    sim->dirty = true;
    sim_notify_wake(sim->notify);
    pthread_mutex_unlock(&sim->lock);
    return good;
}

bool sim_command(struct sim *sim, const char *line, struct buf *says, struct fault *fault)
{
    struct line read = { .sim = sim, .says = says };
    bool fits;

    next_word(line, read.word[0], &fits);
    for (const struct row *row = ROWS; row < ROWS + COUNT; row++)
        if (strcmp(row->name, read.word[0]) == 0)
            return read_line(row, line, &read, fault) && run(row, &read, fault);
    return fault_set(fault, FAULT_USAGE, "unknown command (see help)");
}

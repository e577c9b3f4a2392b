/* plan -- see plan.h. */
#include "tests/month/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "tests/month/desk.h"
#include "tests/month/merger.h"
#include "tools/dossiermaker/chance.h"

/* --- what DUO knows --------------------------------------------------------------------- */

static const char *code(int town)
{
    return region_towns[town].code;
}

static void pip_of_old(const struct person *person)
{
    people_at_duo(person, code(person->old), code(person->old));
}

static void hours_of_old(const struct person *person)
{
    people_at_duo(person, NULL, code(person->old));
}

static void nothing(const struct person *person)
{
    people_at_duo(person, NULL, NULL);
}

static void pip_of_new(const struct person *person)
{
    people_at_duo(person, code(person->new), NULL);
}

static void pip_of_new_hours_of_old(const struct person *person)
{
    people_at_duo(person, code(person->new), code(person->old));
}

static void pip_of_one_that_merged(const struct person *person)
{
    const char *merged = REGION_MERGED[person->old];

    people_at_duo(person, merged ? merged : code(person->old), NULL);
}

static void pip_of_a_stranger(const struct person *person)
{
    people_at_duo(person, "0363", NULL); /* Amsterdam is nobody's peer here */
}

/* --- what begins it, and goes on ----------------------------------------------------------
 */

static void moves(struct person *person)
{
    people_move(person, merger_now(person->new));
}

static void moves_on(struct person *person)
{
    people_move(person, merger_now(person->third));
}

/* BRP tells the new municipality; DUO tells nothing. */
static void asked_by_hand(struct person *person)
{
    person->lives = merger_now(person->new);
    desk_requests(merger_now(person->new), person, person->old);
}

static void asked_of_the_wrong_one(struct person *person)
{
    person->lives = merger_now(person->new);
    desk_requests(merger_now(person->new), person, person->third);
}

static void asked_of_the_right_one(struct person *person)
{
    desk_requests(merger_now(person->new), person, person->old);
}

static void sent_unasked(struct person *person)
{
    person->lives = merger_now(person->new);
    desk_sends(merger_now(person->old), person, person->new, "");
}

static void sent_and_told(struct person *person)
{
    desk_sends(merger_now(person->old), person, person->new, "");
    people_move(person, merger_now(person->new));
}

static void asked_and_sent(struct person *person)
{
    person->lives = merger_now(person->new);
    desk_requests(merger_now(person->new), person, person->old);
    desk_sends(merger_now(person->old), person, person->new, "");
}

static void sent_to_the_wrong_one(struct person *person)
{
    desk_sends(merger_now(person->old), person, person->third, "");
    people_move(person, merger_now(person->new));
}

static void sent_again(struct person *person)
{
    desk_sends(merger_now(person->old), person, person->new, "");
}

/* Handed over to the third before the month: DUO's PIP is still of the first. */
static void moves_behind_its_dossier(struct person *person)
{
    person->holder = merger_now(person->third);
    person->had |= 1u << merger_now(person->third);
    people_move(person, merger_now(person->new));
}

static void is_hidden(struct person *person)
{
    desk_hides(person->old, person);
}

static void hidden(struct person *person)
{
    desk_hides(person->old, person);
    people_move(person, merger_now(person->new));
}

static void learns_more(struct person *person)
{
    desk_supplements(person->old, person);
}

static void withdraws(struct person *person)
{
    desk_withdraws(person->old, person);
}

/* The move did not take place after all. */
static void stays(struct person *person)
{
    person->lives = merger_now(person->old);
    desk_withdraws_request(person->new, person);
}

/* clang-format off */
const struct story PLAN_STORIES[] = {
    { "pip",            "SS121, the PIP names whom to ask", 24, pip_of_old, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "uren",           "SS120, only hours name whom to ask", 8, hours_of_old, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "niets-bekend",   "SS120, a person must find out", 5, nothing, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "brp",            "only BRP knows: asked by hand", 6, pip_of_old, asked_by_hand, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "terug",          "moved back: the PIP is our own", 4, pip_of_new, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "tussen",         "moved back, hours from in between", 4, pip_of_new_hours_of_old, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "door",           "moves on before it was taken over", 5, pip_of_old, moves, 1, moves_on, PLAN_SENDS, PLAN_TAKES },
    { "door-later",     "moves on when it was taken over", 4, pip_of_old, moves, 9, moves_on, PLAN_SENDS, PLAN_TAKES },
    { "gefuseerd",      "the PIP is of one that has merged", 4, pip_of_one_that_merged, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "ongevraagd",     "sent unasked, DUO tells nothing", 4, pip_of_old, sent_unasked, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "ongevraagd-duo", "sent unasked while DUO tells it", 4, pip_of_old, sent_and_told, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "kruist",         "request and dossier cross", 4, pip_of_old, asked_and_sent, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "onvolledig",     "returned once, and sent anew", 5, pip_of_old, moves, 0, NULL, PLAN_SENDS, PLAN_RETURNS },
    { "verkeerd",       "the dossier is about somebody else", 3, pip_of_old, sent_unasked, 0, NULL, PLAN_SENDS, PLAN_WRONG },
    { "geen-inwoner",   "sent to where nobody moved to", 3, pip_of_old, sent_to_the_wrong_one, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "verhuisd",       "the dossier has gone on: asked on there", 5, pip_of_old, moves_behind_its_dossier, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "onbekend",       "asked of the wrong one, then of the right", 3, pip_of_old, asked_of_the_wrong_one, 6, asked_of_the_right_one, PLAN_SENDS, PLAN_TAKES },
    { "in-behandeling", "follows, and does", 4, pip_of_old, moves, 0, NULL, PLAN_FOLLOWS, PLAN_TAKES },
    { "geen-dossier",   "there is none", 3, hours_of_old, moves, 0, NULL, PLAN_HAS_NONE, PLAN_TAKES },
    { "blokkade",       "call us", 2, pip_of_old, moves, 0, NULL, PLAN_BLOCKS, PLAN_TAKES },
    { "dubbel",         "sent once more when it was taken over", 3, pip_of_old, moves, 9, sent_again, PLAN_SENDS, PLAN_TAKES },
    { "geen-peer",      "the PIP is of one that is no peer", 2, pip_of_a_stranger, moves, 0, NULL, PLAN_SENDS, PLAN_TAKES },
    { "aangevuld",      "supplemented, before it was taken over or after", 4, pip_of_old, moves, 4, learns_more, PLAN_SENDS, PLAN_TAKES },
    { "aangevuld-later", "supplemented when it was taken over", 2, pip_of_old, moves, 11, learns_more, PLAN_SENDS, PLAN_TAKES },
    { "ingetrokken",    "withdrawn, before it was taken over or after", 4, pip_of_old, moves, 4, withdraws, PLAN_SENDS, PLAN_TAKES },
    { "ingetrokken-later", "withdrawn when it was taken over", 2, pip_of_old, moves, 11, withdraws, PLAN_SENDS, PLAN_TAKES },
    { "verzoek-terug",  "the request is taken back", 3, pip_of_old, moves, 1, stays, PLAN_SENDS, PLAN_TAKES },
    { "geheim",         "on the block list before anybody asks", 2, pip_of_old, hidden, 0, NULL, PLAN_BLOCKS, PLAN_TAKES },
    { "geheim-later",   "on the block list while it is asked for", 2, pip_of_old, moves, 1, is_hidden, PLAN_BLOCKS, PLAN_TAKES },
    { "stil",           "asked, and nobody answers", 2, pip_of_old, moves, 0, NULL, PLAN_SAYS_NOTHING, PLAN_TAKES },
    { "onbeslist",      "received, and nobody decides", 1, pip_of_old, moves, 0, NULL, PLAN_SENDS, PLAN_UNDECIDED },
    { 0 },
};
/* clang-format on */

/* --- whom and when ------------------------------------------------------------------------
 */

static const struct story *choose_story(struct chance *chance)
{
    int all = 0;

    for (const struct story *story = PLAN_STORIES; story->name; story++)
        all += story->weight;
    int left = chance_between(chance, 0, all - 1);
    const struct story *chosen = PLAN_STORIES;
    while (left >= chosen->weight)
        left -= chosen++->weight;
    return chosen;
}

/* Three towns, each another. */
static void draw_towns(struct chance *chance, struct person *person)
{
    person->old = chance_between(chance, 0, TOWNS - 1);
    person->new = (person->old + chance_between(chance, 1, TOWNS - 1)) % TOWNS;
    do
        person->third = chance_between(chance, 0, TOWNS - 1);
    while (person->third == person->old || person->third == person->new);
}

static bool is_of(const struct person *person, int town)
{
    return person->old == town || person->new == town || person->third == town;
}

/* When the story, or the end of it, is behind the merger, nobody moves between the two. */
static void choose_towns(struct chance *chance, struct person *person)
{
    int last = person->day + person->story->later;

    do
        draw_towns(chance, person);
    while (last >= MERGER_DAY && is_of(person, MERGER_ENDS)
           && is_of(person, MERGER_SUCCESSOR));
}

void plan_make(uint64_t seed)
{
    struct chance chance = chance_from(seed, "plan");
    size_t stories = 0;

    while (PLAN_STORIES[stories].name)
        stories++;
    for (size_t i = 0; i < people_count; i++) {
        struct person *person = &people[i];
        person->story = choose_story(&chance);
        /* Each story at least once, where there are people enough. */
        if (i < stories && PLAN_STORIES[i].weight > 0)
            person->story = &PLAN_STORIES[i];
        person->day = chance_between(&chance, 0, PLAN_DAYS - 1);
        choose_towns(&chance, person);
        person->sample = chance_percent(&chance, 75);
        person->lives = person->holder = person->old; /* on their day perhaps its successor */
        person->had = 1u << person->old;
        person->taken_by = NOWHERE;
    }
}

void plan_day(int day)
{
    for (size_t i = 0; i < people_count; i++) {
        struct person *person = &people[i];
        const struct story *story = person->story;
        if (person->day == day) {
            story->duo(person);
            story->begins(person);
        }
        if (story->goes_on && person->day + story->later == day)
            story->goes_on(person);
    }
}

/* A family of four moves from one town to another: a dossier each, and they are seen together
 * at both sides; nobody else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "peers/file.h"
#include "tests/sample.h"
#include "tests/scenario/asking.h"

#define FILE_MAX (64u << 20)

/* clang-format off */
static const struct resident {
    const char *number, *naam, *family; /* whom the dossier names; NULL: nobody */
} MOTHER = { "<bsn>999900006</bsn>", "Kanarie-Moeder",
    "<gezinslid><bsn>999900018</bsn>" "@<relatie>echtgenoot</relatie>#"
    "<gezinslid><bsn>999900043</bsn>" "@<relatie>dochter</relatie>#" },
  FATHER = { "<bsn>999900018</bsn>", "Kanarie-Vader", NULL },
  DAUGHTER = { "<bsn>999900043</bsn>", "Kanarie-Dochter",
    "<gezinslid><vnummer>0099990001</vnummer>" "@<relatie>broer</relatie>#" },
  SON = { "<vnummer>0099990001</vnummer>", "Kanarie-Zoon", NULL },
  STRANGER = { "<bsn>999900055</bsn>", "Kanarie-Vreemde", NULL };
/* clang-format on */

static const char *const CANARIES[] = { "999900006",  "999900018",     "999900043",
                                        "0099990001", "Kanarie-Vader", "Kanarie-Dochter" };

/* --- moving ------------------------------------------------------------------------------ */

static char *dossier_of(const struct resident *resident)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *numbered = sample_replace(sample, "<bsn>" BSN "</bsn>", resident->number);
    SCOPED_MEM char *named = sample_replace(numbered,
                                            "Proefpersoon-\xc3\x91u\xc3\xb1"
                                            "es",
                                            resident->naam);
    SCOPED_BUF struct buf family = { 0 };

    if (!resident->family)
        return mem_copy(named);
    buf_add_text(&family, "<gezinsleden>");
    for (const char *at = resident->family; *at; at++)
        if (*at == '@')
            buf_add_text(&family, "<naam><geslachtsnaam>Kanarie</geslachtsnaam></naam>");
        else if (*at == '#')
            buf_add_text(&family, "<dossierVolgt>ja</dossierVolgt></gezinslid>");
        else
            buf_add(&family, at, 1);
    buf_add_text(&family, "</gezinsleden></persoon>");
    return sample_replace(named, "</persoon>", buf_text(&family));
}

static void move(const struct resident *resident, char overdracht[UUID_SIZE])
{
    SCOPED_MEM char *text = dossier_of(resident);
    SCOPED_BUF struct buf encoded = { 0 };
    char file[UUID_SIZE];

    uuid_v4(file);
    base64_encode(text, strlen(text), &encoded);
    json_decref(ask(
        OUD, call_upload,
        json_pack("{s:s, s:i, s:s}", "file", file, "offset", 0, "data", buf_text(&encoded))));
    json_auto_t *sent = ask(OUD, call_overdracht_send,
                            json_pack("{s:s, s:s}", "file", file, "to", NIEUW->code));
    snprintf(overdracht, UUID_SIZE, "%s", text_of(sent, "overdracht"));
    await(OUD, "overdracht", overdracht, "state = 'bezorgd'");
}

/* --- looking ----------------------------------------------------------------------------- */

static json_t *list(struct town *town, const char *household)
{
    json_auto_t *result =
        ask(town, call_overdracht_list, json_pack("{s:s*}", "household", household));

    return json_incref(json_object_get(result, "overdrachten"));
}

static const json_t *find(const json_t *list, const char *id, size_t *at)
{
    for (*at = 0; *at < json_array_size(list); ++*at)
        if (strcmp(text_of(json_array_get(list, *at), "id"), id) == 0)
            return json_array_get(list, *at);
    fail_msg("%s is not in the list", id);
    return NULL;
}

/* They stand next to each other, and are called the same: by the first of them. */
static void expect_together(struct town *town, const char (*ids)[UUID_SIZE], size_t count)
{
    json_auto_t *all = list(town, NULL);
    size_t lowest = SIZE_MAX, highest = 0, at;

    for (size_t i = 0; i < count; i++) {
        assert_string_equal(text_of(find(all, ids[i], &at), "gezin"), ids[0]);
        lowest = at < lowest ? at : lowest;
        highest = at > highest ? at : highest;
    }
    assert_int_equal(highest - lowest, count - 1);
    for (size_t i = 0; i < count; i++) {
        json_auto_t *family = list(town, ids[i]);
        json_auto_t *show = ask(town, call_overdracht_show, json_pack("{s:s}", "id", ids[i]));
        assert_int_equal(json_array_size(family), count);
        assert_string_equal(text_of(show, "gezin"), ids[0]);
        assert_int_equal(json_array_size(json_object_get(show, "gezinsleden")), count - 1);
    }
}

static void expect_alone(struct town *town, const char *id)
{
    json_auto_t *all = list(town, NULL), *family = list(town, id);
    size_t at;

    assert_string_equal(text_of(find(all, id, &at), "gezin"), "");
    assert_int_equal(json_array_size(family), 1);
    assert_string_equal(text_of(json_array_get(family, 0), "id"), id);
}

static int hits;

static int look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    SCOPED_BUF struct buf content = { 0 };

    (void)status, (void)place;
    if (kind != FTW_F || !file_read(path, FILE_MAX, &content, &fault))
        return 0;
    for (size_t i = 0; i < sizeof(CANARIES) / sizeof(CANARIES[0]); i++)
        if (memmem(content.data, content.size, CANARIES[i], strlen(CANARIES[i]))) {
            print_error("a file holds canary %zu\n", i);
            hits++;
        }
    return 0;
}

static void expect_nothing_readable(const struct town *town)
{
    hits = 0;
    nftw(town->folder, look, 16, FTW_PHYS);
    assert_int_equal(hits, 0);
}

/* --- the move ---------------------------------------------------------------------------- */

/* A stranger moves in between: the newest first would have set them apart. */
static void a_family_of_four_is_seen_together_at_both_sides(void **state)
{
    char ids[4][UUID_SIZE], stranger[UUID_SIZE];

    (void)state;
    move(&FATHER, ids[0]);
    move(&SON, ids[1]);
    move(&STRANGER, stranger);
    move(&DAUGHTER, ids[2]);
    expect_alone(NIEUW, ids[0]);
    move(&MOTHER, ids[3]);
    for (int side = 0; side < 2; side++) {
        struct town *town = side ? NIEUW : OUD;
        /* The daughter names her brother, the mother her husband and her: all four. */
        expect_together(town, (const char(*)[UUID_SIZE])ids, 4);
        expect_alone(town, stranger);
        expect_nothing_readable(town);
    }
}

static void who_was_taken_over_stays_with_the_others(void **state)
{
    char ids[2][UUID_SIZE];

    (void)state;
    move(&FATHER, ids[0]);
    move(&MOTHER, ids[1]);
    json_decref(ask(NIEUW, call_overdracht_accept, json_pack("{s:s}", "id", ids[0])));
    await_state(OUD, ids[0], "overgenomen", "");
    expect_together(NIEUW, (const char(*)[UUID_SIZE])ids, 2);
    expect_together(OUD, (const char(*)[UUID_SIZE])ids, 2);
}

/* The mother was the one who named them: without her dossier nothing says who they are. */
static void who_is_withdrawn_is_in_no_family_at_either_side(void **state)
{
    char ids[3][UUID_SIZE], mother[UUID_SIZE];

    (void)state;
    move(&DAUGHTER, ids[0]);
    move(&SON, ids[1]);
    move(&FATHER, ids[2]);
    move(&MOTHER, mother);
    json_auto_t *before = list(NIEUW, ids[2]);
    assert_int_equal(json_array_size(before), 4);
    json_decref(ask(OUD, call_overdracht_withdraw,
                    json_pack("{s:s, s:s}", "id", mother, "code", "geen-grondslag")));
    await_state(OUD, mother, "ingetrokken", "geen-grondslag");
    for (int side = 0; side < 2; side++) {
        struct town *town = side ? NIEUW : OUD;
        expect_together(town, (const char(*)[UUID_SIZE])ids, 2);
        expect_alone(town, ids[2]);
        expect_alone(town, mother);
    }
    json_auto_t *wiped = list(NIEUW, mother);
    assert_string_equal(text_of(json_array_get(wiped, 0), "naam"), "");
    assert_int_equal(town_count(NIEUW, "SELECT count(*) FROM huisgenoot g JOIN overdracht o"
                                       " ON o.id = g.overdracht"
                                       " WHERE o.state = 'ingetrokken'"),
                     0);
}

/* Whose dossier has come tells with whom one that is only asked for belongs. */
static void who_is_only_asked_for_stands_with_who_has_come(void **state)
{
    char ids[2][UUID_SIZE];

    (void)state;
    json_auto_t *asked =
        ask(NIEUW, call_overdracht_request,
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "gemeente", OUD->code, "bsn", "999900018",
                      "reason", "SS121", "settled", "2026-11-02", "pip", "nee"));
    snprintf(ids[0], UUID_SIZE, "%s", text_of(asked, "overdracht"));
    await(OUD, "overdracht", ids[0], "state = 'gevraagd'");
    move(&MOTHER, ids[1]);
    expect_together(NIEUW, (const char(*)[UUID_SIZE])ids, 2);
    expect_together(OUD, (const char(*)[UUID_SIZE])ids, 2);
}

static void a_household_of_nobody_is_not_a_list_of_all(void **state)
{
    char id[UUID_SIZE];

    (void)state;
    move(&STRANGER, id);
    expect_no(NIEUW, call_overdracht_list, json_pack("{s:s}", "household", "ffffffff"),
              FAULT_UNKNOWN, "");
}

/* --- who sees to it ---------------------------------------------------------------------- */

static size_t size_of(struct town *town, const char *user, const char *household, bool waits)
{
    json_auto_t *result = ask(town, call_overdracht_list,
                              json_pack("{s:s, s:s*, s:s}", "user", user, "household",
                                        household, "attention", waits ? "ja" : ""));

    return json_array_size(json_object_get(result, waits ? "aandacht" : "overdrachten"));
}

static void what_is_mine_is_a_list_of_its_own(void **state)
{
    char mine[UUID_SIZE], theirs[UUID_SIZE];

    (void)state;
    move(&FATHER, mine);
    move(&MOTHER, theirs);
    json_auto_t *first = ask(NIEUW, call_overdracht_assign,
                             json_pack("{s:s, s:s}", "id", mine, "user", "pietersen"));
    assert_string_equal(text_of(first, "was"), "");
    json_auto_t *second = ask(NIEUW, call_overdracht_assign,
                              json_pack("{s:s, s:s}", "id", mine, "user", "gezin.test"));
    assert_string_equal(text_of(second, "was"), "pietersen");
    assert_int_equal(size_of(NIEUW, "gezin.test", NULL, false), 1);
    assert_int_equal(size_of(NIEUW, "Gezin.Test", NULL, true), 1);
    assert_int_equal(size_of(NIEUW, "gezin.test", theirs, false), 1);
    assert_int_equal(size_of(NIEUW, "pietersen", NULL, false), 0);
    assert_int_equal(size_of(NIEUW, "pietersen", NULL, true), 0);
    assert_int_equal(size_of(NIEUW, "gezin", NULL, true), 0);
    assert_int_equal(size_of(OUD, "gezin.test", NULL, false), 0);
    json_decref(ask(NIEUW, call_overdracht_assign, json_pack("{s:s}", "id", mine)));
    assert_int_equal(size_of(NIEUW, "gezin.test", NULL, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FRESH(a_family_of_four_is_seen_together_at_both_sides),
        FRESH(who_was_taken_over_stays_with_the_others),
        FRESH(who_is_withdrawn_is_in_no_family_at_either_side),
        FRESH(who_is_only_asked_for_stands_with_who_has_come),
        FRESH(a_household_of_nobody_is_not_a_list_of_all),
        FRESH(what_is_mine_is_a_list_of_its_own),
    };

    return cmocka_run_group_tests(tests, asking_start, asking_stop);
}

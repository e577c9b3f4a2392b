/* The clocks: no stand without one, and both sides end together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/datum.h"
#include "gateway/termijn.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DAY 86400L
#define ID "01900000-0000-7000-8000-000000000001"

static int64_t noon(const char *day)
{
    return (int64_t)(datum_day(day) - datum_day("1970-01-01")) * DAY + DAY / 2;
}

/* Can it still become something else? overgenomen only by what somebody does. */
static bool is_open(enum rol rol, enum overdracht_state state)
{
    if (state >= OVERDRACHT_OVERGENOMEN)
        return false;
    for (int to = 0; to < OVERDRACHT_STATES; to++)
        if (overdracht_arrow(rol, state, (enum overdracht_state)to))
            return true;
    return false;
}

static void each_open_stand_has_a_clock_whatever_is_known(void **state)
{
    (void)state;
    for (int rol = 0; rol < ROLLEN; rol++)
        for (int at = 0; at < OVERDRACHT_STATES; at++)
            for (unsigned feiten = 0; feiten < 16; feiten++) {
                const struct termijn_stand stand = { .rol = (enum rol)rol,
                                                     .state = (enum overdracht_state)at,
                                                     .feiten = feiten,
                                                     .verwacht = "2026-12-01",
                                                     .sinds = 1 };
                const struct termijn *termijn = termijn_of(&stand);
                bool open = is_open((enum rol)rol, (enum overdracht_state)at);
                if ((termijn != NULL) != open)
                    fail_msg("%s %s, %u", rol_name((enum rol)rol),
                             overdracht_state_name((enum overdracht_state)at), feiten);
                if (termijn)
                    assert_true(termijn_dag(termijn, &stand) > 0);
            }
}

/* What the clock itself cannot end, ends otherwise: the outbox lets each message expire. */
static void each_clock_can_end_the_handover_or_waits_for_a_message(void **state)
{
    (void)state;
    for (const struct termijn *t = TERMIJN_TABEL; t->name; t++) {
        bool by_message = (t->needs & (TERMIJN_ONDERWEG | TERMIJN_BIJ_DUO))
                          || t->state == OVERDRACHT_VERZONDEN;
        assert_int_equal(t->einde == 0, by_message);
        assert_int_equal(*t->reden != '\0', t->einde != 0);
        assert_true(overdracht_arrow(t->rol, t->state, OVERDRACHT_VERLOPEN));
    }
}

static void each_clock_has_a_name_of_its_own_and_says_what_to_do(void **state)
{
    (void)state;
    for (const struct termijn *t = TERMIJN_TABEL; t->name; t++) {
        assert_ptr_equal(termijn_named(t->name), t);
        assert_true(*t->doen || (t->needs & TERMIJN_TAAK));
        assert_true(strlen(t->name) < 40 && !strpbrk(t->name, "/#"));
    }
    assert_null(termijn_named("no-such-clock"));
}

static void the_day_is_counted_in_working_days(void **state)
{
    static const struct {
        const char *name, *from, *last;
    } CASES[] = {
        { "antwoord-van-ons", "2026-11-23", "2026-11-26" },
        { "antwoord-van-hen", "2026-11-27", "2026-12-02" },
        { "besluit-van-ons", "2026-12-23", "2026-12-29" },
        { "besluit-van-hen", "2026-04-02", "2026-04-09" },
        { "verzoek-bezorgen", "2026-05-13", "2026-05-15" },
        { "belofte-van-ons", "2026-11-23", "2026-12-24" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const struct termijn *termijn = termijn_named(CASES[i].name);
        const struct termijn_stand stand = { .sinds = 5,
                                             .vraag = noon(CASES[i].from),
                                             .dossier = noon(CASES[i].from),
                                             .verwacht = "2026-12-24" };
        struct termijn_stand since = stand;
        since.sinds = noon(CASES[i].from);
        const struct termijn_stand *known = termijn->vanaf == TERMIJN_SINDS ? &since : &stand;
        char text[11];
        datum_format(termijn_dag(termijn, known), text);
        assert_string_equal(text, CASES[i].last);
    }
}

static void without_a_message_it_counts_from_its_stand(void **state)
{
    const struct termijn *termijn = termijn_named("besluit-van-ons");
    const struct termijn_stand stand = { .sinds = noon("2026-11-23") };

    (void)state;
    assert_int_equal(termijn_dag(termijn, &stand), datum_day("2026-11-26"));
}

/* clang-format off */
static const struct {
    const char *acts, *waits;
} PAIRS[] = {
    { "antwoord-van-ons", "antwoord-van-hen" },
    { "belofte-van-ons",  "belofte-van-hen" },
    { "besluit-van-ons",  "besluit-van-hen" },
};
/* clang-format on */

/* The last message of who acts lives thirty days; its receipt may be as late as that too. */
static void who_waits_ends_later_by_the_life_of_a_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(PAIRS); i++)
        for (long late = 0; late <= MESSAGE_LIFE_DAYS; late++) {
            const struct termijn *acts = termijn_named(PAIRS[i].acts);
            const struct termijn *waits = termijn_named(PAIRS[i].waits);
            const struct termijn_stand here = { .vraag = noon("2026-11-23"),
                                                .dossier = noon("2026-11-23"),
                                                .verwacht = "2027-01-04" };
            struct termijn_stand there = here;
            int64_t end = here.vraag;
            there.vraag = there.dossier = here.vraag + late * DAY;
            while (!termijn_voorbij(acts, &here, end))
                end += DAY;
            assert_true(end - here.vraag >= acts->einde * DAY);
            assert_true(end - here.vraag <= 200 * DAY);
            assert_false(termijn_voorbij(waits, &there, end + MESSAGE_LIFE_DAYS * DAY - DAY));
            assert_true(
                termijn_voorbij(waits, &there, end + (late + MESSAGE_LIFE_DAYS) * DAY));
        }
}

static void a_promise_holds_the_end_but_not_for_ever(void **state)
{
    const struct termijn *termijn = termijn_named("belofte-van-ons");
    static const struct {
        const char *promised, *last, *over;
    } CASES[] = {
        { "2026-12-01", "2027-01-03", "2027-01-04" }, /* six weeks anyhow */
        { "2027-01-10", "2027-02-06", "2027-02-07" }, /* and four weeks behind the day */
        { "2099-01-01", "2027-05-23", "2027-05-24" }, /* half a year at most */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct termijn_stand stand = { .vraag = noon("2026-11-23") };
        snprintf(stand.verwacht, sizeof(stand.verwacht), "%s", CASES[i].promised);
        assert_false(termijn_voorbij(termijn, &stand, noon(CASES[i].last)));
        assert_true(termijn_voorbij(termijn, &stand, noon(CASES[i].over)));
    }
}

static void what_to_do_names_the_handover(void **state)
{
    static const struct {
        const char *doen, *text;
    } CASES[] = {
        { "`show ID`, `accept ID`", "`show " ID "`, `accept " ID "`" },
        { "ID", ID },
        { "niets", "niets" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        SCOPED_BUF struct buf text = { 0 };
        termijn_doen(CASES[i].doen, ID, &text);
        assert_string_equal(buf_text(&text), CASES[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_open_stand_has_a_clock_whatever_is_known),
        cmocka_unit_test(each_clock_can_end_the_handover_or_waits_for_a_message),
        cmocka_unit_test(each_clock_has_a_name_of_its_own_and_says_what_to_do),
        cmocka_unit_test(the_day_is_counted_in_working_days),
        cmocka_unit_test(without_a_message_it_counts_from_its_stand),
        cmocka_unit_test(who_waits_ends_later_by_the_life_of_a_message),
        cmocka_unit_test(a_promise_holds_the_end_but_not_for_ever),
        cmocka_unit_test(what_to_do_names_the_handover),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

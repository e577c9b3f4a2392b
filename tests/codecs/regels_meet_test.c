/* DUO's rules together: where they must keep silent, where several speak, and how long access
 * lasts after a move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/xmldoc.h"
#include "tests/codecs/resident.h"

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    return 0;
}

/* A good report of each operation that has rules. */
static const struct {
    const char *operatie, *body;
} GOOD[] = {
    { "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'B','niveau':'B1',"
                    "'geschatteIntensiteitB1Route':900}" },
    { "contactpersoon.koppelen", NULL },
    { "contactpersoon.ontkoppelen", NULL },
    { "contactpersoon.intrekken", NULL },
    { "aanbod.melden", "{'datumInburgeringsaanbod':'2025-07-01',"
                       "'indicatorAlfabetiseringsonderwijs':'NVT'}" },
    { "map.melden", "{'datumEindgesprekMap':'2026-10-01'}" },
    { "pvt.melden", "{'datumOndertekeningPvt':'2026-10-01'}" },
    { "zroute.melden", "{'datumAfrondingZroute':'2026-10-01'}" },
    { "uren-bredeintake.melden", "{'uren':20}" },
    { "uren-participatie.melden", "{'uren':20}" },
    { "uren-taalles.melden", "{'uren':20}" },
    { "uren-instelling.melden", "{'uren':140,'bekendTot':'2026-11-01'}" },
    { "lbt-examennummer.intrekken", NULL },
    { "pip.lezen", NULL },
};
#define GOOD_COUNT (sizeof(GOOD) / sizeof(GOOD[0]))

static void a_report_in_order_breaks_nothing(void **state)
{
    const struct change none = { { { NULL, NULL } }, NULL, NULL };

    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        struct heard heard = { .ids = "" };
        struct fault fault = { 0 };
        bool good = resident_judge(GOOD[i].operatie, GOOD[i].body, &none, &heard, &fault);
        if (!good || *heard.ids)
            fail_msg("%s: %s", GOOD[i].operatie, heard.ids);
    }
}

static void nothing_refuses_what_hangs_on_facts_that_are_not_known(void **state)
{
    const struct duo_facts facts = { .gemeentecode = "0344", .vandaag = "2026-11-26" };

    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        struct heard heard = { .ids = "" };
        struct fault fault = { 0 };
        json_auto_t *body = resident_json(GOOD[i].body);
        if (!duo_regels(duo_operation_named(GOOD[i].operatie), body, &facts, resident_hear,
                        &heard, &fault))
            fail_msg("%s: %s", GOOD[i].operatie, fault.text);
    }
}

/* --- where a rule must keep silent, or more than one speaks ------------------------------ */

/* clang-format off */
static const struct {
    const char *what, *operatie, *body, *ids;
    bool good;
    struct change change;
} TOGETHER[] = {
    { "T-REL-9: a dagtekening one day before settlement", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", "PIP-5", false, { { { PIP, PIP_ELDERS } }, "vestiging=2026-11-21", NULL } },
    { "on the day of settlement", "pip.melden", "{'dagtekeningPip':'2026-11-20'," B1 "}", "", true, { { { PIP, PIP_ELDERS } }, "vestiging=2026-11-20", NULL } },
    { "T-REL-10: A2 with the B1-route, a PIP elsewhere before", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'B','niveau':'A2'}", "", true, { { { PIP, PIP_ELDERS } }, NULL, NULL } },
    { "T-REL-10: the same, never a PIP before", "pip.melden", "{'dagtekeningPip':'2026-11-20','leerroute':'B','niveau':'A2'}", "PIP-8", false, { { OFF_PIP }, "eerste_pip=", NULL } },
    { "T-REL-11: MAP after the next PIP", "map.melden", "{'datumEindgesprekMap':'2026-10-01'}", "MAP-2", false, { { { PIP, PIP_ELDERS } }, "vertrek=2026-10-20", NULL } },
    { "MAP once our own PIP was reported on the day of reading", "map.melden", "{'datumEindgesprekMap':'2026-10-01'}", "", true,
      { { { PIP, PIP_ELDERS } }, NULL, "[{'operatie':'pip.melden','op':'2026-11-25','inhoud':{'dagtekeningPip':'2026-11-24','leerroute':'B'}}]" } },
    { "T-REL-12: another municipality's MAP", "map.melden", "{'datumEindgesprekMap':'2026-10-02'}", "MAP-1", false, { { MAP_ER_IS }, "map_door=0599", NULL } },
    { "the same date again", "map.melden", "{'datumEindgesprekMap':'2026-10-01'}", "", true, { { MAP_ER_IS }, "map_door=0599", NULL } },
    { "by a municipality that merged into ours", "map.melden", "{'datumEindgesprekMap':'2026-10-02'}", "", true, { { MAP_ER_IS }, "map_door=0300", NULL } },
    { "that we reported ourselves", "map.melden", "{'datumEindgesprekMap':'2026-10-02'}", "", true,
      { { MAP_ER_IS }, "map_door", "[{'operatie':'map.melden','op':'2026-10-01','inhoud':{'datumEindgesprekMap':'2026-10-01'}}]" } },
    { "met, but not by the Z-route", "map.melden", "{'datumEindgesprekMap':'2026-10-01'}", "", true, { { VOLDAAN }, NULL, NULL } },
    { "on the day the Z-route was completed", "pvt.melden", "{'datumOndertekeningPvt':'2026-10-01'}", "", true, { { Z_ROUTE }, "zroute_afgerond=2026-10-01", NULL } },
    { "Ja well before the end", "map.melden", "{'datumEindgesprekMap':'2026-10-01','verwijtbaar':'Ja'}", "MAP-9 MAP-11", false, { { { NULL, NULL } }, NULL, NULL } },
    { "Nee with a date well before the end", "map.melden", "{'datumEindgesprekMap':'2026-10-01','verwijtbaar':'Nee'}", "MAP-9 MAP-10", false, { { { NULL, NULL } }, NULL, NULL } },
    { "Nee without a date, the end is near", "map.melden", "{'verwijtbaar':'Nee'}", "", true, { { BIJNA }, NULL, NULL } },
    { "Ja when it is over", "map.melden", "{'datumEindgesprekMap':'2026-11-20','verwijtbaar':'Ja'}", "", true, { { VOORBIJ }, NULL, NULL } },
    { "an offer withdrawn elsewhere", "uren-instelling.melden", "{'uren':140,'bekendTot':'2026-11-01'}", "", true,
      { { { NULL, NULL } }, NULL, GEMELD(",{'operatie':'aanbod.intrekken','op':'2026-01-01','instellingsnummer':'1000000002'}") } },
    { "the offer of a former municipality after the next PIP (REL-6)", "aanbod.melden", "{'datumInburgeringsaanbod':'2026-11-01'}", "IA-4", false, { { { PIP, PIP_ELDERS } }, NULL, "[]" } },
    { "withdrawing a PIP when little is known", "pip.intrekken", NULL, "PIP-11 PIP-12", true, { { OFF_TERMIJN, OFF_UREN }, "deels", NULL } },
    { "T-REL-7: no PIP, moved away", "uren.lezen", NULL, "SCOPE-5", true, { { OFF_PIP }, "vertrek=2026-11-01 eerste_pip=", NULL } },
    { "moved away, our PIP is still the current one", "uren.lezen", NULL, "", true, { { { NULL, NULL } }, "vertrek=2026-01-01", NULL } },
    { "nobody's data: no scope", "instellingen.lezen", NULL, "", true, { { OFF_PIP }, "vertrek=2026-11-01 eerste_pip=", NULL } },
};
/* clang-format on */

static void rules_that_meet_say_what_they_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(TOGETHER) / sizeof(TOGETHER[0]); i++) {
        struct heard heard = { .ids = "" };
        struct fault fault = { 0 };
        bool good = resident_judge(TOGETHER[i].operatie, TOGETHER[i].body, &TOGETHER[i].change,
                                   &heard, &fault);
        if (strcmp(heard.ids, TOGETHER[i].ids) != 0 || good != TOGETHER[i].good)
            fail_msg("%s: heard '%s', %s", TOGETHER[i].what, heard.ids, good ? "good" : "no");
    }
}

/* --- the end of access (T-REL-8) --------------------------------------------------------- */

static const struct {
    const char *what, *last; /* NULL: no end is known */
    struct change change;
} ACCESS[] = {
    { "lives here", NULL, { { { NULL, NULL } }, NULL, NULL } },
    { "our PIP is the current one", NULL, { { { NULL, NULL } }, "vertrek=2026-10-01", NULL } },
    { "whose PIP it is, is not known",
      NULL,
      { { OFF_PIP }, "vertrek=2026-10-01 deels", NULL } },
    { "no PIP: until the day before the move",
      "2026-09-30",
      { { OFF_PIP }, "vertrek=2026-10-01", NULL } },
    { "a month from the dagtekening",
      "2026-12-01",
      { { { PIP, PIP_ELDERS } }, "vertrek=2026-10-01", NULL } },
    { "a month from registration",
      "2026-12-09",
      { { { PIP, PIP_ELDERS } },
        "vertrek=2026-10-01 registratie pip_geregistreerd=2026-11-10",
        NULL } },
    { "registration is not known: the earlier of both",
      "2026-12-01",
      { { { PIP, PIP_ELDERS } }, "vertrek=2026-10-01 registratie", NULL } },
    { "registration does not count",
      "2026-12-01",
      { { { PIP, PIP_ELDERS } }, "vertrek=2026-10-01 pip_geregistreerd=2026-11-10", NULL } },
    { "a month that is too short",
      "2027-02-27",
      { { { PIP, PIP_ELDERS }, { "2026-11-02", "2027-01-31" } },
        "vertrek=2026-10-01",
        NULL } },
};

static void access_ends_when_the_next_pip_is_a_month_old(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ACCESS) / sizeof(ACCESS[0]); i++) {
        SCOPED_RESIDENT struct resident made = { 0 };
        char last[11] = "";
        resident_make(&made, &ACCESS[i].change);
        bool ends = duo_access_until(&made.facts, last);
        if (ends != (ACCESS[i].last != NULL) || (ends && strcmp(last, ACCESS[i].last) != 0))
            fail_msg("%s: %s", ACCESS[i].what, ends ? last : "no end");
    }
}

static void the_last_day_of_access_is_within_and_the_next_is_not(void **state)
{
    static const struct {
        const char *facts, *ids;
    } DAYS[] = {
        { "vertrek=2026-10-01 vandaag=2026-12-01", "" },
        { "vertrek=2026-10-01 vandaag=2026-12-02", "SCOPE-6" },
        { "vertrek=2026-10-01 vandaag=2026-12-09 registratie pip_geregistreerd=2026-11-10",
          "" },
        { "vertrek=2026-10-01 vandaag=2026-12-10 registratie pip_geregistreerd=2026-11-10",
          "SCOPE-6" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++) {
        const struct change change = { { { PIP, PIP_ELDERS } }, DAYS[i].facts, NULL };
        struct heard heard = { .ids = "" };
        struct fault fault = { 0 };
        assert_true(resident_judge("uren.lezen", NULL, &change, &heard, &fault));
        assert_string_equal(heard.ids, DAYS[i].ids);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_in_order_breaks_nothing),
        cmocka_unit_test(nothing_refuses_what_hangs_on_facts_that_are_not_known),
        cmocka_unit_test(rules_that_meet_say_what_they_must),
        cmocka_unit_test(access_ends_when_the_next_pip_is_a_month_old),
        cmocka_unit_test(the_last_day_of_access_is_within_and_the_next_is_not),
    };

    return cmocka_run_group_tests(tests, install, NULL);
}

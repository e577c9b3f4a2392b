/* Every rule, with a case that breaks it and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/duosim/asker.h"
#include "tools/duosim/sim_rules.h"

#define PIPS(route)                                                                           \
    "[{\"gemeentecode\":\"0141\",\"geregistreerd\":\"2024-03-01\",\"pip\":{"                  \
    "\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"" route "\"}}]"
#define OTHER_PIP                                                                             \
    "[{\"gemeentecode\":\"0344\",\"geregistreerd\":\"2024-03-01\",\"pip\":{"                  \
    "\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"Z\"}}]"
#define TERM "{\"startdatum\":\"2024-03-02\",\"einddatum\":\"2027-03-02\"}"
#define SOON "{\"startdatum\":\"2023-04-16\",\"einddatum\":\"2026-04-16\"}"
#define OVER "{\"startdatum\":\"2023-01-01\",\"einddatum\":\"2026-01-01\"}"
#define PIP(date, rest) "{\"dagtekeningPip\":\"" date "\",\"leerroute\":" rest "}"
#define OFFER(members) "{" members "\"indicatorAlfabetiseringsonderwijs\":\"NVT\"}"
#define OFFERS                                                                                \
    "[{\"gemeentecode\":\"0141\",\"instellingsnummer\":\"" SCHOOL                             \
    "\",\"datumInburgeringsaanbod\":\"2024-04-01\"}]"
#define HOURS(date) "{\"uren\":100,\"bekendTot\":\"" date "\"}"
#define ENDED "\"verwijtbaar\":"

/* Members that a case has beside or instead of what asker_start() gives, in pairs. */
struct set {
    const char *member, *json;
};

struct deed {
    const char *id, *path; /* id NULL: keeps every rule */
    const char *body;
    struct set set[5];
};

/* clang-format off */
static const struct deed POSTS[] = {
    { NULL,     "/PIP", PIP("2024-01-15", "\"B\",\"niveau\":\"B1\""), { { 0 } } },
    { NULL,     "/PIP", PIP("2024-03-01", "\"B\",\"niveau\":\"A2\""), { { "pips", OTHER_PIP } } },
    { NULL,     "/PIP", PIP("2024-03-01", "\"B\",\"geschatteIntensiteitB1Route\":600"), { { 0 } } },
    { "PIP-2",  "/PIP", PIP("2024-01-14", "\"B\""), { { 0 } } },
    { "PIP-3",  "/PIP", PIP("2024-04-01", "\"B\""), { { "pips",
        "[{\"gemeentecode\":\"0141\",\"pip\":{\"dagtekeningPip\":\"2024-05-01\",\"leerroute\":\"B\"}},"
        "{\"gemeentecode\":\"0141\",\"pip\":{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\"}}]" } } },
    { "PIP-4",  "/PIP", PIP("2024-04-01", "\"B\""), { { "pips",
        "[{\"gemeentecode\":\"0141\",\"pip\":{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\"}},"
        "{\"gemeentecode\":\"0141\",\"pip\":{\"dagtekeningPip\":\"2024-05-01\",\"leerroute\":\"B\"}}]" } } },
    { "PIP-5",  "/PIP", PIP("2024-02-01", "\"B\""), { { "woonplaatsen", "[{\"gemeentecode\":\"0141\",\"vanaf\":\"2024-02-02\"}]" } } },
    { "PIP-6",  "/PIP", PIP("2024-03-01", "\"O\",\"niveau\":\"A2\""), { { 0 } } },
    { "PIP-7",  "/PIP", PIP("2024-03-01", "\"Z\",\"niveau\":\"B1\""), { { 0 } } },
    { "PIP-8",  "/PIP", PIP("2024-03-01", "\"B\",\"niveau\":\"A2\""), { { 0 } } },
    { "PIP-10", "/PIP", PIP("2024-03-01", "\"Z\",\"geschatteIntensiteitB1Route\":600"), { { 0 } } },
    { "PIP-10", "/PIP", PIP("2024-03-01", "\"B\",\"geschatteIntensiteitB1Route\":600"), { { "doelgroep", "{\"indeling\":\"Gezinsmigrant en overige migrant\"}" } } },

    { NULL,   "/Inburgeringsaanbod/" SCHOOL,  OFFER("\"datumInburgeringsaanbod\":\"2024-03-01\","), { { "pips", PIPS("B") } } },
    { NULL,   "/Inburgeringsaanbod/" TST,     OFFER("\"verwachteStartdatumOpleiding\":\"2024-09-01\",\"verwachteEinddatumOpleiding\":\"2027-03-02\","),
        { { "pips", PIPS("O") }, { "inburgeringstermijn", TERM } } },
    { "IA-1", "/Inburgeringsaanbod/" SCHOOL,  OFFER(""), { { "pips", PIPS("B") }, { "doelgroep", "{\"indeling\":\"Gezinsmigrant en overige migrant\"}" } } },
    { "IA-2", "/Inburgeringsaanbod/" SCHOOL,  OFFER(""), { { 0 } } },
    { "IA-3", "/Inburgeringsaanbod/" NO_MARK, OFFER(""), { { "pips", PIPS("B") } } },
    { "IA-3", "/Inburgeringsaanbod/" TST,     OFFER(""), { { "pips", PIPS("B") } } },
    { "IA-3", "/Inburgeringsaanbod/" SCHOOL,  OFFER(""), { { "pips", PIPS("O") } } },
    { "IA-3", "/Inburgeringsaanbod/9999999999", OFFER(""), { { "pips", PIPS("B") } } },
    { "IA-4", "/Inburgeringsaanbod/" SCHOOL,  OFFER("\"datumInburgeringsaanbod\":\"2024-02-29\","), { { "pips", PIPS("B") }, { "inburgeringstermijn", TERM } } },
    { "IA-6", "/Inburgeringsaanbod/" SCHOOL,  OFFER("\"verwachteStartdatumOpleiding\":\"2027-03-02\","), { { "pips", PIPS("B") }, { "inburgeringstermijn", TERM } } },
    { "IA-6", "/Inburgeringsaanbod/" SCHOOL,  OFFER("\"verwachteEinddatumOpleiding\":\"2027-03-03\","), { { "pips", PIPS("B") }, { "inburgeringstermijn", TERM } } },
};

static const struct deed DELETES[] = {
    { NULL,     "/PIP", NULL, { { "pips", PIPS("B") }, { "aanbod", OFFERS } } },
    { "PIP-11", "/PIP", NULL, { { "pips", PIPS("B") }, { "inburgeringstermijn", TERM } } },
    { "PIP-12", "/PIP", NULL, { { "pips", PIPS("B") }, { "aanbod", OFFERS },
        { "uren", "[{\"gemeentecode\":\"0141\",\"bekendTot\":\"2025-01-01\",\"TaallesEnKnmInstelling\":{\"uren\":1,\"instellingsnummer\":\"" SCHOOL "\"}}]" } } },
};

#define PART(name, path, date) \
    { NULL,       path, "{\"" date "\":\"2026-02-01\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM } } }, \
    { NULL,       path, "{}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM } } }, \
    { NULL,       path, "{\"" date "\":\"2026-02-01\"," ENDED "\"Ja\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", OVER } } }, \
    { NULL,       path, "{\"" date "\":\"2025-12-31\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", OVER } } }, \
    { NULL,       path, "{" ENDED "\"Nee\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", SOON } } }, \
    { NULL,       path, "{" ENDED "\"Nee\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", OVER } } }, \
    { name "-2",  path, "{\"" date "\":\"2026-02-01\"}", { { "pips", OTHER_PIP }, { "inburgeringstermijn", TERM } } }, \
    { name "-3",  path, "{\"" date "\":\"2026-02-01\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM }, \
        { "inburgeringsplicht", "{\"indicatorInburgeringsplicht\":false,\"redenGeenInburgeringsplicht\":\"Inburgeringsplicht voldaan\"}" } } }, \
    { name "-4",  path, "{\"" date "\":\"2024-03-01\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM } } }, \
    { name "-5",  path, "{\"" date "\":\"2026-02-02\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM }, { "zroute", "{\"datumAfrondingZroute\":\"2026-02-01\"}" } } }, \
    { name "-6",  path, "{\"" date "\":\"2026-03-03\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM } } }, \
    { name "-7",  path, "{}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM }, { "zroute", "{\"datumAfrondingZroute\":\"2026-02-01\"}" } } }, \
    { name "-8",  path, "{\"" date "\":\"2026-01-01\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", OVER } } }, \
    { name "-8",  path, "{}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", OVER } } }, \
    { name "-9",  path, "{\"" date "\":\"2026-02-01\"," ENDED "\"Nee\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", SOON } } }, \
    { name "-10", path, "{" ENDED "\"Nee\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM } } }, \
    { name "-11", path, "{" ENDED "\"Ja\"}", { { "pips", PIPS("Z") }, { "inburgeringstermijn", TERM } } }

#define HOURS_PATH(school) "/uren/instellingen/" school "/taallesknm"
#define LESSONS { "pips", PIPS("B") }, { "inburgeringstermijn", TERM }, { "aanbod", OFFERS }

static const struct deed PUTS[] = {
    PART("MAP", "/map", "datumEindgesprekMap"),
    { "MAP-1", "/map", "{\"datumEindgesprekMap\":\"2026-02-02\"}", { { "pips", PIPS("Z") }, { "map", "{\"gemeentecode\":\"0344\",\"datumEindgesprekMap\":\"2026-02-01\"}" } } },
    PART("PVT", "/pvt", "datumOndertekeningPvt"),
    { "PVT-1", "/pvt", "{}", { { "pips", PIPS("Z") }, { "pvt", "{\"gemeentecode\":\"0344\",\"datumOndertekeningPvt\":\"2026-02-01\"}" } } },

    { NULL,     HOURS_PATH(SCHOOL),  HOURS("2026-03-02"), { LESSONS } },
    { "UREN-1", HOURS_PATH(NO_MARK), HOURS("2026-03-02"), { { "pips", PIPS("B") }, { "aanbod",
        "[{\"gemeentecode\":\"0141\",\"instellingsnummer\":\"" NO_MARK "\",\"datumInburgeringsaanbod\":\"2024-04-01\"}]" } } },
    { "UREN-2", HOURS_PATH(SCHOOL),  HOURS("2024-04-02"), { LESSONS, { "inburgeringstermijn", "{\"startdatum\":\"2024-04-03\",\"einddatum\":\"2027-04-03\"}" } } },
    { "UREN-3", HOURS_PATH(SCHOOL),  HOURS("2026-03-03"), { LESSONS } },
    { "UREN-4", HOURS_PATH(SCHOOL),  HOURS("2024-03-31"), { LESSONS } },
    { "UREN-5", HOURS_PATH(SCHOOL),  HOURS("2026-03-02"), { { "pips", PIPS("B") } } },
    { "UREN-5", HOURS_PATH(SCHOOL),  HOURS("2026-03-02"), { { "pips", PIPS("B") }, { "aanbod",
        "[{\"gemeentecode\":\"0141\",\"instellingsnummer\":\"" SCHOOL "\",\"datumInburgeringsaanbod\":\"2024-04-01\",\"ingetrokken\":true}]" } } },
    { "UREN-6", HOURS_PATH(SCHOOL),  HOURS("2025-12-31"), { LESSONS, { "uren",
        "[{\"gemeentecode\":\"0141\",\"bekendTot\":\"2026-01-01\",\"TaallesEnKnmInstelling\":{\"uren\":1,\"instellingsnummer\":\"" SCHOOL "\"}}]" } } },
    { NULL,     HOURS_PATH(SCHOOL),  HOURS("2025-12-31"), { LESSONS, { "uren",
        "[{\"gemeentecode\":\"0344\",\"bekendTot\":\"2026-01-01\",\"TaallesEnKnmInstelling\":{\"uren\":1,\"instellingsnummer\":\"" SCHOOL "\"}}]" } } },
};
/* clang-format on */

static const char *text_of(const char *id)
{
    for (size_t i = 0; sim_rules_at(i); i++)
        if (strcmp(sim_rules_at(i)->id, id) == 0)
            return sim_rules_at(i)->says;
    fail_msg("no rule %s", id);
    return NULL;
}

static void try(const char *method, const struct deed *deed)
{
    const struct question question = { ALMELO, method, deed->path, deed->body,
                                       NULL,   NULL,   NULL,       NULL };

    assert_int_equal(asker_start(NULL), 0);
    for (const struct set *set = deed->set; set < deed->set + 5 && set->member; set++)
        asker_set(set->member, set->json);
    struct answer answer = asker_put(&question);
    const json_t *first = json_array_get(answer.json, 0);
    if (deed->id && (answer.status != 403 || json_array_size(answer.json) != 1))
        fail_msg("%s: %d %s", deed->id, answer.status, answer.text);
    if (deed->id)
        assert_string_equal(json_string_value(json_object_get(first, "fouttekst")),
                            text_of(deed->id));
    if (!deed->id && answer.status >= 300)
        fail_msg("%s %s: %d %s", deed->path, deed->body, answer.status, answer.text);
    asker_forget(&answer);
    asker_stop(NULL);
}

static void each_rule_on_what_is_posted_refuses_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(POSTS) / sizeof(POSTS[0]); i++)
        try("POST", &POSTS[i]);
}

static void each_rule_on_what_is_withdrawn_refuses_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(DELETES) / sizeof(DELETES[0]); i++)
        try("DELETE", &DELETES[i]);
}

static void each_rule_on_what_is_put_refuses_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(PUTS) / sizeof(PUTS[0]); i++)
        try("PUT", &PUTS[i]);
}

static bool has_case(const char *id)
{
    static const struct {
        const struct deed *deeds;
        size_t count;
    } ALL[] = { { POSTS, sizeof(POSTS) / sizeof(POSTS[0]) },
                { DELETES, sizeof(DELETES) / sizeof(DELETES[0]) },
                { PUTS, sizeof(PUTS) / sizeof(PUTS[0]) } };

    for (size_t i = 0; i < sizeof(ALL) / sizeof(ALL[0]); i++)
        for (size_t n = 0; n < ALL[i].count; n++)
            if (ALL[i].deeds[n].id && strcmp(ALL[i].deeds[n].id, id) == 0)
                return true;
    return false;
}

static void no_rule_is_without_a_case_and_all_texts_fit(void **state)
{
    (void)state;
    for (size_t i = 0; sim_rules_at(i); i++) {
        if (!has_case(sim_rules_at(i)->id))
            fail_msg("%s has no case", sim_rules_at(i)->id);
        assert_in_range(strlen(sim_rules_at(i)->says), 10, 200);
    }
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    const struct question question = { .gemeente = ALMELO,
                                       .method = "POST",
                                       .path = "/PIP",
                                       .body = PIP("2024-01-01", "\"O\",\"niveau\":\"A2\"") };

    (void)state;
    asker_start(NULL);
    struct answer answer = asker_put(&question);
    assert_int_equal(json_array_size(answer.json), 3); /* PIP-2, PIP-5, PIP-6 */
    asker_forget(&answer);
    asker_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_on_what_is_posted_refuses_alone),
        cmocka_unit_test(each_rule_on_what_is_withdrawn_refuses_alone),
        cmocka_unit_test(each_rule_on_what_is_put_refuses_alone),
        cmocka_unit_test(no_rule_is_without_a_case_and_all_texts_fit),
        cmocka_unit_test(all_that_is_wrong_is_told_at_once),
    };

    return cmocka_run_group_tests(tests, asker_set_up, asker_tear_down);
}

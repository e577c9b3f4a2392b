/* Who has which role, and how far the door stands open for them. The users and groups are
 * those that every Debian has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/rollen.h"

#define DAEMON 1
#define BIN 2
#define MAIL 8
#define NOBODY 65534 /* his own group is nogroup */
#define STRANGER 54321

static struct rollen *rollen;

static bool read_lists(const char *klantregisseur, const char *beheer, const char *lezer,
                       struct fault *fault)
{
    struct config config = { 0 };
    const char *const lists[] = { klantregisseur, beheer, lezer };

    for (size_t i = 0; i < 3; i++)
        snprintf(config.rollen[i], sizeof(config.rollen[i]), "%s", lists[i]);
    return rollen_read(rollen, &config, fault);
}

static void must_read(const char *klantregisseur, const char *beheer, const char *lezer)
{
    struct fault fault = { 0 };

    if (!read_lists(klantregisseur, beheer, lezer, &fault))
        fail_msg("%s", fault.text);
}

static void a_role_is_had_by_name_or_by_group_and_by_nobody_else(void **state)
{
    static const struct {
        uid_t uid;
        unsigned roles;
    } CASES[] = {
        { 0, ROLLEN_ALLE },
        { DAEMON, ROLLEN_KLANTREGISSEUR },
        { BIN, ROLLEN_KLANTREGISSEUR | ROLLEN_BEHEER },
        { NOBODY, ROLLEN_LEZER },
        { MAIL, 0 },
        { STRANGER, 0 },
    };

    (void)state;
    must_read("daemon, bin", " bin ,", "@nogroup");
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        if (CASES[i].uid != geteuid())
            assert_int_equal(rollen_of(rollen, CASES[i].uid), CASES[i].roles);
    assert_int_equal(rollen_of(rollen, geteuid()), ROLLEN_ALLE);
}

static void without_lists_only_the_owner_and_root_may_anything(void **state)
{
    (void)state;
    must_read("", "", "");
    assert_int_equal(rollen_of(rollen, 0), ROLLEN_ALLE);
    assert_int_equal(rollen_of(rollen, geteuid()), ROLLEN_ALLE);
    assert_int_equal(rollen_of(rollen, MAIL), 0);
    assert_int_equal(rollen_of(rollen, STRANGER), 0);
}

static void who_does_not_exist_is_named_and_the_old_lists_stay(void **state)
{
    static const struct {
        const char *list, *says;
    } CASES[] = {
        { "jan-die-er-niet-is", "[rollen] beheer: there is no user jan-die-er-niet-is" },
        { "daemon @geen-groep", "[rollen] beheer: there is no group geen-groep" },
        { "@", "[rollen] beheer: there is no group " },
        { "1", "[rollen] beheer: there is no user 1" },
    };

    (void)state;
    must_read("", "bin", "");
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct fault fault = { 0 };
        assert_false(read_lists("", CASES[i].list, "", &fault));
        assert_int_equal(fault.code, FAULT_CONFIG);
        assert_string_equal(fault.text, CASES[i].says);
        assert_int_equal(rollen_of(rollen, BIN),
                         geteuid() == BIN ? ROLLEN_ALLE : ROLLEN_BEHEER);
    }
}

static void the_door_opens_no_further_than_it_must(void **state)
{
    static const struct {
        const char *lists[3];
        mode_t socket, folder;
    } CASES[] = {
        { { "", "", "" }, 0600, 0 },
        { { "@mail", "", "" }, 0660, 0010 },
        { { "@mail", "@mail", "@mail" }, 0660, 0010 },
        { { "@mail", "@bin", "" }, 0666, 0011 },
        { { "@mail", "", "nobody" }, 0666, 0011 },
        { { "daemon", "", "" }, 0666, 0011 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct rollen_door door;
        must_read(CASES[i].lists[0], CASES[i].lists[1], CASES[i].lists[2]);
        rollen_door(rollen, &door);
        assert_int_equal(door.socket, CASES[i].socket);
        assert_int_equal(door.folder, CASES[i].folder);
        if (door.socket == 0660)
            assert_int_equal(door.group, MAIL);
    }
}

static void a_role_has_one_name(void **state)
{
    (void)state;
    assert_int_equal(rollen_named("klantregisseur"), ROLLEN_KLANTREGISSEUR);
    assert_int_equal(rollen_named("beheerder"), 0);
    assert_int_equal(rollen_named(""), 0);
    assert_string_equal(rollen_name(ROLLEN_LEZER), "lezer");
    assert_string_equal(rollen_name(ROLLEN_ALLE), "");
}

static int start(void **state)
{
    (void)state;
    rollen = rollen_create();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    rollen_destroy(rollen);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_role_is_had_by_name_or_by_group_and_by_nobody_else),
        cmocka_unit_test(without_lists_only_the_owner_and_root_may_anything),
        cmocka_unit_test(who_does_not_exist_is_named_and_the_old_lists_stay),
        cmocka_unit_test(the_door_opens_no_further_than_it_must),
        cmocka_unit_test(a_role_has_one_name),
    };

    return cmocka_run_group_tests(tests, start, stop);
}

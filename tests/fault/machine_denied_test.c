/* What may not be read or written: the daemon does not start, names it, and starts when it
 * may. Root may do everything, so as root these tests skip; the unprivileged test runs them.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/fault/child.h"

static struct town town = { .oin = "00000099000000001000",
                            .code = "0344",
                            .naam = "Oud",
                            .kind = PKI_P256,
                            .level = "info" };

static int build(void **state)
{
    (void)state;
    town_build(&town);
    town_open(&town); /* makes the store */
    town_stop(&town);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    town_remove(&town);
    return 0;
}

/* clang-format off */
static const struct {
    const char *what; /* in the home */
    mode_t mode;
    int exit;
    const char *says;
} DENIED[] = {
    { "estafette.ini",                 0000, 78, "estafette.ini: Permission denied" },
    { "keys/ondertekenen.key",         0000, 78, "keys/ondertekenen.key: Permission denied" },
    { "keys/home.key",                 0000, 78, "keys/home.key: Permission denied" },
    { "certificates/verzegelen.pem",   0000, 78, "certificates/verzegelen.pem: Permission denied" },
    { "trust/anchors",                 0000, 74, "trust/anchors: Permission denied" },
    { "trust/crls/Oud.pem",            0000, 78, "trust/crls/Oud.pem: Permission denied" },
    { "store",                         0000, 74, "store/estafette.db: " },
    { "store",                         0500, 74, "store/estafette.db: " },
    { "store/estafette.db",            0000, 74, "store/estafette.db: " },
    { "store/estafette.db",            0400, 74, "store/estafette.db: " },
    { "run",                           0500, 74, "run/events.sock: Permission denied" },
};
/* clang-format on */

static void assert_refuses(size_t i)
{
    struct child child = { .town = &town };
    SCOPED_BUF struct buf log = { 0 };

    bool listens = child_listens(&child);
    child_log(&child, &log);
    child_end(&child, SIGKILL);
    if (listens || !WIFEXITED(child.status) || WEXITSTATUS(child.status) != DENIED[i].exit
        || !strstr(buf_text(&log), DENIED[i].says) || !strstr(buf_text(&log), "what to do: "))
        fail_msg("%s with mode %03o: status %d: %s", DENIED[i].what, (unsigned)DENIED[i].mode,
                 WEXITSTATUS(child.status), buf_text(&log));
}

static void what_is_denied_is_named_and_when_it_is_allowed_it_starts(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        printf("SKIPPED: nothing is denied to root; the unprivileged test runs this\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(DENIED) / sizeof(DENIED[0]); i++) {
        char path[PATH_MAX];
        struct stat before;
        home_path(&town.gateway.home, DENIED[i].what, path);
        assert_int_equal(stat(path, &before), 0);
        assert_int_equal(chmod(path, DENIED[i].mode), 0);
        assert_refuses(i);
        assert_int_equal(chmod(path, before.st_mode & 07777), 0);
    }
    struct child child = { .town = &town };
    assert_true(child_listens(&child));
    assert_true(child_end(&child, SIGTERM));
}

static void the_home_of_another_is_refused(void **state)
{
    struct child child = { .town = &(struct town){ .folder = "/root" } };

    (void)state;
    if (geteuid() == 0)
        skip();
    assert_false(child_listens(&child));
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 78);
    child_end(&child, SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_denied_is_named_and_when_it_is_allowed_it_starts),
        cmocka_unit_test(the_home_of_another_is_refused),
    };

    town_install();
    return cmocka_run_group_tests(tests, build, drop);
}

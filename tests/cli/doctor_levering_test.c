/* Between a gateway and the client system beside it: each folder and program that cannot be
 * used is named by `estafette doctor`, with what to do. Almelo's home is copied for each case;
 * its client system lies beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/fence.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/cli/patient.h"
#include "tests/town.h"
#include "tools/cli/output.h"

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};
static char outside[] = "/tmp/estafette_system.XXXXXX";
static struct fault fault;

static const char *in(const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/%s", outside, name);
    return path[turn];
}

/* A setting, with the path of what lies in the client system. */
static void set(const char *section, const char *key, const char *name)
{
    char lines[PATH_MAX + 80];

    snprintf(lines, sizeof(lines), "[%s]\n%s = %s\n[log]", section, key,
             *name == '!' ? name + 1 : in(name));
    patient_set("[log]", lines);
}

static void make_folder(const char *name, mode_t mode)
{
    (void)!mkdir(in(name), 0700);
    assert_int_equal(chmod(in(name), mode), 0);
}

static void make_program(mode_t mode)
{
    static const char TEXT[] = "#!/bin/sh\n";

    unlink(in("programma"));
    assert_true(file_write(in("programma"), mode, TEXT, sizeof(TEXT) - 1, &fault));
    assert_int_equal(chmod(in("programma"), mode), 0);
}

/* --- the mistakes ------------------------------------------------------------------------ */

static void in_is_absent(void)
{
    set("aanlevering", "map", "nergens");
}

static void in_is_a_file(void)
{
    make_program(0600);
    set("aanlevering", "map", "programma");
}

static void in_is_for_all_to_write(void)
{
    make_folder("map", 0777);
    set("aanlevering", "map", "map");
}

static void in_is_for_all_to_read(void)
{
    make_folder("map", 0755);
    make_folder("map/in", 0755);
    set("aanlevering", "map", "map");
}

static void refused_is_for_all_to_read(void)
{
    make_folder("map", 0700);
    make_folder("map/geweigerd", 0705);
    set("aanlevering", "map", "map");
}

static void in_is_read_only(void)
{
    make_folder("map", 0700);
    make_folder("map/in", 0500);
    set("aanlevering", "map", "map");
}

static void in_holds_a_strange_name(void)
{
    make_folder("map", 0700);
    make_folder("map/in", 0700);
    assert_true(file_write(in("map/in/met een spatie.xml"), 0600, "x", 1, &fault));
    set("aanlevering", "map", "map");
}

static void in_has_refused(void)
{
    make_folder("map", 0700);
    make_folder("map/geweigerd", 0700);
    assert_true(file_write(in("map/geweigerd/zaak.xml"), 0600, "x", 1, &fault));
    set("aanlevering", "map", "map");
}

static void supplier_is_absent(void)
{
    set("aanlevering", "commando", "nergens");
}

static void supplier_is_no_program(void)
{
    make_folder("map", 0700);
    set("aanlevering", "commando", "map");
}

static void supplier_cannot_be_run(void)
{
    make_program(0600);
    set("aanlevering", "commando", "programma");
}

static void supplier_is_for_all_to_write(void)
{
    make_program(0777);
    set("aanlevering", "commando", "programma");
}

static void supplier_is_of_another(void)
{
    make_program(0700);
    assert_int_equal(chown(in("programma"), 65534, 65534), 0);
    set("aanlevering", "commando", "programma");
}

static void out_is_absent(void)
{
    set("aflevering", "map", "nergens");
}

static void out_is_for_all_to_read(void)
{
    make_folder("map", 0755);
    set("aflevering", "map", "map");
}

static void out_is_read_only(void)
{
    make_folder("map", 0500);
    set("aflevering", "map", "map");
}

static void out_is_a_link(void)
{
    assert_int_equal(symlink("/tmp", in("link")), 0);
    set("aflevering", "map", "link");
}

static void taker_is_absent(void)
{
    set("aflevering", "commando", "nergens");
}

static void taker_cannot_be_run(void)
{
    make_program(0600);
    set("aflevering", "commando", "programma");
}

static void nobody_has_that_name(void)
{
    make_program(0700);
    set("aflevering", "commando", "programma");
    set("programma", "gebruiker", "!er-is-niemand-die-zo-heet");
}

static void it_would_be_root(void)
{
    make_program(0700);
    set("aflevering", "commando", "programma");
    set("programma", "gebruiker", "!root");
}

static void it_runs_as_root(void)
{
    make_program(0700);
    set("aflevering", "commando", "programma");
}

static void it_runs_as_another(void)
{
    it_runs_as_root();
    set("programma", "gebruiker", "!nobody");
}

static void it_is_of_no_use(void)
{
}

/* clang-format off */
enum who { ANYBODY, ROOT, NOT_ROOT }; /* can make the mistake */

static const struct {
    const char *what;
    void (*make)(void);
    enum who who;
    const char *id, *verdict, *says, *action;
} CASES[] = {
    { "in: absent",             in_is_absent,            ANYBODY,  "aanlevering.map", "FAIL", "No such file", "" },
    { "in: a file",             in_is_a_file,            ANYBODY,  "aanlevering.map", "FAIL", "Not a directory", "" },
    { "in: all may write",      in_is_for_all_to_write,  ANYBODY,  "aanlevering.map", "FAIL", "everybody may write there", "chmod o-w" },
    { "in: all may read",       in_is_for_all_to_read,   ANYBODY,  "aanlevering.map", "FAIL", "in: open to everybody", "chmod o-rwx in" },
    { "geweigerd: all may read", refused_is_for_all_to_read, ANYBODY, "aanlevering.map", "FAIL", "geweigerd: open to everybody", "chmod o-rwx geweigerd" },
    { "in: read-only",          in_is_read_only,         NOT_ROOT, "aanlevering.map", "FAIL", "Permission denied", "" },
    { "in: a strange name",     in_holds_a_strange_name, ANYBODY,  "aanlevering.map", "WARN", "1 files have a name that is not taken", "letters" },
    { "in: refused",            in_has_refused,          ANYBODY,  "aanlevering.map", "WARN", "1 dossiers were refused", "NAME.txt" },
    { "supplier: absent",       supplier_is_absent,      ANYBODY,  "aanlevering.commando", "FAIL", "No such file", "" },
    { "supplier: a folder",     supplier_is_no_program,  ANYBODY,  "aanlevering.commando", "FAIL", "not a program that we may run", "" },
    { "supplier: not to be run", supplier_cannot_be_run, ANYBODY,  "aanlevering.commando", "FAIL", "not a program that we may run", "" },
    { "supplier: all may write", supplier_is_for_all_to_write, ANYBODY, "aanlevering.commando", "FAIL", "others can change it", "chmod 0755" },
    { "supplier: of another",   supplier_is_of_another,  ROOT,     "aanlevering.commando", "FAIL", "others can change it", "chown root" },
    { "out: absent",            out_is_absent,           ANYBODY,  "aflevering.map", "FAIL", "No such file", "" },
    { "out: all may read",      out_is_for_all_to_read,  ANYBODY,  "aflevering.map", "FAIL", "open to everybody", "chmod o-rwx" },
    { "out: read-only",         out_is_read_only,        NOT_ROOT, "aflevering.map", "FAIL", "Permission denied", "" },
    { "out: a link",            out_is_a_link,           ANYBODY,  "aflevering.map", "FAIL", "Not a directory", "" },
    { "taker: absent",          taker_is_absent,         ANYBODY,  "aflevering.commando", "FAIL", "No such file", "" },
    { "taker: not to be run",   taker_cannot_be_run,     ANYBODY,  "aflevering.commando", "FAIL", "not a program that we may run", "" },
    { "user: nobody of that name", nobody_has_that_name, ANYBODY,  "programma.gebruiker", "FAIL", "there is no user", "" },
    { "user: root",             it_would_be_root,        ANYBODY,  "programma.gebruiker", "FAIL", "does not run as root", "" },
    { "user: we are root",      it_runs_as_root,         ROOT,     "programma.gebruiker", "WARN", "they run as root", "gebruiker" },
    { "user: may not become",   it_runs_as_another,      NOT_ROOT, "programma.gebruiker", "FAIL", "we may not become nobody", "CAP_SETUID" },
    { "user: another",          it_runs_as_another,      ROOT,     "programma.gebruiker", "OK", "they run as nobody", "" },
    { "no program",             it_is_of_no_use,         ANYBODY,  "programma.gebruiker", "OK", "no program is configured", "" },
};
/* clang-format on */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void tidy(void)
{
    (void)chmod(in("map"), 0700);
    (void)chmod(in("map/in"), 0700);
    nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(outside, 0755), 0);
}

static bool can_be_made(size_t i)
{
    bool root = geteuid() == 0;

    if (CASES[i].who == ANYBODY || (CASES[i].who == ROOT) == root)
        return true;
    print_message("SKIPPED: %s: %s\n", CASES[i].what,
                  root ? "nothing is closed to root" : "only root can make it");
    return false;
}

static const json_t *find(const json_t *report, const char *id)
{
    size_t i;
    json_t *check;

    json_array_foreach (json_object_get(report, "checks"), i, check)
        if (strcmp(output_text(check, "id"), id) == 0)
            return check;
    fail_msg("no check %s", id);
    return NULL;
}

static void expect_said(size_t i)
{
    (void)command_run("-C %s --json doctor", patient_path(""));
    json_auto_t *report = command_json();
    const json_t *check = find(report, CASES[i].id);
    const char *verdict = output_text(check, "verdict"), *why = output_text(check, "why");

    if (strcmp(verdict, CASES[i].verdict) != 0 || !strstr(why, CASES[i].says)
        || !strstr(output_text(check, "action"), CASES[i].action))
        fail_msg("%s: %s %s -> %s", CASES[i].what, verdict, why, output_text(check, "action"));
}

static void each_mistake_is_named_with_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        if (!can_be_made(i))
            continue;
        patient_admit();
        CASES[i].make();
        expect_said(i);
        patient_dismiss();
        tidy();
    }
}

/* As another user than root, with a program: the kernel keeps it from the keys, or doctor says
 * that it cannot. */
static void what_keeps_a_program_from_the_keys_is_told(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("SKIPPED: root is told something else\n");
        skip();
    }
    patient_admit();
    it_runs_as_root();
    (void)command_run("-C %s --json doctor", patient_path(""));
    json_auto_t *report = command_json();
    const json_t *check = find(report, "programma.gebruiker");
    if (fence_version() > 0)
        assert_non_null(strstr(output_text(check, "why"), "closed to them (Landlock"));
    else
        assert_string_equal(output_text(check, "verdict"), "WARN");
    patient_dismiss();
    tidy();
}

static int build(void **state)
{
    (void)state;
    umask(077);
    output_install();
    if (!mkdtemp(outside))
        return -1;
    town_build(&almelo);
    town_build(&utrecht);
    town_open(&almelo);
    town_open(&utrecht);
    town_know(&almelo, &utrecht, PEER_ACTIEF);
    town_stop(&almelo);
    patient_begin(&almelo, &utrecht);
    return 0;
}

static int demolish(void **state)
{
    (void)state;
    nftw(outside, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    town_stop(&utrecht);
    town_remove(&utrecht);
    town_remove(&almelo);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_named_with_what_to_do),
        cmocka_unit_test(what_keeps_a_program_from_the_keys_is_told),
    };

    town_install();
    return cmocka_run_group_tests(tests, build, demolish);
}

/* A home: made once, private, and found again. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/home.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char FOLDER[64];

static int make_folder(void **state)
{
    (void)state;
    snprintf(FOLDER, sizeof(FOLDER), "/tmp/estafette-home-XXXXXX");
    return mkdtemp(FOLDER) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int drop_folder(void **state)
{
    (void)state;
    return nftw(FOLDER, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *in_folder(const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", FOLDER, name);
    return path;
}

static void assert_says(const struct fault *fault, enum fault_code code, const char *says)
{
    assert_int_equal(fault->code, code);
    if (!strstr(fault->text, says))
        fail_msg("\"%s\" does not say \"%s\"", fault->text, says);
}

static void a_home_has_its_folders_and_is_private(void **state)
{
    static const char *const FOLDERS[] = {
        "",           "keys",          "certificates",  "trust",
        "store",      "trust/anchors", "run",           "trust/intermediates",
        "trust/crls", "duo-trust",     "duo-trust/crls"
    };
    char path[PATH_MAX], where[256];
    struct home home;
    struct stat status;
    struct fault fault = { 0 };
    mode_t mask = umask(0);

    (void)state;
    assert_true(home_create(in_folder("new", where), &home, &fault));
    umask(mask);
    for (size_t i = 0; i < COUNT(FOLDERS); i++) {
        assert_int_equal(stat(home_path(&home, FOLDERS[i], path), &status), 0);
        assert_true(S_ISDIR(status.st_mode));
        assert_int_equal(status.st_mode & 07777, 0700);
    }
}

static void a_home_of_an_older_program_gets_the_folders_it_lacks(void **state)
{
    struct home home;
    struct stat status;
    struct fault fault = { 0 };
    char path[PATH_MAX], where[256];

    (void)state;
    assert_true(home_create(in_folder("new", where), &home, &fault));
    assert_int_equal(rmdir(home_path(&home, "duo-trust/crls", path)), 0);
    for (int i = 0; i < 2; i++) {
        assert_true(home_mend(&home, &fault));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0700);
    }
}

static void an_empty_folder_will_do(void **state)
{
    struct home made, opened;
    struct fault fault = { 0 };
    char path[256];

    (void)state;
    assert_true(home_create(FOLDER, &made, &fault));
    assert_true(home_open(in_folder("/./trust/../", path), &opened, &fault));
    assert_string_equal(opened.path, made.path);
    assert_int_not_equal(opened.path[strlen(opened.path) - 1], '/');
}

static void a_home_is_not_made_twice_nor_over_other_files(void **state)
{
    struct home home;
    struct fault fault = { 0 };
    char path[256];

    (void)state;
    assert_true(home_create(in_folder("new", path), &home, &fault));
    assert_false(home_create(path, &home, &fault));
    assert_says(&fault, FAULT_STATE, "is a home already");
    assert_false(home_create(FOLDER, &home, &fault));
    assert_says(&fault, FAULT_STATE, "is not empty");
}

static void a_home_open_to_others_is_refused(void **state)
{
    static const mode_t MODES[] = { 0755, 0750, 0701, 0720, 0777 };
    struct home home;
    struct fault fault = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT(MODES); i++) {
        assert_int_equal(chmod(FOLDER, MODES[i]), 0);
        assert_false(home_open(FOLDER, &home, &fault));
        assert_says(&fault, FAULT_CONFIG, "open to others");
        assert_non_null(strstr(fault_action(&fault), "chmod 0700"));
        assert_false(home_create(FOLDER, &home, &fault));
        assert_says(&fault, FAULT_CONFIG, "open to others");
    }
    chmod(FOLDER, 0700);
}

static void what_is_no_home_is_named(void **state)
{
    char path[256], file[256], lost[256];
    struct home home;
    struct fault fault = { 0 };
    FILE *made = fopen(in_folder("file", file), "w");

    (void)state;
    assert_non_null(made);
    fclose(made);
    assert_false(home_open(in_folder("absent", path), &home, &fault));
    assert_says(&fault, FAULT_CONFIG, "absent: No such file");
    assert_non_null(strstr(fault_action(&fault), "estafette init"));
    assert_false(home_open(file, &home, &fault));
    assert_says(&fault, FAULT_CONFIG, "file: not a folder");
    assert_false(home_create(in_folder("absent/home", lost), &home, &fault));
    assert_says(&fault, FAULT_IO, "absent/home: No such file");
}

static void the_home_of_another_user_is_refused(void **state)
{
    struct home home;
    struct fault fault = { 0 };

    (void)state;
    if (geteuid() != 0) {
        print_message("SKIPPED: only root can give a folder away\n");
        skip();
    }
    assert_int_equal(chown(FOLDER, 65534, 65534), 0);
    assert_false(home_open(FOLDER, &home, &fault));
    assert_says(&fault, FAULT_CONFIG, "belongs to another user (uid 65534)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_home_has_its_folders_and_is_private),
        TEST(a_home_of_an_older_program_gets_the_folders_it_lacks),
        TEST(an_empty_folder_will_do),
        TEST(a_home_is_not_made_twice_nor_over_other_files),
        TEST(a_home_open_to_others_is_refused),
        TEST(what_is_no_home_is_named),
        TEST(the_home_of_another_user_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Dossiers in the folder of our own system, readable: how long what was sent or refused stays
 * there, by a clock that leaps ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/aanlevering_map.h"
#include "gateway/clock.h"
#include "peers/file.h"
#include "tests/month/leap.h"
#include "tests/town.h"

#define DAY 86400L
#define HOUR 3600L
#define SLACK                                                                                 \
    5 /* days of [aanlevering] bewaar_dagen over the age that a new file has here             \
       */
#define DAYS_MAX 90

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static char config[80];
static long days; /* bewaar_dagen */
static struct fault fault;

static const char *at(const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/aanlevering/%s", almelo.folder, name);
    return path[turn];
}

static int lies_in(const char *place)
{
    DIR *entries = opendir(at(place));
    const struct dirent *entry;
    int count = 0;

    while (entries && (entry = readdir(entries)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (entries)
        closedir(entries);
    return count;
}

static void look(void)
{
    if (!aanlevering_map_look(&almelo.gateway, &fault))
        fail_msg("%s", fault.text);
}

/* Files are dated by the kernel, whose clock does not leap: so old a new one is. */
static long age_of_a_new_file(const char *folder)
{
    char path[PATH_MAX];
    struct stat status;

    snprintf(path, sizeof(path), "%s/leeftijd", folder);
    assert_true(file_write(path, 0600, "x", 1, &fault));
    assert_int_equal(stat(path, &status), 0);
    unlink(path);
    return clock_now() - status.st_ctim.tv_sec;
}

/* So that what is made now is that old by our own clock. */
static void leap_to_age(long age)
{
    leap_by(age - age_of_a_new_file(almelo.folder));
}

/* Nobody asks for it: refused. And one that was sent. */
static void lay_down(void)
{
    static const char XML[] = "<dossier/>";

    assert_true(file_write(at("in/zaak.xml"), 0640, XML, sizeof(XML) - 1, &fault));
    assert_int_equal(mkdir(at("in/zaak"), 0700), 0);
    assert_true(file_write(at("in/zaak/besluit.pdf"), 0640, "%PDF", 4, &fault));
    assert_true(file_write(at("in/zaak/.besluit.pdf.swp"), 0640, "%PDF", 4, &fault));
    assert_int_equal(mkdir(at("in/zaak/map"), 0700), 0);
    assert_true(file_write(at("in/zaak/map/nog-een.pdf"), 0640, "%PDF", 4, &fault));
    assert_true(file_write(at("verzonden/eerder.xml"), 0640, XML, sizeof(XML) - 1, &fault));
    assert_true(file_write(at("verzonden/eerder.txt"), 0640, "weg", 3, &fault));
}

static void what_was_sent_or_refused_goes_when_its_days_are_over(void **state)
{
    (void)state;
    look(); /* makes the folders */
    lay_down();
    leap_to_age(HOUR > (days - SLACK) * DAY ? HOUR : (days - SLACK) * DAY);
    look();
    assert_int_equal(lies_in("in"), 0);
    assert_int_equal(lies_in("geweigerd"), 3); /* zaak.xml, zaak, zaak.txt */
    leap_to_age(days * DAY - HOUR);
    look();
    assert_int_equal(lies_in("geweigerd"), 3);
    assert_int_equal(lies_in("verzonden"), 2);
    leap_to_age(days * DAY + HOUR);
    look();
    assert_int_equal(lies_in("geweigerd"), 0);
    assert_int_equal(lies_in("verzonden"), 0);
}

/* A machine whose clock was set wrong keeps it for an hour more. */
static void by_a_clock_in_doubt_nothing_goes(void **state)
{
    struct doubt *doubt = &almelo.gateway.doubt;

    (void)state;
    lay_down();
    doubt_look(doubt, clock_now_ms() - 10 * HOUR * 1000, clock_boot_ms());
    look(); /* and now it is right again: a jump */
    assert_true(doubt_now(doubt));
    assert_int_equal(lies_in("verzonden"), 2);
    leap_by(2 * HOUR);
    assert_false(doubt_now(doubt));
    look();
    assert_int_equal(lies_in("verzonden"), 0);
}

/* Not ours to judge: it may still be written, and doctor tells of its name. */
static void what_is_not_taken_is_left_to_who_put_it_there(void **state)
{
    (void)state;
    assert_true(file_write(at("in/half.xml.tmp"), 0640, "x", 1, &fault));
    assert_true(file_write(at("in/een naam.xml"), 0640, "x", 1, &fault));
    leap_by((days + 1) * DAY);
    look();
    assert_int_equal(lies_in("in"), 2);
}

static int start(void **state)
{
    struct timespec real;

    (void)state;
    town_install();
    (void)syscall(SYS_clock_gettime, CLOCK_REALTIME, &real);
    leap_to(real.tv_sec); /* the leaping clock begins at a day that may have passed */
    days = (clock_now() - real.tv_sec) / DAY + SLACK + 1;
    if (days > DAYS_MAX)
        return 0;
    snprintf(config, sizeof(config), "[aanlevering]\nbewaar_dagen = %ld\n", days);
    almelo.duo = config;
    town_build(&almelo);
    town_open(&almelo);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    town_stop(&almelo);
    town_remove(&almelo);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_or_refused_goes_when_its_days_are_over),
        cmocka_unit_test(by_a_clock_in_doubt_nothing_goes),
        cmocka_unit_test(what_is_not_taken_is_left_to_who_put_it_there),
    };

    if (start(NULL) != 0 || days > DAYS_MAX) {
        printf("SKIPPED: the clock of this machine is before that of the test\n");
        return days > DAYS_MAX ? 0 : 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return stop(NULL) != 0 || failed;
}

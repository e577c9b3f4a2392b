/* A folder that another program fills: what it may put there, and everything that it may try.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "gateway/tray.h"
#include "peers/file.h"

#define SECONDS 20 /* longest wait for anything: a limit, not a pause */
#define MOST 1000

static char folder[64];
static struct tray tray;
static struct fault fault;

static const char *in(const char *name)
{
    static char path[4][PATH_MAX];
    static int turn;

    turn = (turn + 1) % 4;
    snprintf(path[turn], PATH_MAX, "%s/%s", folder, name);
    return path[turn];
}

static void put(const char *name, const char *text)
{
    int fd = open(in(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static bool there(const char *name)
{
    struct stat status;

    return lstat(in(name), &status) == 0;
}

/* A file must lie still for a moment: asks until it does. */
static bool read_it(const char *name, struct buf *content)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    do {
        buf_clear(content);
        memset(&fault, 0, sizeof(fault));
        if (tray_read(&tray, TRAY_IN, name, MOST, content, &fault))
            return true;
        poll(NULL, 0, 50);
    } while (fault.code == FAULT_TEMPORARY && clock_monotonic_ms() < until);
    return false;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int start(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/estafette_tray.XXXXXX");
    return mkdtemp(folder) && tray_open(folder, &tray, &fault) ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    tray_close(&tray);
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, start, stop)

/* --- what is taken ----------------------------------------------------------------------- */

static void a_file_that_was_renamed_into_place_is_read(void **state)
{
    SCOPED_BUF struct buf content = { 0 };
    struct tray_names names;

    (void)state;
    put("in/zaak-12.xml.tmp", "<dossier/>");
    assert_true(tray_list(&tray, TRAY_IN, &names, &fault));
    assert_int_equal(names.count, 0);
    assert_int_equal(names.strange, 0);
    assert_int_equal(rename(in("in/zaak-12.xml.tmp"), in("in/zaak-12.xml")), 0);
    assert_true(tray_list(&tray, TRAY_IN, &names, &fault));
    assert_int_equal(names.count, 1);
    assert_string_equal(names.name[0], "zaak-12");
    assert_true(read_it("zaak-12", &content));
    assert_string_equal(buf_text(&content), "<dossier/>");
}

static void a_file_that_is_still_written_is_left_alone(void **state)
{
    SCOPED_BUF struct buf content = { 0 };

    (void)state;
    put("in/half.xml", "<dossier><per");
    for (int i = 0; i < 20; i++) {
        put("in/half.xml", i % 2 ? "<dossier><pers" : "<dossier><perso");
        assert_false(tray_read(&tray, TRAY_IN, "half", MOST, &content, &fault));
        assert_int_equal(fault.code, FAULT_TEMPORARY);
        assert_string_equal(fault.text, "het bestand wordt nog geschreven");
    }
}

/* --- what is not ------------------------------------------------------------------------- */

static void make_link(void)
{
    assert_int_equal(symlink("/etc/passwd", in("in/x.xml")), 0);
}

static void make_dangling(void)
{
    assert_int_equal(symlink("nergens", in("in/x.xml")), 0);
}

static void make_fifo(void)
{
    assert_int_equal(mkfifo(in("in/x.xml"), 0600), 0);
}

static void make_folder(void)
{
    assert_int_equal(mkdir(in("in/x.xml"), 0700), 0);
}

static void make_hard_link(void)
{
    put("elders", "<dossier/>");
    assert_int_equal(link(in("elders"), in("in/x.xml")), 0);
}

static void make_empty(void)
{
    put("in/x.xml", "");
}

static void make_large(void)
{
    int fd = open(in("in/x.xml"), O_WRONLY | O_CREAT, 0600);

    assert_int_equal(ftruncate(fd, MOST + 1), 0);
    close(fd);
}

static void make_sparse_giant(void)
{
    int fd = open(in("in/x.xml"), O_WRONLY | O_CREAT, 0600);

    assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
    close(fd);
}

static void make_device(void)
{
    if (geteuid() != 0 || mknod(in("in/x.xml"), S_IFCHR | 0600, 0x103) != 0)
        make_fifo(); /* only root can */
}

static void make_strangers(void)
{
    put("in/x.xml", "<dossier/>");
    if (geteuid() != 0 || chown(in("in/x.xml"), 12345, (gid_t)-1) != 0) {
        unlink(in("in/x.xml"));
        make_link();
    }
}

static const struct {
    const char *what;
    void (*make)(void);
    enum fault_code code;
} UNFIT[] = {
    { "a link to a file", make_link, FAULT_INPUT },
    { "a link to nothing", make_dangling, FAULT_INPUT },
    { "a pipe", make_fifo, FAULT_INPUT },
    { "a folder", make_folder, FAULT_INPUT },
    { "a second name of a file", make_hard_link, FAULT_INPUT },
    { "a device", make_device, FAULT_INPUT },
    { "somebody else's file", make_strangers, FAULT_INPUT },
    { "an empty file", make_empty, FAULT_INPUT },
    { "a byte too many", make_large, FAULT_SIZE },
    { "a hole of a terabyte", make_sparse_giant, FAULT_SIZE },
};

static void what_is_no_file_of_ours_is_not_read_and_can_be_moved_away(void **state)
{
    for (size_t i = 0; i < sizeof(UNFIT) / sizeof(UNFIT[0]); i++) {
        SCOPED_BUF struct buf content = { 0 };
        SCOPED_BUF struct buf text = { 0 };
        assert_int_equal(start(state), 0);
        UNFIT[i].make();
        if (read_it("x", &content))
            fail_msg("%s is read", UNFIT[i].what);
        if (fault.code != UNFIT[i].code)
            fail_msg("%s: %s", UNFIT[i].what, fault.text);
        assert_int_equal(content.size, 0);
        assert_true(tray_move(&tray, TRAY_IN, "x", TRAY_REFUSED, "waarom: x\n", &fault));
        assert_true(there("geweigerd/x.xml"));
        assert_true(file_read(in("geweigerd/x.txt"), MOST, &text, &fault));
        assert_string_equal(buf_text(&text), "waarom: x\n");
        assert_true(file_exists("/etc/passwd"));
        stop(state);
    }
}

static const char LONG_NAME[] =
    "in/"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    ".xml";

static void a_name_that_is_not_plain_is_left_and_counted(void **state)
{
    static const char *const NAMES[] = {
        "in/..xml.xml",        "in/-rf.xml", "in/.verborgen.xml", "in/a b.xml",  "in/a\nb.xml",
        "in/\xe2\x80\xae.xml", "in/a;b.xml", "in/$(reboot).xml",  "in/%s%n.xml", LONG_NAME,
    };
    struct tray_names names;

    (void)state;
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        put(NAMES[i], "<dossier/>");
    put("in/goed.xml", "<dossier/>");
    assert_true(tray_list(&tray, TRAY_IN, &names, &fault));
    assert_int_equal(names.count, 1);
    assert_string_equal(names.name[0], "goed");
    assert_int_equal(names.strange, sizeof(NAMES) / sizeof(NAMES[0]));
}

static void more_than_can_be_looked_at_is_for_the_next_time(void **state)
{
    struct tray_names names;
    char name[40];

    (void)state;
    for (int i = 0; i < TRAY_ENTRIES_MAX + 50; i++) {
        snprintf(name, sizeof(name), "in/n%04d.xml", i);
        put(name, "x");
    }
    assert_true(tray_list(&tray, TRAY_IN, &names, &fault));
    assert_int_equal(names.count, TRAY_ENTRIES_MAX);
}

/* --- the folders themselves -------------------------------------------------------------- */

static void a_folder_that_is_a_link_is_not_entered(void **state)
{
    static const char *const PLACES[] = { "in", "wacht", "verzonden", "geweigerd" };
    struct tray other;

    (void)state;
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++) {
        assert_int_equal(rmdir(in(PLACES[i])), 0);
        assert_int_equal(symlink("/tmp", in(PLACES[i])), 0);
        assert_false(tray_open(folder, &other, &fault));
        assert_int_equal(fault.code, FAULT_CONFIG);
        tray_close(&other);
        assert_int_equal(unlink(in(PLACES[i])), 0);
        assert_int_equal(mkdir(in(PLACES[i]), 0700), 0);
    }
    assert_true(tray_open(folder, &other, &fault));
    tray_close(&other);
}

static void a_folder_that_everybody_may_write_is_not_used(void **state)
{
    struct tray other;

    (void)state;
    chmod(in("in"), 0777);
    assert_false(tray_open(folder, &other, &fault));
    tray_close(&other);
    chmod(in("in"), 0770);
    assert_true(tray_open(folder, &other, &fault));
    tray_close(&other);
    chmod(folder, 0707);
    assert_false(tray_open(folder, &other, &fault));
    tray_close(&other);
    assert_false(tray_open("/nergens/te/vinden", &other, &fault));
    tray_close(&other);
}

/* --- documents --------------------------------------------------------------------------- */

static size_t documents;

static bool count_one(void *context, const char *file, int fd, int64_t size, struct fault *why)
{
    (void)context, (void)fd, (void)why;
    assert_int_equal(size, 4);
    assert_true(strcmp(file, "a.pdf") == 0 || strcmp(file, "b.pdf") == 0);
    documents++;
    return true;
}

static bool read_documents(size_t most)
{
    const struct tray_limits limits = { .documents = most, .bytes = MOST };
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;
    bool good;

    do {
        documents = 0;
        memset(&fault, 0, sizeof(fault));
        good = tray_documents(&tray, "zaak", &limits, count_one, NULL, &fault);
        poll(NULL, 0, good ? 0 : 50);
    } while (!good && fault.code == FAULT_TEMPORARY && clock_monotonic_ms() < until);
    return good;
}

static void its_documents_lie_in_a_folder_of_its_name(void **state)
{
    (void)state;
    assert_true(read_documents(9));
    assert_int_equal(documents, 0);
    mkdir(in("in/zaak"), 0700);
    put("in/zaak/a.pdf", "%PDF");
    put("in/zaak/b.pdf", "%PDF");
    put("in/zaak/.slordig", "niets");
    assert_true(read_documents(9));
    assert_int_equal(documents, 2);
    assert_false(read_documents(1));
    assert_int_equal(fault.code, FAULT_SIZE);
}

static void a_document_is_held_to_the_same_rules(void **state)
{
    (void)state;
    mkdir(in("in/zaak"), 0700);
    assert_int_equal(symlink("/etc/passwd", in("in/zaak/a.pdf")), 0);
    assert_false(read_documents(9));
    assert_int_equal(fault.code, FAULT_INPUT);
    unlink(in("in/zaak/a.pdf"));
    assert_int_equal(mkdir(in("in/zaak/a.pdf"), 0700), 0);
    assert_false(read_documents(9));
    rmdir(in("in/zaak/a.pdf"));
    rmdir(in("in/zaak"));
    assert_int_equal(symlink("/etc", in("in/zaak")), 0);
    assert_false(read_documents(9));
    assert_int_equal(fault.code, FAULT_INPUT);
}

/* --- moving and clearing ----------------------------------------------------------------- */

static void what_is_moved_takes_no_other_ones_place(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        put("in/zaak.xml", "<dossier/>");
        mkdir(in("in/zaak"), 0700);
        put("in/zaak/a.pdf", "%PDF");
        assert_true(tray_move(&tray, TRAY_IN, "zaak", TRAY_SENT, "t\n", &fault));
        assert_false(there("in/zaak.xml"));
        assert_false(there("in/zaak"));
    }
    assert_true(there("verzonden/zaak.xml") && there("verzonden/zaak/a.pdf"));
    assert_true(there("verzonden/zaak-2.xml") && there("verzonden/zaak-2/a.pdf"));
    assert_true(there("verzonden/zaak-3.xml") && there("verzonden/zaak-3.txt"));
    assert_int_equal(symlink("/etc/passwd", in("geweigerd/list.txt")), 0);
    put("in/list.xml", "<dossier/>");
    assert_true(tray_move(&tray, TRAY_IN, "list", TRAY_REFUSED, "t\n", &fault));
    assert_true(there("geweigerd/list-2.txt"));
}

static void what_waited_takes_its_old_words_along(void **state)
{
    (void)state;
    put("in/zaak.xml", "<dossier/>");
    assert_true(tray_move(&tray, TRAY_IN, "zaak", TRAY_WAIT, "wacht\n", &fault));
    assert_true(there("wacht/zaak.txt"));
    assert_true(tray_move(&tray, TRAY_WAIT, "zaak", TRAY_SENT, "weg\n", &fault));
    assert_false(there("wacht/zaak.txt") || there("wacht/zaak.xml"));
    assert_true(there("verzonden/zaak.txt"));
}

static void what_lay_there_long_enough_is_removed_and_links_are_not_followed(void **state)
{
    (void)state;
    put("blijft", "x");
    mkdir(in("buiten"), 0700);
    put("buiten/blijft", "x");
    put("verzonden/zaak.xml", "<dossier/>");
    mkdir(in("verzonden/zaak"), 0700);
    put("verzonden/zaak/a.pdf", "%PDF");
    assert_int_equal(symlink(in("blijft"), in("verzonden/list.xml")), 0);
    assert_int_equal(symlink(in("buiten"), in("verzonden/list")), 0);
    tray_clear(&tray, TRAY_SENT, clock_now() - 100);
    assert_true(there("verzonden/zaak.xml"));
    tray_clear(&tray, TRAY_SENT, clock_now() + 100);
    assert_false(there("verzonden/zaak.xml") || there("verzonden/zaak")
                 || there("verzonden/list.xml") || there("verzonden/list"));
    assert_true(there("blijft") && there("buiten/blijft"));
}

/* What was refused for what lay in it is no less a dossier. */
static void what_is_removed_is_removed_with_all_that_is_in_it(void **state)
{
    (void)state;
    mkdir(in("geweigerd/zaak"), 0700);
    put("geweigerd/zaak/.verborgen.pdf", "%PDF");
    mkdir(in("geweigerd/zaak/diep"), 0700);
    mkdir(in("geweigerd/zaak/diep/dieper"), 0700);
    put("geweigerd/zaak/diep/dieper/a.pdf", "%PDF");
    put("geweigerd/.zaak.xml.swp", "<dossier/>");
    assert_int_equal(mkfifo(in("geweigerd/pijp.xml"), 0600), 0);
    assert_int_equal(symlink("/etc", in("geweigerd/zaak/diep/uit")), 0);
    assert_int_equal(tray_old(&tray, TRAY_REFUSED, clock_now() - 100), 0);
    assert_int_equal(tray_old(&tray, TRAY_REFUSED, clock_now() + 100), 3);
    assert_int_equal(tray_clear(&tray, TRAY_REFUSED, clock_now() + 100), 0);
    assert_false(there("geweigerd/zaak") || there("geweigerd/.zaak.xml.swp")
                 || there("geweigerd/pijp.xml"));
    assert_true(file_exists("/etc/passwd"));
}

/* Ten deep, whoever made it; then a person must look, and doctor says so. */
static void what_cannot_be_removed_is_counted(void **state)
{
    char path[200] = "geweigerd/zaak";

    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(mkdir(in(path), 0700), 0);
        snprintf(path + strlen(path), sizeof(path) - strlen(path), "/x");
    }
    assert_int_equal(tray_clear(&tray, TRAY_REFUSED, clock_now() + 100), 1);
    assert_int_equal(tray_old(&tray, TRAY_REFUSED, clock_now() + 100), 1);
}

static void where_dossiers_lie_others_may_not_enter(void **state)
{
    static const char *const PLACES[] = { "in", "wacht", "verzonden", "geweigerd" };
    static const mode_t OPEN[] = { 0701, 0704, 0755 };
    struct stat status;
    struct tray other;

    (void)state;
    for (size_t i = 0; i < sizeof(PLACES) / sizeof(PLACES[0]); i++) {
        assert_int_equal(stat(in(PLACES[i]), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0700);
        for (size_t o = 0; o < sizeof(OPEN) / sizeof(OPEN[0]); o++) {
            assert_int_equal(chmod(in(PLACES[i]), OPEN[o]), 0);
            assert_false(tray_open(folder, &other, &fault));
            assert_int_equal(fault.code, FAULT_CONFIG);
            assert_non_null(strstr(fault.text, "open to everybody"));
            tray_close(&other);
        }
        assert_int_equal(chmod(in(PLACES[i]), 02770), 0);
    }
    assert_true(tray_open(folder, &other, &fault));
    tray_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_that_was_renamed_into_place_is_read),
        IN_FOLDER(a_file_that_is_still_written_is_left_alone),
        cmocka_unit_test(what_is_no_file_of_ours_is_not_read_and_can_be_moved_away),
        IN_FOLDER(a_name_that_is_not_plain_is_left_and_counted),
        IN_FOLDER(more_than_can_be_looked_at_is_for_the_next_time),
        IN_FOLDER(a_folder_that_is_a_link_is_not_entered),
        IN_FOLDER(a_folder_that_everybody_may_write_is_not_used),
        IN_FOLDER(its_documents_lie_in_a_folder_of_its_name),
        IN_FOLDER(a_document_is_held_to_the_same_rules),
        IN_FOLDER(what_is_moved_takes_no_other_ones_place),
        IN_FOLDER(what_waited_takes_its_old_words_along),
        IN_FOLDER(what_lay_there_long_enough_is_removed_and_links_are_not_followed),
        IN_FOLDER(what_is_removed_is_removed_with_all_that_is_in_it),
        IN_FOLDER(what_cannot_be_removed_is_counted),
        IN_FOLDER(where_dossiers_lie_others_may_not_enter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

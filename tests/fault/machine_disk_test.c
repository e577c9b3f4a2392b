/* Disks that are full, may not be written or hold files that may not grow; descriptors that
 * run out; a second daemon on a home. The daemon says so, loses nothing, and goes on.
 *
 * Full and read-only disks are real ones: small file systems in memory, in a name space of our
 * own. Where that is not allowed those tests skip.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "tests/fault/ask.h"
#include "tests/fault/child.h"

#define SECONDS 60 /* a limit, not a pause */
#define MESSAGES 40
#define SMALL "size=1m,mode=0700"
#define LARGE "size=64m,mode=0700"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000",
      .code = "0344",
      .naam = "Oud",
      .kind = PKI_P256,
      .level = "info" },
    { .oin = "00000099000000002000",
      .code = "0310",
      .naam = "Nieuw",
      .kind = PKI_P256,
      .level = "info",
      .duo = "[aflevering]\nmap = aflevering\n" },
};
#define COUNT (sizeof(TOWNS) / sizeof(TOWNS[0]))
enum { OUD, NIEUW };

static bool may_mount;
static struct child children[COUNT];
static char ids[MESSAGES][UUID_SIZE];
static bool made[MESSAGES];

/* --- a name space of our own ------------------------------------------------------------- */

static bool write_map(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    bool good = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return good;
}

/* Before any thread. Root needs no other user for it. */
static bool leave_name_space(void)
{
    char map[2][48];
    bool root = geteuid() == 0;

    snprintf(map[0], sizeof(map[0]), "%u %u 1", geteuid(), geteuid());
    snprintf(map[1], sizeof(map[1]), "%u %u 1", getegid(), getegid());
    if (unshare(CLONE_NEWNS | (root ? 0 : CLONE_NEWUSER)) != 0)
        return false;
    if (!root
        && !(write_map("/proc/self/setgroups", "deny")
             && write_map("/proc/self/uid_map", map[0])
             && write_map("/proc/self/gid_map", map[1])))
        return false;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void store_path(const struct town *town, char path[96])
{
    snprintf(path, 96, "%s/store", town->folder);
}

/* --- towns ------------------------------------------------------------------------------- */

static int build(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        town_build(&TOWNS[i]);
    return 0;
}

static int drop(void **state)
{
    char path[96];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        if (children[i].pid)
            child_end(&children[i], SIGKILL);
        store_path(&TOWNS[i], path);
        (void)umount2(path, MNT_DETACH);
        town_remove(&TOWNS[i]);
    }
    return 0;
}

static void mount_store(const struct town *town, unsigned long flags, const char *options)
{
    char path[96];

    store_path(town, path);
    if (mount("none", path, "tmpfs", flags, options) != 0)
        fail_msg("%s cannot be mounted", path);
}

/* They get to know each other, in this process; then nobody runs. */
static void acquaint(void)
{
    for (size_t i = 0; i < COUNT; i++)
        town_trust(&TOWNS[i], &TOWNS[1 - i]);
    for (size_t i = 0; i < COUNT; i++)
        town_open(&TOWNS[i]);
    for (size_t i = 0; i < COUNT; i++)
        town_know(&TOWNS[i], &TOWNS[1 - i], PEER_ACTIEF);
    for (size_t i = 0; i < COUNT; i++) {
        town_stop(&TOWNS[i]);
        children[i] = (struct child){ .town = &TOWNS[i] };
    }
}

static void start(int who)
{
    SCOPED_BUF struct buf log = { 0 };

    if (child_listens(&children[who]))
        return;
    child_log(&children[who], &log);
    fail_msg("%s does not start: %s", TOWNS[who].naam, buf_text(&log));
}

/* How many of the messages are confirmed now; what was before stays so. */
static int send_messages(void)
{
    int confirmed = 0;

    for (int i = 0; i < MESSAGES; i++) {
        if (!ids[i][0])
            uuid_v7(clock_now_ms(), ids[i]);
        made[i] = made[i] || ask_to_send(&TOWNS[OUD], &TOWNS[NIEUW], ids[i]);
        confirmed += made[i];
    }
    return confirmed;
}

static bool all_over(void)
{
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;

    while (ask_count(&TOWNS[OUD], "outbox", "delivered") != MESSAGES
           && clock_monotonic_ms() < until)
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    return ask_count(&TOWNS[OUD], "outbox", NULL) == MESSAGES
           && ask_count(&TOWNS[OUD], "outbox", "delivered") == MESSAGES
           && ask_count(&TOWNS[NIEUW], "overdrachten", NULL) == MESSAGES;
}

static void start_all(void)
{
    memset(ids, 0, sizeof(ids));
    memset(made, 0, sizeof(made));
    acquaint();
    for (size_t i = 0; i < COUNT; i++)
        start((int)i);
}

static void end_all(void)
{
    for (size_t i = 0; i < COUNT; i++)
        assert_true(child_end(&children[i], SIGTERM));
}

/* --- full -------------------------------------------------------------------------------- */

static void a_full_disk_at_the_receiver_puts_off_and_loses_nothing(void **state)
{
    (void)state;
    if (!may_mount)
        skip();
    mount_store(&TOWNS[NIEUW], 0, SMALL);
    start_all();
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(child_says(&children[OUD], "HTTP 503", 3, SECONDS));
    assert_true(child_count(&children[NIEUW], "disk is full") > 0
                || child_count(&children[NIEUW], "disk I/O error") > 0);
    mount_store(&TOWNS[NIEUW], MS_REMOUNT, LARGE);
    assert_true(all_over());
    end_all();
}

static void a_full_disk_at_the_sender_confirms_nothing_that_is_not_kept(void **state)
{
    (void)state;
    if (!may_mount)
        skip();
    mount_store(&TOWNS[OUD], 0, SMALL);
    start_all();
    assert_true(send_messages() < MESSAGES);
    mount_store(&TOWNS[OUD], MS_REMOUNT, LARGE);
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(all_over());
    end_all();
}

static void a_read_only_store_is_refused_at_start_and_works_again_after(void **state)
{
    (void)state;
    if (!may_mount)
        skip();
    mount_store(&TOWNS[OUD], 0, LARGE);
    start_all();
    assert_true(child_end(&children[OUD], SIGTERM));
    mount_store(&TOWNS[OUD], MS_REMOUNT | MS_RDONLY, LARGE);
    assert_false(child_listens(&children[OUD]));
    assert_true(WIFEXITED(children[OUD].status));
    assert_int_equal(WEXITSTATUS(children[OUD].status), 74);
    assert_int_equal(child_count(&children[OUD], "what to do: "), 1);
    child_end(&children[OUD], SIGKILL);
    mount_store(&TOWNS[OUD], MS_REMOUNT, LARGE);
    start(OUD);
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(all_over());
    end_all();
}

/* A limit on the size of files, as a careful administrator may set: a write that fails, no
 * signal that kills. */
static void a_file_that_may_not_grow_is_like_a_full_disk(void **state)
{
    (void)state;
    start_all();
    assert_true(child_end(&children[NIEUW], SIGTERM));
    children[NIEUW].file_size = 400000;
    start(NIEUW);
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(child_says(&children[OUD], "HTTP 503", 3, SECONDS));
    assert_false(child_gone(&children[NIEUW]));
    children[NIEUW].file_size = 0;
    child_end(&children[NIEUW], SIGTERM);
    start(NIEUW);
    assert_true(all_over());
    end_all();
}

/* --- the folder of our own system ---------------------------------------------------------
 */

static int64_t delivered_to_our_own(void)
{
    char path[112];
    const struct dirent *entry;
    int64_t count = 0;

    snprintf(path, sizeof(path), "%s/aflevering", TOWNS[NIEUW].folder);
    DIR *entries = opendir(path);
    assert_non_null(entries);
    while ((entry = readdir(entries)))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

/* The dossiers have been received, and are whole in the store: only what hands them on waits.
 */
static void a_full_folder_of_our_own_system_puts_off_the_delivery(void **state)
{
    char path[112];

    (void)state;
    if (!may_mount)
        skip();
    snprintf(path, sizeof(path), "%s/aflevering", TOWNS[NIEUW].folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(mount("none", path, "tmpfs", 0, SMALL), 0);
    start_all();
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(all_over());
    assert_true(child_says(&children[NIEUW], "status=klaar", 1, SECONDS));
    assert_true(delivered_to_our_own() < MESSAGES);
    assert_int_equal(mount("none", path, "tmpfs", MS_REMOUNT, LARGE), 0);
    int64_t until = clock_monotonic_ms() + SECONDS * 1000L;
    while (delivered_to_our_own() < MESSAGES && clock_monotonic_ms() < until)
        nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    assert_int_equal(delivered_to_our_own(), MESSAGES);
    end_all();
    assert_int_equal(umount2(path, MNT_DETACH), 0);
}

/* --- descriptors ------------------------------------------------------------------------- */

#define FILES_MAX 48
#define HELD 60

static int connect_to(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void without_descriptors_it_waits_and_goes_on_when_there_are_some(void **state)
{
    int held[HELD];

    (void)state;
    start_all();
    assert_true(child_end(&children[NIEUW], SIGTERM));
    children[NIEUW].files = FILES_MAX;
    start(NIEUW);
    for (int i = 0; i < HELD; i++)
        held[i] = connect_to(TOWNS[NIEUW].port);
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(child_says(&children[OUD], "status=again", 1, SECONDS));
    for (int i = 0; i < HELD; i++)
        close(held[i]);
    assert_true(all_over());
    assert_false(child_gone(&children[NIEUW]));
    children[NIEUW].files = 0;
    end_all();
}

/* --- two --------------------------------------------------------------------------------- */

static void a_second_daemon_on_a_home_is_refused_and_the_first_unharmed(void **state)
{
    struct child second = { .town = &TOWNS[OUD] };

    (void)state;
    start_all();
    assert_false(child_listens(&second));
    assert_true(WIFEXITED(second.status));
    assert_int_equal(WEXITSTATUS(second.status), 1);
    assert_int_equal(child_count(&second, "another daemon already runs on this home"), 1);
    assert_int_equal(child_count(&second, "stop the other one first, or leave it running"), 1);
    child_end(&second, SIGKILL);
    assert_int_equal(send_messages(), MESSAGES);
    assert_true(all_over());
    end_all();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, build, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_disk_at_the_receiver_puts_off_and_loses_nothing),
        TEST(a_full_disk_at_the_sender_confirms_nothing_that_is_not_kept),
        TEST(a_read_only_store_is_refused_at_start_and_works_again_after),
        TEST(a_file_that_may_not_grow_is_like_a_full_disk),
        TEST(a_full_folder_of_our_own_system_puts_off_the_delivery),
        TEST(without_descriptors_it_waits_and_goes_on_when_there_are_some),
        TEST(a_second_daemon_on_a_home_is_refused_and_the_first_unharmed),
    };

    may_mount = leave_name_space();
    if (!may_mount)
        printf("SKIPPED: no file systems of our own here: a full and a read-only disk\n");
    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

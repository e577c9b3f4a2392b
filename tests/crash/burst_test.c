/* Two real daemons, 200 dossiers on their way, and kill -9 again and again, now the one, now
 * the other. In the end each dossier has arrived, none twice, and the receiver's own system
 * has each of them whole in its folder, once. */
#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/audit.h"
#include "tests/town.h"

#define BURST 200
#define WITH_DOCUMENT 10         /* each tenth brings a document */
#define DOCUMENT_SIZE (5u << 19) /* two pieces and a half */
/* Deliveries; those whose log line dies with the daemon do not count. */
#define KILL_AFTER 10
#define KILLS 10
#define PATIENCE_MS 60000

static struct town almelo = { .oin = "00000099000000001000",
                              .code = "0141",
                              .naam = "Almelo",
                              .kind = PKI_RSA,
                              .level = "info" };
/* Of Utrecht the folder of its own system: killed between any two steps of a delivery too. */
static struct town utrecht = { .oin = "00000099000000002000",
                               .code = "0344",
                               .naam = "Utrecht",
                               .kind = PKI_P256,
                               .level = "info",
                               .duo = "[aflevering]\nmap = aflevering\n" };

static char secrets[128]; /* where TLS keys would be written */

/* A daemon as a child process; its log comes through the pipe. */
struct child {
    const struct town *town;
    pid_t pid;
    int log;
};

static void start(struct child *child, const struct town *town)
{
    int ends[2];

    child->town = town;
    assert_int_equal(pipe(ends), 0);
    child->pid = fork();
    if (child->pid == 0) {
        setenv("SSLKEYLOGFILE", secrets, 1); /* Debian's libcurl would obey it */
        prctl(PR_SET_PDEATHSIG, SIGKILL);    /* a test that fails leaves nobody behind */
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(ESTAFETTED, "estafetted", "-C", town->folder, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    child->log = ends[0];
}

static void end(struct child *child, int signal)
{
    int status;

    assert_int_equal(kill(child->pid, signal), 0);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    if (signal == SIGTERM)
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(child->log);
}

static void restart(struct child *child)
{
    end(child, SIGKILL);
    start(child, child->town);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

/* Waits for more of the log; how often the word stands in it. */
static int read_log(const struct child *child, const char *word)
{
    struct pollfd wait = { .fd = child->log, .events = POLLIN };
    static char last[8192];
    char text[8192];

    if (poll(&wait, 1, PATIENCE_MS) != 1)
        fail_msg("no more of: %s", word);
    ssize_t got = read(child->log, text, sizeof(text) - 1);
    if (got <= 0)
        fail_msg("a daemon stopped by itself, after: %s", last);
    text[got] = '\0';
    snprintf(last, sizeof(last), "%s", text);
    return count_of(text, word);
}

static void build(void)
{
    char overdracht[UUID_SIZE];

    town_build(&almelo);
    snprintf(secrets, sizeof(secrets), "%s/secrets", almelo.folder);
    town_build(&utrecht);
    town_trust(&almelo, &utrecht);
    town_trust(&utrecht, &almelo);
    town_open(&almelo);
    town_open(&utrecht);
    town_know(&almelo, &utrecht, PEER_ACTIEF);
    town_know(&utrecht, &almelo, PEER_ACTIEF);
    for (int i = 0; i < BURST; i++)
        if (i % WITH_DOCUMENT == 0)
            town_send_document(&almelo, &utrecht, DOCUMENT_SIZE, overdracht);
        else
            town_send(&almelo, &utrecht, overdracht);
    town_stop(&almelo);
    town_stop(&utrecht);
}

static void rage(void)
{
    struct child sender, receiver;

    start(&receiver, &utrecht);
    start(&sender, &almelo);
    for (int kills = 0; kills < KILLS; kills++) {
        int delivered = 0;
        while (delivered < KILL_AFTER)
            delivered += read_log(&sender, "status=delivered");
        restart(kills % 2 ? &sender : &receiver);
    }
    while (read_log(&sender, "listens on") == 0)
        ;
    end(&sender, SIGTERM);
    end(&receiver, SIGTERM);
}

static bool chain_work(sqlite3 *db, void *argument, struct fault *fault)
{
    return audit_verify(db, argument, fault);
}

static void assert_chain_holds(struct town *town)
{
    struct fault fault = { 0 };
    int64_t rows;

    if (!store_run(town->gateway.store, chain_work, &rows, &fault))
        fail_msg("%s", fault.text);
}

/* Under its own name, with what the client system looks for; nothing half is left beside it.
 */
static int count_whole(const struct town *town)
{
    static const char *const PARTS[] = { "bericht.xml", "dossier.xml", "dossier.html",
                                         "ontvangstbevestiging.xml" };
    char path[PATH_MAX];
    const struct dirent *entry;
    int whole = 0;

    DIR *entries = opendir(home_path(&town->gateway.home, "aflevering", path));
    assert_non_null(entries);
    while ((entry = readdir(entries))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (entry->d_name[0] == '.')
            fail_msg("left: %s", entry->d_name);
        for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
            char part[NAME_MAX * 2 + 2];
            snprintf(part, sizeof(part), "%s/%s", entry->d_name, PARTS[i]);
            assert_int_equal(faccessat(dirfd(entries), part, R_OK, 0), 0);
        }
        whole++;
    }
    closedir(entries);
    return whole;
}

static void each_of_200_arrives_once_however_often_either_is_killed(void **state)
{
    (void)state;
    build();
    rage();
    town_start(&utrecht);
    town_start(&almelo);
    assert_true(town_wait(&almelo, "SELECT count(*) FROM outbox WHERE state = 'delivered'",
                          BURST, PATIENCE_MS / 1000));
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM inbox"), BURST);
    assert_int_equal(town_count(&utrecht, "SELECT count(DISTINCT canonical) FROM inbox"),
                     BURST);
    assert_int_equal(
        town_count(&utrecht, "SELECT count(*) FROM overdracht WHERE state = 'ontvangen'"),
        BURST);
    assert_int_equal(
        town_count(&almelo, "SELECT count(*) FROM overdracht WHERE state = 'bezorgd'"), BURST);
    assert_int_equal(town_count(&utrecht, "SELECT count(*) FROM bijlage"),
                     BURST / WITH_DOCUMENT);
    assert_true(town_wait(&utrecht,
                          "SELECT count(*) FROM aflevering WHERE state = 'afgeleverd'", BURST,
                          PATIENCE_MS / 1000));
    assert_int_equal(count_whole(&utrecht), BURST);
    assert_int_not_equal(access(secrets, F_OK), 0);
    assert_chain_holds(&almelo);
    assert_chain_holds(&utrecht);
    town_stop(&almelo);
    town_stop(&utrecht);
    town_remove(&almelo);
    town_remove(&utrecht);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_of_200_arrives_once_however_often_either_is_killed),
    };

    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Two real daemons and a document of 200 MB: it goes over, comes out as it went in, and
 * neither daemon's memory notices. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/digest.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/town.h"
#include "tools/cli/output.h"

#define SIZE (200L * 1000 * 1000)
#define GROWTH_MAX_KIB (16 << 10)
#define PATIENCE_MS 60000
#define DOSSIER SOURCE_DIR "/tests/golden/dossiers/gezinsmigrant.xml"

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256 },
};
static pid_t DAEMONS[2];
static char OVERDRACHT[UUID_SIZE];

#define A TOWNS[0].folder
#define U TOWNS[1].folder

static void pause_a_little(void)
{
    const struct timespec pause = { .tv_nsec = 50000000 };

    nanosleep(&pause, NULL);
}

static pid_t start(const struct town *town)
{
    pid_t child = fork();

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
        execl(ESTAFETTED, "estafetted", "-C", town->folder, (char *)NULL);
        _exit(127);
    }
    for (int waited = 0; command_run("-C %s status", town->folder)->exit != 0; waited += 50) {
        assert_true(waited < PATIENCE_MS);
        pause_a_little();
    }
    return child;
}

/* The most memory that it ever used, in KiB; from the kernel. */
static long peak_of(pid_t daemon)
{
    char path[64], line[256];
    long kib = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)daemon);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    fclose(file);
    assert_true(kib > 0);
    return kib;
}

static void make_document(const char *name, long size)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", A, name);
    SCOPED_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0 && file_put(fd, "%PDF-1.7", 8, 0) && file_put(fd, "end", 3, size - 3));
}

static void send_and_await(const char *name)
{
    const struct command_result *got = command_run(
        "-C %s --json overdracht send " DOSSIER " --to Utrecht --document %s/%s", A, A, name);

    if (got->exit != 0)
        fail_msg("%s", got->err);
    json_auto_t *sent = command_json();
    snprintf(OVERDRACHT, sizeof(OVERDRACHT), "%s", output_text(sent, "overdracht"));
    for (int waited = 0; waited < PATIENCE_MS; waited += 50) {
        got = command_run("-C %s overdracht show %s", A, OVERDRACHT);
        if (strstr(got->out, "bezorgd"))
            return;
        pause_a_little();
    }
    fail_msg("not delivered: %s", got->out);
}

static void digest_of_file(const char *path, struct digest *digest)
{
    struct digest_stream *stream = digest_stream_create();
    unsigned char bytes[65536];
    SCOPED_FD int fd = open(path, O_RDONLY);
    size_t got;

    assert_true(fd >= 0);
    for (off_t at = 0; file_get(fd, bytes, sizeof(bytes), at, &got) && got > 0;
         at += (off_t)got)
        digest_stream_add(stream, bytes, got);
    digest_stream_end(stream, digest);
    digest_stream_destroy(stream);
}

static void assert_comes_out_as_it_went_in(const char *name)
{
    struct digest in, out;
    char path[128];

    command_expect(0, "", "-C %s overdracht save %s --out %s/saved", U, OVERDRACHT, U);
    snprintf(path, sizeof(path), "%s/%s", A, name);
    digest_of_file(path, &in);
    snprintf(path, sizeof(path), "%s/saved/document-bijlage-1.pdf", U);
    digest_of_file(path, &out);
    assert_true(digest_equal(&in, &out));
}

static void a_document_of_200_mb_leaves_no_mark_in_memory(void **state)
{
    long before[2], after[2];

    (void)state;
    make_document("small.pdf", 3000000);
    make_document("large.pdf", SIZE);
    send_and_await("small.pdf");
    for (size_t i = 0; i < 2; i++)
        before[i] = peak_of(DAEMONS[i]);
    send_and_await("large.pdf");
    for (size_t i = 0; i < 2; i++)
        after[i] = peak_of(DAEMONS[i]);
    assert_comes_out_as_it_went_in("large.pdf");
    long reading = peak_of(DAEMONS[1]);
    printf("memory in KiB, before and after 200 MB: sender %ld %ld, receiver %ld %ld, and "
           "when it was saved there %ld\n",
           before[0], after[0], before[1], after[1], reading);
    for (size_t i = 0; i < 2; i++)
        assert_in_range(after[i], 1, before[i] + GROWTH_MAX_KIB);
    assert_in_range(reading, 1, before[1] + GROWTH_MAX_KIB);
}

static int set_up(void **state)
{
    (void)state;
    town_install();
    output_install();
    town_gather(TOWNS, 2, 2);
    for (size_t i = 0; i < 2; i++) {
        town_stop(&TOWNS[i]);
        DAEMONS[i] = start(&TOWNS[i]);
    }
    return 0;
}

static int tear_down(void **state)
{
    int status;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        kill(DAEMONS[i], SIGTERM);
        waitpid(DAEMONS[i], &status, 0);
        town_remove(&TOWNS[i]);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_of_200_mb_leaves_no_mark_in_memory),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

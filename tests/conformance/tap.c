/* tap -- see tap.h. */
#include "tests/conformance/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#define MUST(condition)                                                                       \
    do {                                                                                      \
        if (!(condition)) {                                                                   \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
            abort();                                                                          \
        }                                                                                     \
    } while (0)

static json_t *identity(const struct tap_identity *identity)
{
    return json_pack("{s:s, s:s, s:s}", "key", identity->key, "cert", identity->certificate,
                     "ca", identity->anchor);
}

static void write_settings(const struct tap *tap, const char *folder, const char *path)
{
    json_auto_t *settings = json_pack("{s:o, s:s, s:s}", "server", identity(&tap->server),
                                      "target", tap->target, "folder", folder);

    if (tap->client.key[0])
        json_object_set_new(settings, "client", identity(&tap->client));
    MUST(json_dump_file(settings, path, JSON_INDENT(2)) == 0);
}

static void become(const char *script, const char *settings, const int in[2], const int out[2])
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execlp("node", "node", script, settings, (char *)NULL);
    _exit(127);
}

void tap_start(struct tap *tap, const char *scripts, const char *folder)
{
    char script[PATH_MAX], settings[PATH_MAX];
    int in[2], out[2];

    (void)snprintf(script, sizeof(script), "%s/tap.mjs", scripts);
    (void)snprintf(settings, sizeof(settings), "%s.settings", folder);
    write_settings(tap, folder, settings);
    MUST(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    tap->pid = fork();
    MUST(tap->pid >= 0);
    if (tap->pid == 0)
        become(script, settings, in, out);
    close(in[0]);
    close(out[1]);
    FILE *says = fdopen(out[0], "r");
    MUST(says && fscanf(says, "port %d", &tap->port) == 1);
    (void)fclose(says);
    tap->line = in[1];
}

void tap_stop(struct tap *tap)
{
    close(tap->line);
    MUST(waitpid(tap->pid, NULL, 0) == tap->pid);
}

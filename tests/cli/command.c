/* command -- see command.h. */
#include "tests/cli/command.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "peers/file.h"
#include "tools/cli/output.h"

#define WORDS_MAX 48

static struct command_result result;
static char folder[] = "/tmp/estafette-cli-XXXXXX";

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "command: %s failed\n", what);
    abort();
}

/* A file that is gone when it is closed. */
static int nameless(void)
{
    FILE *file = tmpfile();

    must(file, "tmpfile");
    int fd = dup(fileno(file));
    fclose(file);
    return fd;
}

static void read_back(int fd, char *text)
{
    ssize_t size = pread(fd, text, COMMAND_TEXT_MAX - 1, 0);

    must(size >= 0, "pread");
    text[size] = '\0';
    close(fd);
}

static void spawn_and_wait(char *const *argv, const char *input, const char *output,
                           int fds[2])
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fds[0], STDOUT_FILENO);
    if (output)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, fds[1], STDERR_FILENO);
    const char *copy = getenv("ESTAFETTE_COMMAND"); /* where others may not read the build */
    const char *program = copy ? copy : ESTAFETTE;
    must(posix_spawn(&child, program, &actions, NULL, argv, environ) == 0, program);
    posix_spawn_file_actions_destroy(&actions);
    must(waitpid(child, &status, 0) == child, "waitpid");
    must(WIFEXITED(status), "an end without a signal");
    result.exit = WEXITSTATUS(status);
}

__attribute__((format(printf, 3, 0))) static void run(const char *input, const char *output,
                                                      const char *format, va_list args)
{
    char line[4096], *rest = line, *argv[WORDS_MAX + 1] = { (char *)(uintptr_t) "estafette" };
    int fds[2] = { nameless(), nameless() }, count = 1;

    must(vsnprintf(line, sizeof(line), format, args) < (int)sizeof(line), "a short line");
    while (rest && *rest && count < WORDS_MAX)
        argv[count++] = strsep(&rest, " ");
    spawn_and_wait(argv, input, output, fds);
    read_back(fds[0], result.out);
    read_back(fds[1], result.err);
}

const struct command_result *command_run(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    run("/dev/null", NULL, format, args);
    va_end(args);
    return &result;
}

const struct command_result *command_run_with(const char *input, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    run(input, NULL, format, args);
    va_end(args);
    return &result;
}

const struct command_result *command_run_to(const char *output, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    run("/dev/null", output, format, args);
    va_end(args);
    return &result;
}

void command_expect(int exit, const char *says, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    run("/dev/null", NULL, format, args);
    va_end(args);
    if (result.exit != exit || !strstr(result.err, says))
        fail_msg("'%s' exits %d (expected %d, \"%s\"):\n%s%s", format, result.exit, exit, says,
                 result.out, result.err);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
    (void)status, (void)kind, (void)at;
    return remove(path);
}

int command_begin(void **state)
{
    (void)state;
    mem_install();
    output_install();
    unsetenv("ESTAFETTE_HOME");
    if (!mkdtemp(folder))
        return -1;
    return command_run("-C %s " COMMAND_INIT, command_path("home"))->exit;
}

int command_end(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *command_folder(void)
{
    return folder;
}

const char *command_path(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

void command_put(const char *name, const void *bytes, size_t size)
{
    struct fault fault = { 0 };

    must(file_write(command_path(name), 0600, bytes, size, &fault), name);
}

json_t *command_json(void)
{
    json_t *value = json_loads(result.out, 0, NULL);

    must(value, "JSON on standard output");
    return value;
}

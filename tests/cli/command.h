/* command -- runs the built estafette and keeps what it said. */
#ifndef TESTS_CLI_COMMAND_H
#define TESTS_CLI_COMMAND_H

#include <jansson.h>

#define COMMAND_TEXT_MAX 65536
#define COMMAND_OIN "00000001001234567000"
#define COMMAND_INIT                                                                          \
    "init --oin " COMMAND_OIN " --naam Utrecht --gemeentecode 0344 --omgeving test"           \
    " --endpoint https://localhost:8443 --key ec"

struct command_result {
    int exit;
    char out[COMMAND_TEXT_MAX], err[COMMAND_TEXT_MAX];
};

/* The words of `format`, divided at single spaces, as arguments; input is /dev/null. The
 * result is overwritten by the next call. Anything that goes wrong aborts the test program. */
const struct command_result *command_run(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* The same with this file as standard input. */
const struct command_result *command_run_with(const char *input, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with standard output to a file, such as /dev/full. */
const struct command_result *command_run_to(const char *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Runs it and fails the test, with what was said, unless it exits so and says so on stderr. */
void command_expect(int exit, const char *says, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Group fixtures: a folder in /tmp with a new home, "home", of COMMAND_OIN with EC keys. */
int command_begin(void **state);
int command_end(void **state);
const char *command_folder(void);
const char *command_path(const char *name); /* in the folder; four live at a time */
void command_put(const char *name, const void *bytes, size_t size);

/* Standard output of the last run as JSON; the caller's. */
json_t *command_json(void);

#endif

/* child -- a real daemon as a process of its own, as tests of the machine need it: with words
 * before its command line (strace), with more environment, with a limit, and with its log in a
 * file that can be waited for.
 *
 * A child does not outlive the test. Anything that goes wrong while starting aborts.
 */
#ifndef TESTS_FAULT_CHILD_H
#define TESTS_FAULT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "codecs/base/buf.h"
#include "tests/town.h"

struct child {
    const struct town *town;
    const char *const *before;  /* words before "estafetted", NULL at the end; NULL: none */
    const char *preload, *skew; /* LD_PRELOAD, and its $SKEW; NULL: neither */
    unsigned long files, file_size; /* RLIMIT_NOFILE, RLIMIT_FSIZE; 0: as it is */
    pid_t pid;
    int log, status; /* log: all since it was started */
};

void child_start(struct child *child);
/* Started, and the log says that it listens. False: it ended by itself (child->status). */
bool child_listens(struct child *child);

/* Ends it; true: it was still there, and ended well (exit 0) when it was asked to (SIGTERM).
 */
bool child_end(struct child *child, int signal);
bool child_gone(struct child *child); /* without waiting */

void child_log(const struct child *child, struct buf *text); /* appends */
int child_count(const struct child *child, const char *word);
/* Until the word stands in the log so often; false: not within so many seconds, or it ended.
 */
bool child_says(struct child *child, const char *word, int times, int seconds);

#endif

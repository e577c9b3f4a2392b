/* helper -- a small process that runs a command of the administrator's for the daemon: one
 * that supplies a dossier ([aanlevering] commando), or takes one ([aflevering] commando).
 *
 * Forked first of all, before a key is read or a thread runs: it holds no secret, and what it
 * runs can find none in it. A command gets a session of its own, "/" as its folder, a clean
 * environment (PATH, LANG, TZ) and three descriptors: its input, its output, its errors. It
 * cannot gain privileges, and the home is closed to it (fence.h) or belongs to another than
 * the user it runs as (gebruiker.h). It has so many seconds and may write so many bytes; then,
 * and when the daemon goes, everything that it started is killed, also what left its process
 * group.
 *
 *   daemon  -- socketpair: task -->  helper  -- pipes -->  command
 */
#ifndef GATEWAY_HELPER_H
#define GATEWAY_HELPER_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define HELPER_ARGUMENTS 2
#define HELPER_ERRORS_MAX 2048 /* of standard error, this much is kept */

struct helper;

struct helper_task {
    const char *command;                     /* path */
    const char *arguments[HELPER_ARGUMENTS]; /* ids, which others may see; NULL: no more */
    const void *input;                       /* for its standard input */
    size_t input_size;
    int seconds;
    size_t output_max;
};

/* Before any thread; the process lives until helper_stop(), or until we are gone. */
bool helper_start(struct helper **helper, struct fault *fault) MUST_CHECK;

/* Before the first command: `home` is closed to all (where the kernel can), and they run as
 * `user` ("": as we). helper NULL: only looks whether that can be. FAULT_CONFIG. */
bool helper_guard(struct helper *helper, const char *home, const char *user,
                  struct fault *fault) MUST_CHECK;

/* One at a time; a second caller waits. True: it ended with exit 0, and `output` (appended) is
 * all that it wrote. Else FAULT_TEMPORARY (exit, signal, time), FAULT_SIZE, FAULT_CONFIG (it
 * cannot be run, or not guarded). `errors` gets the first of what it wrote to standard error,
 * either way: that may be personal data, and is never part of a fault. helper NULL:
 * FAULT_CONFIG. */
bool helper_run(struct helper *helper, const struct helper_task *task, struct buf *output,
                struct buf *errors, struct fault *fault) MUST_CHECK;

/* May be run: a regular file that is executable, and that nobody but its owner (us or root)
 * can change. FAULT_CONFIG. */
bool helper_may_run(const char *command, struct fault *fault) MUST_CHECK;

/* A run that goes on ends at once, with a fault; and each that follows. */
void helper_interrupt(struct helper *helper);
void helper_stop(struct helper *helper);

#endif

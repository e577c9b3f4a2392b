/* helper -- see helper.h: the daemon's end. */
#include "gateway/helper.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/helper_process.h"
#include "peers/file.h"

#define GRACE_SECONDS 10 /* for the helper itself, over the time that the command has */

struct helper {
    pthread_mutex_t lock; /* of one task and its answer */
    int fd;
    pid_t pid;
    bool broken; /* an answer stayed away: what comes next could be the one before */
    char closed[PATH_MAX];
    struct gebruiker as;
};

bool helper_start(struct helper **helper, struct fault *fault)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fault_set_errno(fault, FAULT_IO, "helper", errno);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        helper_process(ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return fault_set_errno(fault, FAULT_IO, "helper", errno);
    }
    *helper = mem_alloc(sizeof(**helper));
    pthread_mutex_init(&(*helper)->lock, NULL);
    (*helper)->fd = ends[0];
    (*helper)->pid = pid;
    return true;
}

bool helper_guard(struct helper *helper, const char *home, const char *user,
                  struct fault *fault)
{
    struct gebruiker as;

    if (!gebruiker_find(user, &as, fault))
        return false;
    if (!helper)
        return true;
    pthread_mutex_lock(&helper->lock);
    snprintf(helper->closed, sizeof(helper->closed), "%s", home);
    helper->as = as;
    pthread_mutex_unlock(&helper->lock);
    return true;
}

void helper_interrupt(struct helper *helper)
{
    if (helper)
        shutdown(helper->fd, SHUT_RDWR);
}

/* Gone before us, or not: either way nobody is left behind. */
void helper_stop(struct helper *helper)
{
    if (!helper)
        return;
    helper_interrupt(helper);
    while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(helper->fd);
    pthread_mutex_destroy(&helper->lock);
    free(helper);
}

/* --- one task ------------------------------------------------------------------------ */

static void set_patience(int fd, int seconds)
{
    const struct timeval limit = { .tv_sec = seconds };

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static bool put_task(const struct helper *helper, const struct helper_task *task)
{
    SCOPED_BUF struct buf words = { 0 };
    int fd = helper->fd;

    buf_add(&words, helper->closed, strlen(helper->closed) + 1);
    buf_add(&words, task->command, strlen(task->command) + 1);
    for (int i = 0; i < HELPER_ARGUMENTS && task->arguments[i]; i++)
        buf_add(&words, task->arguments[i], strlen(task->arguments[i]) + 1);
    const struct helper_ask ask = { .words_size = (uint32_t)words.size,
                                    .seconds = (uint32_t)task->seconds,
                                    .input_size = task->input_size,
                                    .output_max = task->output_max,
                                    .as = helper->as };
    return helper_put(fd, &ask, sizeof(ask)) && helper_put(fd, words.data, words.size)
           && helper_put(fd, task->input, task->input_size);
}

static bool get_bytes(int fd, uint64_t size, uint64_t most, struct buf *bytes)
{
    if (size > most || !helper_get(fd, buf_reserve(bytes, size), size))
        return false;
    buf_grown(bytes, size);
    return true;
}

static bool exchange(struct helper *helper, const struct helper_task *task,
                     struct helper_tell *tell, struct buf *output, struct buf *errors)
{
    set_patience(helper->fd, task->seconds + GRACE_SECONDS);
    return put_task(helper, task) && helper_get(helper->fd, tell, sizeof(*tell))
           && get_bytes(helper->fd, tell->output_size, task->output_max, output)
           && get_bytes(helper->fd, tell->errors_size, HELPER_ERRORS_MAX, errors);
}

static bool judge(const struct helper_task *task, const struct helper_tell *tell,
                  struct fault *fault)
{
    const char *silent = tell->errors_size ? "; it wrote to its standard error" : "";

    switch (tell->end) {
    case HELPER_EXIT:
        if (tell->value == HELPER_UNGUARDED)
            return fault_set(fault, FAULT_CONFIG,
                             "the command could not be run, or not be kept from the home");
        return tell->value == 0
               || fault_set(fault, FAULT_TEMPORARY, "the command ended with exit %d%s",
                            (int)tell->value, silent);
    case HELPER_SIGNAL:
        return fault_set(fault, FAULT_TEMPORARY, "the command was ended by signal %d%s",
                         (int)tell->value, silent);
    case HELPER_LATE:
        return fault_set(fault, FAULT_TEMPORARY, "the command was stopped after %d seconds%s",
                         task->seconds, silent);
    case HELPER_LARGE:
        return fault_set(fault, FAULT_SIZE, "the command wrote more than %zu bytes",
                         task->output_max);
    default:
        return fault_set_errno(fault, FAULT_CONFIG, "the command", (int)tell->value);
    }
}

bool helper_run(struct helper *helper, const struct helper_task *task, struct buf *output,
                struct buf *errors, struct fault *fault)
{
    struct helper_tell tell;

    if (!helper)
        return fault_set(fault, FAULT_CONFIG, "there is no helper process to run a command");
    pthread_mutex_lock(&helper->lock);
    if (!helper->broken)
        helper->broken = !exchange(helper, task, &tell, output, errors);
    bool broken = helper->broken;
    pthread_mutex_unlock(&helper->lock);
    if (broken) {
        fault_set(fault, FAULT_TEMPORARY, "the helper process does not answer");
        return fault_advise(fault, "restart the daemon");
    }
    return judge(task, &tell, fault);
}

/* --- may it be run ------------------------------------------------------------------- */

/* Whoever can change it acts in the daemon's name. */
bool helper_may_run(const char *command, struct fault *fault)
{
    struct stat status;

    if (command[0] != '/')
        return fault_set(fault, FAULT_CONFIG, "%s: not a full path", command);
    if (stat(command, &status) != 0)
        return fault_set_errno(fault, FAULT_CONFIG, command, errno);
    if (!S_ISREG(status.st_mode) || access(command, X_OK) != 0)
        return fault_set(fault, FAULT_CONFIG, "%s: not a program that we may run", command);
    if ((status.st_uid != geteuid() && status.st_uid != 0)
        || (status.st_mode & (S_IWGRP | S_IWOTH))) {
        fault_set(fault, FAULT_CONFIG, "%s: others can change it", command);
        return fault_advise(fault, "chown root %.100s; chmod 0755 %.100s", command, command);
    }
    return true;
}

/* child -- see child.h. */
#include "tests/fault/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gateway/clock.h"

#define WORDS_MAX 24
#define START_SECONDS 60 /* a limit, not a pause */

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    perror(what);
    abort();
}

static void limit(int resource, unsigned long most)
{
    const struct rlimit bound = { most, most };

    if (most)
        must(setrlimit((__rlimit_resource_t)resource, &bound) == 0, "setrlimit");
}

static void become(const struct child *child)
{
    const char *words[WORDS_MAX];
    size_t count = 0;

    for (const char *const *word = child->before; word && *word; word++)
        words[count++] = *word;
    const char *copy = getenv("ESTAFETTED_COMMAND"); /* where others may not read the build */
    words[count++] = copy ? copy : ESTAFETTED;
    words[count++] = "-C";
    words[count++] = child->town->folder;
    words[count] = NULL;
    execvp(words[0], (char *const *)words);
    _exit(127);
}

void child_start(struct child *child)
{
    child->status = -1;
    child->log = memfd_create("log", MFD_CLOEXEC);
    must(child->log >= 0, "memfd_create");
    /* Only then do lines of threads that write at the same moment not overwrite each other:
     * the kernel does not lock the position of a memfd. */
    must(fcntl(child->log, F_SETFL, O_APPEND) == 0, "fcntl");
    child->pid = fork();
    must(child->pid >= 0, "fork");
    if (child->pid > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(child->log, STDERR_FILENO);
    dup2(child->log, STDOUT_FILENO);
    limit(RLIMIT_NOFILE, child->files);
    limit(RLIMIT_FSIZE, child->file_size);
    if (child->preload) {
        setenv("LD_PRELOAD", child->preload, 1);
        setenv("SKEW", child->skew, 1);
    }
    become(child);
}

static void print_log(const struct child *child)
{
    SCOPED_BUF struct buf text = { 0 };

    child_log(child, &text);
    fprintf(stderr, "%s, status %d, says:\n%s", child->town->naam, child->status,
            buf_text(&text));
}

bool child_listens(struct child *child)
{
    child_start(child);
    if (child_says(child, "listens on", 1, START_SECONDS))
        return true;
    print_log(child);
    return false;
}

bool child_gone(struct child *child)
{
    if (child->pid && waitpid(child->pid, &child->status, WNOHANG) == child->pid)
        child->pid = 0;
    return child->pid == 0;
}

bool child_end(struct child *child, int signal)
{
    bool there = !child_gone(child);

    if (there) {
        kill(child->pid, signal);
        must(waitpid(child->pid, &child->status, 0) == child->pid, "waitpid");
        child->pid = 0;
    }
    bool good = there
                && (signal != SIGTERM
                    || (WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0));
    if (!good && signal == SIGTERM) /* what a sanitizer says stands in its log */
        print_log(child);
    close(child->log);
    return good;
}

void child_log(const struct child *child, struct buf *text)
{
    struct stat status;

    must(fstat(child->log, &status) == 0, "fstat");
    size_t size = (size_t)status.st_size;
    ssize_t got = pread(child->log, buf_reserve(text, size + 1), size, 0);
    must(got >= 0, "pread");
    buf_grown(text, (size_t)got);
}

int child_count(const struct child *child, const char *word)
{
    SCOPED_BUF struct buf text = { 0 };
    int count = 0;

    child_log(child, &text);
    for (const char *at = buf_text(&text); (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

bool child_says(struct child *child, const char *word, int times, int seconds)
{
    int64_t until = clock_monotonic_ms() + seconds * 1000LL;

    while (child_count(child, word) < times) {
        if (child_gone(child) || clock_monotonic_ms() > until)
            return child_count(child, word) >= times;
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
    return true;
}

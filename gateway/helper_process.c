/* helper_process -- see helper_process.h. One thread, no library but the C library: it may
 * fork at any time. */
#include "gateway/helper_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/fence.h"
#include "peers/file.h"

#define WORDS_MAX 8192
#define PIECE 65536
#define FILES_MAX 1024     /* of one process of a command */
#define PROCESSES_MAX 4096 /* of its user: what makes them without end is stopped */

bool helper_put(int fd, const void *bytes, size_t size)
{
    const char *from = bytes;

    while (size > 0) {
        ssize_t put = send(fd, from, size, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        from += put;
        size -= (size_t)put;
    }
    return true;
}

bool helper_get(int fd, void *bytes, size_t size)
{
    char *to = bytes;

    while (size > 0) {
        ssize_t got = recv(fd, to, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        size -= (size_t)got;
    }
    return true;
}

/* --- one command --------------------------------------------------------------------- */

enum { INPUT, OUTPUT, ERRORS, STREAMS };

struct running {
    int daemon;
    const struct helper_ask *ask;
    const char *closed; /* folder; "": none */
    char *words[HELPER_ARGUMENTS + 2];
    struct buf input, output, errors;
    size_t put; /* of the input */
    int ours[STREAMS], theirs[STREAMS];
    pid_t pid;
    int pidfd;
    int64_t deadline_ms;
    bool ended; /* the command itself; what it left behind is killed */
    struct helper_tell tell;
};

static void close_end(int *fd)
{
    file_close(fd);
    *fd = -1;
}

static void running_finish(struct running *r)
{
    for (int i = 0; i < STREAMS; i++) {
        close_end(&r->ours[i]);
        close_end(&r->theirs[i]);
    }
    close_end(&r->pidfd);
    buf_finish(&r->input);
    buf_finish(&r->output);
    buf_finish(&r->errors);
}

static int64_t now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit now;

    if (getrlimit(what, &now) == 0 && now.rlim_max > most)
        (void)setrlimit(what, &(struct rlimit){ most, most });
}

/* The fence first: who has become somebody else may not see what is to be allowed. Without a
 * fence it runs all the same: doctor says so. */
static bool guard(const struct running *r)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, FILES_MAX);
    limit(RLIMIT_NPROC, PROCESSES_MAX);
    umask(077);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    if (*r->closed && fence_version() > 0 && !fence_close(r->closed, r->words[0]))
        return false;
    return gebruiker_become(&r->ask->as);
}

/* In the child: what the command may rely on, and nothing of ours. */
_Noreturn static void become(struct running *r)
{
    const char *zone = getenv("TZ");
    SCOPED_BUF struct buf tz = { 0 };
    sigset_t none;

    buf_addf(&tz, "TZ=%s", zone ? zone : "");
    char *environment[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
                            zone ? (char *)tz.data : NULL, NULL };
    setsid();
    for (int i = 0; i < STREAMS; i++)
        if (dup2(r->theirs[i], i) < 0)
            _exit(HELPER_UNGUARDED);
    close_range(STREAMS, ~0U, 0);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") != 0 || !guard(r))
        _exit(HELPER_UNGUARDED);
    execve(r->words[0], r->words, environment);
    _exit(HELPER_UNGUARDED);
}

/* Descriptors past 2 only, so that none is in the way of what the command gets as 0, 1, 2. */
static bool open_stream(struct running *r, int stream)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    bool to_them = stream == INPUT;
    r->ours[stream] = ends[to_them];
    r->theirs[stream] = ends[!to_them];
    return fcntl(r->ours[stream], F_SETFL, O_NONBLOCK) == 0;
}

static bool unable(struct running *r)
{
    r->tell.end = HELPER_UNABLE;
    r->tell.value = errno;
    return false;
}

static bool launch(struct running *r)
{
    if (access(r->words[0], X_OK) != 0)
        return unable(r);
    for (int i = 0; i < STREAMS; i++)
        if (!open_stream(r, i))
            return unable(r);
    r->pid = fork();
    if (r->pid < 0)
        return unable(r);
    if (r->pid == 0)
        become(r);
    for (int i = 0; i < STREAMS; i++)
        close_end(&r->theirs[i]);
    r->pidfd = pidfd_open(r->pid, 0);
    r->deadline_ms = now_ms() + (int64_t)r->ask->seconds * 1000;
    return r->pidfd >= 0 || unable(r);
}

static void feed(struct running *r)
{
    size_t left = r->input.size - r->put;
    ssize_t put = left ? write(r->ours[INPUT], r->input.data + r->put, left) : 0;

    if (put > 0)
        r->put += (size_t)put;
    if (r->put == r->input.size || (put < 0 && errno != EAGAIN && errno != EINTR))
        close_end(&r->ours[INPUT]); /* all, or it does not want more */
}

/* What passes the limit of errors is thrown away; of output it ends the run. */
static bool drain(struct running *r, int stream)
{
    struct buf *to = stream == OUTPUT ? &r->output : &r->errors;
    size_t most = stream == OUTPUT ? (size_t)r->ask->output_max : HELPER_ERRORS_MAX;
    ssize_t got = read(r->ours[stream], buf_reserve(to, PIECE), PIECE);

    if (got == 0)
        close_end(&r->ours[stream]);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    buf_grown(to, (size_t)got);
    if (to->size <= most)
        return true;
    if (stream == OUTPUT)
        r->tell.end = HELPER_LARGE;
    buf_cut(to, stream == OUTPUT ? 0 : most);
    return true;
}

static bool goes_on(const struct running *r)
{
    return !r->ended && r->tell.end != HELPER_LARGE && r->tell.end != HELPER_LATE;
}

/* Waits for whatever comes first. False: the daemon has gone. */
static bool step(struct running *r)
{
    struct pollfd wait[STREAMS + 2] = { { r->ours[INPUT], POLLOUT, 0 },
                                        { r->ours[OUTPUT], POLLIN, 0 },
                                        { r->ours[ERRORS], POLLIN, 0 },
                                        { r->pidfd, POLLIN, 0 },
                                        { r->daemon, POLLIN, 0 } };
    int64_t left = r->deadline_ms - now_ms();

    if (left <= 0) {
        r->tell.end = HELPER_LATE;
        return true;
    }
    if (poll(wait, STREAMS + 2, (int)left) <= 0)
        return true;
    if (wait[INPUT].revents)
        feed(r);
    for (int i = OUTPUT; i <= ERRORS; i++)
        if (wait[i].revents)
            (void)drain(r, i);
    r->ended = wait[STREAMS].revents;
    return !wait[STREAMS + 1].revents;
}

/* What stands in its pipes when it has ended; nobody else's words are waited for. */
static void drain_rest(struct running *r)
{
    for (int i = OUTPUT; i <= ERRORS; i++)
        while (r->tell.end != HELPER_LARGE && r->ours[i] >= 0 && drain(r, i))
            ;
}

/* Orphans become our children (PR_SET_CHILD_SUBREAPER), whatever session they made. */
static void kill_children(void)
{
    char line[4096];
    bool left = true;

    while (left) {
        FILE *file = fopen("/proc/thread-self/children", "re");
        left = file && fgets(line, sizeof(line), file);
        if (file)
            fclose(file);
        char *rest = line, *word;
        while (left && (word = strsep(&rest, " ")))
            if (*word && strtol(word, NULL, 10) > 1)
                kill((pid_t)strtol(word, NULL, 10), SIGKILL);
        left = left && waitpid(-1, NULL, 0) > 0;
    }
}

static void end_command(struct running *r)
{
    int status = 0;

    if (r->pid <= 0)
        return;
    if (!r->ended)
        kill(r->pid, SIGKILL);
    kill(-r->pid, SIGKILL);
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
        ;
    kill_children();
    if (!r->ended)
        return;
    drain_rest(r);
    if (r->tell.end == HELPER_LARGE)
        return;
    r->tell.end = WIFEXITED(status) ? HELPER_EXIT : HELPER_SIGNAL;
    r->tell.value = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

/* --- one task ------------------------------------------------------------------------ */

static bool get_words(struct running *r, char words[WORDS_MAX])
{
    size_t size = r->ask->words_size;

    if (size == 0 || size > WORDS_MAX || !helper_get(r->daemon, words, size)
        || words[size - 1] != '\0')
        return false;
    int count = 0;
    for (char *at = words; at < words + size; at += strlen(at) + 1)
        if (at == words)
            r->closed = words;
        else if (count <= HELPER_ARGUMENTS)
            r->words[count++] = at;
    return count > 0;
}

static bool get_input(struct running *r)
{
    size_t size = (size_t)r->ask->input_size;

    if (!helper_get(r->daemon, buf_reserve(&r->input, size), size))
        return false;
    buf_grown(&r->input, size);
    return true;
}

static bool answer(struct running *r)
{
    if (r->tell.end != HELPER_EXIT || r->tell.value != 0)
        buf_clear(&r->output); /* half a dossier is none */
    r->tell.output_size = r->output.size;
    r->tell.errors_size = r->errors.size;
    return helper_put(r->daemon, &r->tell, sizeof(r->tell))
           && helper_put(r->daemon, r->output.data, r->output.size)
           && helper_put(r->daemon, r->errors.data, r->errors.size);
}

static bool serve(int daemon)
{
    __attribute__((cleanup(running_finish))) struct running r = {
        .daemon = daemon, .ours = { -1, -1, -1 }, .theirs = { -1, -1, -1 }, .pidfd = -1
    };
    struct helper_ask ask;
    char words[WORDS_MAX];
    bool there = true;

    r.ask = &ask;
    if (!helper_get(daemon, &ask, sizeof(ask)) || !get_words(&r, words) || !get_input(&r))
        return false;
    if (launch(&r))
        while (there && goes_on(&r))
            there = step(&r);
    end_command(&r);
    return there && answer(&r);
}

/* Its own life hangs on the socket alone: a stop of the daemon is not one of the command. */
static int settle_down(int socket)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int fd = fcntl(socket, F_DUPFD_CLOEXEC, STREAMS + 1);

    if (nothing < 0 || fd < 0)
        _exit(1);
    for (int i = 0; i < STREAMS; i++)
        dup2(nothing, i);
    if (fd > STREAMS)
        close_range(STREAMS, (unsigned)fd - 1, 0);
    close_range((unsigned)fd + 1, ~0U, 0);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_NAME, "estafette-help");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return fd;
}

_Noreturn void helper_process(int socket)
{
    int fd = settle_down(socket);

    while (serve(fd))
        ;
    _exit(0);
}

/* sim_socket -- see sim_socket.h. One client at a time: nobody waits long for a line. */
#include "tools/duosim/sim_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "codecs/base/mem.h"

#define OK "ok\n"
#define FAULT "fault: "

struct sim_socket {
    struct sim *sim;
    struct sockaddr_un address;
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    int client; /* who is served now; -1: nobody */
};

static bool address_of(const struct sim_settings *settings, struct sockaddr_un *address,
                       struct fault *fault)
{
    char path[PATH_MAX];

    sim_settings_path(settings, "duosim.sock", path);
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    return snprintf(address->sun_path, sizeof(address->sun_path), "%s", path)
               < (int)sizeof(address->sun_path)
           || fault_set(fault, FAULT_CONFIG, "%s is too long for a socket", path);
}

/* --- serving -------------------------------------------------------------------------- */

/* What was said may have many lines: a blank before each keeps them from passing for the last.
 */
static void tell(FILE *stream, const struct buf *says, bool good, const struct fault *why)
{
    SCOPED_MEM char *text = mem_copy(buf_text(says));
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n")) && (line[0] || rest))
        (void)fprintf(stream, " %s\n", line);
    (void)fprintf(stream, "%s%s%s", good ? OK : FAULT, good ? "" : why->text,
                  good ? "" : "\n");
    (void)fflush(stream);
}

/* Reading and writing have a stream each: one for both would have to seek in between. */
static FILE *second_stream(int fd)
{
    int twin = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    FILE *stream = twin >= 0 ? fdopen(twin, "w") : NULL;

    if (!stream)
        abort(); /* no file descriptor or no memory */
    return stream;
}

static void serve(struct sim *sim, FILE *in, FILE *out)
{
    char *line = NULL;
    size_t room = 0;

    while (getline(&line, &room, in) > 0) {
        SCOPED_BUF struct buf says = { 0 };
        struct fault why = { 0 };
        bool good = sim_command(sim, line, &says, &why);
        tell(out, &says, good, &why);
    }
    free(line);
}

static void note_client(struct sim_socket *socket, int fd)
{
    pthread_mutex_lock(&socket->lock);
    socket->client = fd;
    pthread_mutex_unlock(&socket->lock);
}

static void *run(void *argument)
{
    struct sim_socket *socket = argument;
    int fd;

    while ((fd = accept4(socket->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        FILE *in = fdopen(fd, "r"), *out = second_stream(fd);
        note_client(socket, fd);
        if (in)
            serve(socket->sim, in, out);
        note_client(socket, -1);
        (void)fclose(out);
        if (in)
            (void)fclose(in);
    }
    return NULL;
}

static int dial(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool listen_on(struct sim_socket *socket_, struct fault *fault)
{
    const struct sockaddr_un *address = &socket_->address;
    int other = dial(address);

    if (other >= 0) {
        close(other);
        return fault_set(fault, FAULT_CONFIG, "a stand-in runs on that folder already");
    }
    unlink(address->sun_path); /* left by one that was killed */
    socket_->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return (socket_->fd >= 0
            && bind(socket_->fd, (const struct sockaddr *)address, sizeof(*address)) == 0
            && listen(socket_->fd, 8) == 0)
           || fault_set_errno(fault, FAULT_CONFIG, address->sun_path, errno);
}

static bool start_thread(struct sim_socket *made, struct fault *fault)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&made->thread, NULL, run, made);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 || fault_set_errno(fault, FAULT_INTERNAL, "duosim: thread", error);
}

bool sim_socket_start(struct sim *sim, const struct sim_settings *settings,
                      struct sim_socket **socket, struct fault *fault)
{
    struct sim_socket *made = mem_alloc(sizeof(*made));

    made->sim = sim;
    made->fd = made->client = -1;
    pthread_mutex_init(&made->lock, NULL);
    if (address_of(settings, &made->address, fault) && listen_on(made, fault)
        && start_thread(made, fault)) {
        *socket = made;
        return true;
    }
    if (made->fd >= 0)
        close(made->fd);
    pthread_mutex_destroy(&made->lock);
    free(made);
    return false;
}

void sim_socket_stop(struct sim_socket *socket)
{
    if (!socket)
        return;
    shutdown(socket->fd, SHUT_RDWR); /* ends accept() */
    pthread_mutex_lock(&socket->lock);
    if (socket->client >= 0)
        shutdown(socket->client, SHUT_RDWR);
    pthread_mutex_unlock(&socket->lock);
    pthread_join(socket->thread, NULL);
    close(socket->fd);
    unlink(socket->address.sun_path);
    pthread_mutex_destroy(&socket->lock);
    free(socket);
}

/* --- saying --------------------------------------------------------------------------- */

/* One answer; false: it is a fault, or the other side has gone. */
static bool hear(FILE *from, FILE *out, struct fault *fault)
{
    char *line = NULL;
    size_t room = 0;
    bool good = false, ended = false;

    while (!ended && getline(&line, &room, from) > 0) {
        ended = line[0] != ' ';
        good = strcmp(line, OK) == 0;
        if (!ended)
            (void)fputs(line + 1, out);
    }
    if (!ended)
        fault_set(fault, FAULT_DAEMON, "the stand-in has gone");
    else if (!good)
        fault_set(fault, FAULT_NEGATIVE, "%.*s", (int)strcspn(line + strlen(FAULT), "\n"),
                  line + strlen(FAULT));
    free(line);
    return good;
}

static bool say_one(FILE *to, FILE *from, const char *line, FILE *out, struct fault *fault)
{
    (void)fprintf(to, "%s%s", line, strchr(line, '\n') ? "" : "\n");
    (void)fflush(to);
    if (hear(from, out, fault))
        return true;
    (void)fflush(out);
    (void)fprintf(stderr, "duosim: %s\n", fault->text);
    return false;
}

/* Empty lines and those that begin with # are for people. */
static bool say_all(FILE *to, FILE *from, FILE *in, FILE *out, struct fault *fault)
{
    struct fault why = { 0 };
    char *line = NULL;
    size_t room = 0;

    while (why.code != FAULT_DAEMON && getline(&line, &room, in) > 0) {
        if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#'
            || say_one(to, from, line, out, &why))
            continue;
        if (fault->code == FAULT_NONE)
            *fault = why;
    }
    free(line);
    return fault->code == FAULT_NONE;
}

bool sim_socket_say(const struct sim_settings *settings, FILE *in, FILE *out,
                    struct fault *fault)
{
    struct sockaddr_un address;

    if (!address_of(settings, &address, fault))
        return false;
    int fd = dial(&address);
    FILE *from = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!from)
        return fault_set(fault, FAULT_DAEMON, "no stand-in runs on %s", settings->folder);
    FILE *to = second_stream(fd);
    bool good = say_all(to, from, in, out, fault);
    (void)fclose(to);
    (void)fclose(from);
    return good;
}

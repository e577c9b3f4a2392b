/* bus -- see bus.h. */
#include "gateway/bus.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/rollen.h"
#include "peers/file.h"

#define GREETING_SIZE 8
#define PATIENCE_MS 1000

static const char *path_in(const char *url)
{
    return url + strlen("ipc://");
}

static const char *path_of(const struct bus *bus)
{
    return path_in(bus->url);
}

/* A folder is opened no further than it must be, and never closed: it may not be ours alone.
 */
static bool open_folder(const struct bus *bus, const struct rollen_door *door,
                        struct fault *fault)
{
    char folder[sizeof(bus->url)];
    struct stat status;

    snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path_of(bus), '/') - path_of(bus)),
             path_of(bus));
    if (stat(folder, &status) != 0)
        return fault_set_errno(fault, FAULT_IO, folder, errno);
    bool ours = door->folder != 0010 || status.st_gid == door->group;
    if ((status.st_mode & 0001) || (ours && (status.st_mode & door->folder) == door->folder))
        return true;
    if ((!ours && chown(folder, (uid_t)-1, door->group) != 0)
        || chmod(folder, (status.st_mode & 07777) | door->folder) != 0)
        return fault_set_errno(fault, FAULT_IO, folder, errno);
    return true;
}

/* Who has the one group of all roles need not let the others in; that takes a group that we
 * are in ourselves. */
static bool open_door(const struct bus *bus, struct fault *fault)
{
    struct rollen_door door;
    struct stat status;

    rollen_door(bus->gateway->rollen, &door);
    if (stat(path_of(bus), &status) != 0)
        return fault_set_errno(fault, FAULT_IO, path_of(bus), errno);
    if (door.socket == 0660 && status.st_gid != door.group
        && chown(path_of(bus), (uid_t)-1, door.group) != 0)
        door = (struct rollen_door){ 0666, 0011, (gid_t)-1 };
    if ((status.st_mode & 0777) != door.socket && chmod(path_of(bus), door.socket) != 0)
        return fault_set_errno(fault, FAULT_IO, path_of(bus), errno);
    return open_folder(bus, &door, fault);
}

static bool listen_on(struct bus *bus, struct fault *fault)
{
    if (unlink(path_of(bus)) != 0 && errno != ENOENT)
        return fault_set_errno(fault, FAULT_IO, path_of(bus), errno);
    int result = nng_listen(bus->socket, bus->url, &bus->listener, 0); /* umask is 077 */
    if (result != 0)
        return fault_set(fault, FAULT_IO, "%s: %s", path_of(bus), nng_strerror(result));
    return open_door(bus, fault);
}

bool bus_listen(struct bus *bus, const struct gateway *gateway, const char *name,
                struct fault *fault)
{
    bus->gateway = gateway;
    return config_socket(&gateway->config, &gateway->home, name, bus->url, fault)
           && listen_on(bus, fault);
}

/* The greeting of SP over IPC: 0, 'S', 'P', version 0, protocol, 0, 0. Pair (0x10) is not what
 * either of our sockets talks to, so that after the greeting the pipe is dropped. */
bool bus_answers(const char *url)
{
    static const char GREETING[GREETING_SIZE] = { 0, 'S', 'P', 0, 0, 0x10, 0, 0 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char answer[GREETING_SIZE];
    SCOPED_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path_in(url));
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0
        || send(fd, GREETING, sizeof(GREETING), MSG_NOSIGNAL) != sizeof(GREETING))
        return false;
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    return poll(&wait, 1, PATIENCE_MS) == 1
           && recv(fd, answer, sizeof(answer), MSG_WAITALL) == sizeof(answer);
}

void bus_tend(struct bus *bus)
{
    struct fault fault = { 0 };

    if (bus_answers(bus->url)) {
        if (!open_door(bus, &fault))
            log_error("%s", fault.text);
        return;
    }
    log_warning("%s does not answer: listening anew", path_of(bus));
    nng_listener_close(bus->listener);
    if (!listen_on(bus, &fault))
        log_error("%s", fault.text);
}

bool bus_admits(const struct gateway *gateway, nng_pipe pipe, unsigned *uid, unsigned *roles)
{
    uint64_t known;

    if (nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_UID, &known) != 0)
        return false;
    *uid = (unsigned)known;
    *roles = rollen_of(gateway->rollen, *uid);
    return *roles != 0;
}

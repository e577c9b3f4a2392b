/* doctor_socket -- the local bus, and the addresses where peers and DUO reach us. */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "gateway/doctor.h"
#include "gateway/listen.h"
#include "peers/file.h"

#define OTHERS 0077
#define PATIENCE_SECONDS 3

static bool is_read(struct doctor *doctor)
{
    if (doctor->config_fault.code == FAULT_NONE)
        return true;
    doctor_skip(doctor, "", "see config.file");
    return false;
}

/* --- the local bus --------------------------------------------------------------------- */

/* Whom [rollen] names must get through, but not look around. */
static mode_t closed_bits(const struct config *config)
{
    bool any = config->rollen[0][0] || config->rollen[1][0] || config->rollen[2][0];

    return any ? OTHERS & ~0011u : OTHERS;
}

static void look_at_folder(struct doctor *doctor, const char *path)
{
    mode_t closed = closed_bits(&doctor->gateway->config);
    char action[DOCTOR_ACTION];
    struct stat status;

    snprintf(action, sizeof(action), "install -d -m %04o %s, as the owner of the home",
             0777 & ~closed, path);
    if (stat(path, &status) != 0)
        doctor_fail(doctor, path, action, "%s", strerror(errno));
    else if (!S_ISDIR(status.st_mode))
        doctor_fail(doctor, path, action, "is not a folder");
    else if (status.st_mode & closed)
        doctor_warn(doctor, path, action, "open to others (mode %04o)",
                    (unsigned)status.st_mode & 07777);
    else
        doctor_ok(doctor, "",
                  closed == OTHERS ? "there, and closed to others"
                                   : "there, and open as far as [rollen] asks");
}

void doctor_socket_folder(struct doctor *doctor)
{
    struct gateway *gateway = doctor->gateway;
    char url[128], folder[PATH_MAX];
    struct fault fault = { 0 };

    if (!is_read(doctor))
        return;
    if (!config_socket(&gateway->config, &gateway->home, "control", url, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    else
        look_at_folder(doctor, gateway->config.sockets[0]
                                   ? gateway->config.sockets
                                   : home_path(&gateway->home, "run", folder));
}

void doctor_socket_daemon(struct doctor *doctor)
{
    struct gateway *gateway = doctor->gateway;
    char url[128], action[DOCTOR_ACTION];
    struct fault fault = { 0 };

    if (doctor->daemon) {
        doctor_ok(doctor, "", "answers on the local bus");
        return;
    }
    if (!is_read(doctor))
        return;
    if (!config_socket(&gateway->config, &gateway->home, "control", url, &fault)) {
        doctor_skip(doctor, "", "see socket.folder");
        return;
    }
    snprintf(action, sizeof(action), "start it: estafetted -C %s", gateway->home.path);
    if (file_exists(url + strlen("ipc://")))
        doctor_warn(
            doctor, "", action,
            "nobody answers on the socket that is there: the daemon crashed or is stuck");
    else
        doctor_warn(doctor, "", action, "the daemon is not running");
}

/* --- the listener ---------------------------------------------------------------------- */

/* "0.0.0.0" and "::" are reached on this machine itself. */
static void aim_at_ourselves(struct addrinfo *at)
{
    struct sockaddr_in *v4 = (void *)at->ai_addr;
    struct sockaddr_in6 *v6 = (void *)at->ai_addr;

    if (at->ai_family == AF_INET && v4->sin_addr.s_addr == htonl(INADDR_ANY))
        v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (at->ai_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
        v6->sin6_addr = in6addr_loopback;
}

static int open_towards(const struct addrinfo *at)
{
    const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
               sizeof(patience)); /* of connect() too */
    if (connect(fd, at->ai_addr, at->ai_addrlen) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* Who it is matters, not what it proves: the certificate is compared, nothing is sent. */
static X509 *shown_by(int fd)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = context ? SSL_new(context) : NULL;
    X509 *shown = NULL;

    if (ssl && SSL_set_fd(ssl, fd) == 1) {
        (void)SSL_connect(ssl); /* without a certificate of ours it may end in an alert */
        shown = SSL_get1_peer_certificate(ssl);
    }
    ERR_clear_error();
    SSL_free(ssl);
    SSL_CTX_free(context);
    return shown;
}

static void look_at_listener(struct doctor *doctor, const char *address, struct addrinfo *at)
{
    X509 *ours = doctor->certificate[PURPOSE_TLS_SERVER];

    aim_at_ourselves(at);
    SCOPED_FD int fd = open_towards(at);
    if (fd < 0) {
        doctor_fail(doctor, address,
                    "restart the daemon: it listens where it did at its start",
                    "the daemon runs, but nobody listens there: %s", strerror(errno));
        return;
    }
    SCOPED_X509 X509 *shown = shown_by(fd);
    if (!shown)
        doctor_fail(doctor, address, "find out what listens there: ss -ltnp; look in the log",
                    "takes a connection, but does not speak TLS");
    else if (!ours)
        doctor_skip(doctor, address, "see certificate.file");
    else if (!certificate_same(shown, ours))
        doctor_fail(doctor, address, "restart the daemon, then give peers the new card",
                    "shows another certificate than the one that is installed");
    else
        doctor_ok(doctor, address, "takes TLS, with the installed certificate");
}

static void look_whether_free(struct doctor *doctor, const char *address,
                              const struct addrinfo *at)
{
    SCOPED_FD int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)); /* as the daemon does */
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 1) == 0)
        doctor_ok(doctor, address, "free for the daemon");
    else if (errno == EADDRINUSE)
        doctor_fail(doctor, address,
                    "find out what it is: ss -ltnp; stop it, or set another port in "
                    "estafette.ini",
                    "something else listens there");
    else if (errno == EADDRNOTAVAIL)
        doctor_fail(doctor, address, "set it to one of: ip address",
                    "is not an address of this machine");
    else
        doctor_fail(doctor, address,
                    "choose a port above 1023, or let systemd pass the socket", "%s",
                    strerror(errno));
}

static void look_at_address(struct doctor *doctor, const char *address, const char *elsewhere)
{
    struct addrinfo *at = listen_address(address);

    if (!at) {
        doctor_skip(doctor, "", elsewhere);
        return;
    }
    if (doctor->daemon)
        look_at_listener(doctor, address, at);
    else
        look_whether_free(doctor, address, at);
    freeaddrinfo(at);
}

void doctor_socket_listen(struct doctor *doctor)
{
    if (is_read(doctor))
        look_at_address(doctor, doctor->gateway->config.address, "see config.endpoint");
}

void doctor_socket_duo(struct doctor *doctor)
{
    const struct config_duo *duo = &doctor->gateway->config.duo;

    if (!is_read(doctor))
        return;
    if (!duo->oin[0])
        doctor_ok(doctor, "", "DUO is not used: [duo] oin is empty");
    else if (!duo->listen[0])
        doctor_warn(doctor, "", "set [duo] listen to address:port, and tell DUO where that is",
                    "we take no notifications: moves must be found by hand");
    else
        look_at_address(doctor, duo->listen, "[duo] listen is not ADDRESS:PORT in numbers");
}

/* bus -- see bus.h. */
#include "gateway/bus.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

bool bus_listen(nng_socket socket, const struct gateway *gateway, const char *name,
                struct fault *fault)
{
    char url[128];

    if (!config_socket(&gateway->config, &gateway->home, name, url, fault))
        return false;
    const char *path = url + strlen("ipc://");
    if (unlink(path) != 0 && errno != ENOENT)
        return fault_set_errno(fault, FAULT_IO, path, errno);
    int result = nng_listen(socket, url, NULL, 0); /* main() set umask 077 */
    return result == 0 || fault_set(fault, FAULT_IO, "%s: %s", path, nng_strerror(result));
}

bool bus_admits(nng_pipe pipe, uint64_t *uid)
{
    return nng_pipe_get_uint64(pipe, NNG_OPT_IPC_PEER_UID, uid) == 0
           && (*uid == 0 || *uid == geteuid());
}

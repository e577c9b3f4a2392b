/* daemon -- see daemon.h. */
#include "tools/cli/daemon.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/config.h"
#include "gateway/home.h"
#include "tools/cli/output.h"

/* Who may not enter the home (gateway/rollen.h) names the folder of its sockets instead. */
static bool is_sockets(const char *folder, char url[128])
{
    struct stat status;
    int size = snprintf(url, 128, "ipc://%s/control.sock", folder);

    return size < 128 && stat(url + strlen("ipc://"), &status) == 0
           && S_ISSOCK(status.st_mode);
}

bool daemon_open(const struct cli *cli, struct client **client, struct fault *fault)
{
    struct home home;
    struct config config;
    char url[128];

    if (is_sockets(cli->home, url))
        return client_connect(url, cli->home, client, fault);
    return home_open(cli->home, &home, fault) && config_load(&home, &config, fault)
           && config_socket(&config, &home, "control", url, fault)
           && client_connect(url, home.path, client, fault);
}

bool daemon_ask(const struct cli *cli, const char *name, json_t *arguments, int seconds,
                json_t **result, struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *taken = arguments;

    return daemon_open(cli, &client, fault)
           && client_ask(client, name, json_incref(taken), seconds, result, fault);
}

void daemon_reload(const struct cli *cli)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *result = NULL;
    struct fault fault = { 0 };

    if (!daemon_open(cli, &client, &fault))
        return;
    if (client_ask(client, "reload", NULL, CLIENT_SOON, &result, &fault)) {
        fputs("the running daemon has read it\n", stderr);
        return;
    }
    fputs("the running daemon could not read it; restart it: ", stderr);
    output_print(stderr, fault.text);
    fputc('\n', stderr);
}

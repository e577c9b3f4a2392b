/* duosim -- stands in for DUO: the program around sim.h. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "gateway/deliver.h"
#include "gateway/log.h"
#include "peers/file.h"
#include "tools/duosim/sim.h"
#include "tools/duosim/sim_command.h"
#include "tools/duosim/sim_socket.h"

#define PEM_MAX 65536

static const char USAGE[] =
    "usage: duosim init DIR --oin OIN --listen ADDRESS:PORT --certificate PEM --key PEM\n"
    "                   [--anchor PEM]... [--crl PEM]... [--gemeente CODE,OIN,URL]...\n"
    "                   [--retry-ms N] [--toegang-vanaf dagtekening|registratie]\n"
    "       duosim run DIR\n"
    "       duosim say DIR < COMMANDS\n"
    "\n"
    "Stands in for DUO: its 38 operations over HTTPS with certificates on both sides, its\n"
    "rules, and notifications to municipalities. All people in it are invented; for tests "
    "and\n"
    "demonstrations only.\n"
    "\n"
    "init   makes DIR: duosim.ini, certificate, key and trust (anchors with their CRLs, of "
    "who\n"
    "       issues the municipalities' certificates); URL is where a municipality takes\n"
    "       notifications, without /v1/notificaties\n"
    "run    serves until SIGINT or SIGTERM; DIR/state.json is what it knows\n"
    "say    each line of standard input is a command, so that no BSN is in an argument\n"
    "\n"
    "The same report again under the same berichtId gets the same answer and is done once: a\n"
    "kindness of this program, of DUO we do not know. A key is made with openssl:\n"
    "\n"
    "  demo-pki init pki-duo --name 'Root DUO (demo)' --key ec\n"
    "  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout key.pem "
    "\\\n"
    "      -subj /O=DUO/CN=localhost/serialNumber=00000004000000044000 -out duo.csr\n"
    "  demo-pki issue pki-duo duo.csr --purpose tls-server --out duo.pem --san IP:127.0.0.1\n"
    "  duosim init duo --oin 00000004000000044000 --listen 127.0.0.1:9443 \\\n"
    "      --certificate duo.pem --key key.pem --anchor pki-almelo/root.pem \\\n"
    "      --crl pki-almelo/crl.pem \\\n"
    "      --gemeente 0141,00000001002220647000,https://127.0.0.1:9444\n"
    "  duosim run duo &\n"
    "  duosim say duo <<END\n"
    "  sample 999990019 0344 2024-01-10 B\n"
    "  move 999990019 0141 2026-03-01\n"
    "  wait\n"
    "  END\n"
    "\n"
    "Commands:\n";

static const char EXIT[] = "\nexit: 0 done, 1 a command was refused, 64 usage, 69 it does not "
                           "run, 78 settings\n";

struct order {
    struct sim_settings settings;
    const char *certificate, *key;
    const char *anchors[SIM_GEMEENTEN_MAX], *crls[SIM_GEMEENTEN_MAX];
    size_t anchor_count, crl_count;
};

/* --- init ----------------------------------------------------------------------------- */

static const struct option OPTIONS[] = {
    { "oin", required_argument, NULL, 'o' },
    { "listen", required_argument, NULL, 'l' },
    { "certificate", required_argument, NULL, 'c' },
    { "key", required_argument, NULL, 'k' },
    { "anchor", required_argument, NULL, 'a' },
    { "crl", required_argument, NULL, 'r' },
    { "gemeente", required_argument, NULL, 'g' },
    { "retry-ms", required_argument, NULL, 'm' },
    { "toegang-vanaf", required_argument, NULL, 't' },
    { NULL, 0, NULL, 0 },
};

static bool put_text(char *place, size_t size, const char *text, struct fault *fault)
{
    return snprintf(place, size, "%s", text) < (int)size
           || fault_set(fault, FAULT_USAGE, "%.60s is too long", text);
}

/* CODE,OIN,URL; the settings check each when they are written and read. */
static bool add_gemeente(struct sim_settings *settings, const char *text, struct fault *fault)
{
    const char *oin = strchr(text, ','), *url = oin ? strchr(oin + 1, ',') : NULL;
    struct sim_gemeente *gemeente = &settings->gemeenten[settings->count];

    if (!url || oin - text != SIM_CODE_SIZE - 1 || url - oin != OIN_SIZE
        || settings->count == SIM_GEMEENTEN_MAX)
        return fault_set(fault, FAULT_USAGE, "--gemeente is CODE,OIN,URL");
    settings->count++;
    memcpy(gemeente->code, text, SIM_CODE_SIZE - 1);
    memcpy(gemeente->oin, oin + 1, OIN_SIZE - 1);
    return put_text(gemeente->url, sizeof(gemeente->url), url + 1, fault);
}

static bool add_file(const char **files, size_t *count, struct fault *fault)
{
    if (*count == SIM_GEMEENTEN_MAX)
        return fault_set(fault, FAULT_USAGE, "too many anchors or CRLs");
    files[(*count)++] = optarg;
    return true;
}

static bool read_option(int option, struct order *order, struct fault *fault)
{
    struct sim_settings *settings = &order->settings;

    switch (option) {
    case 'o':
        return put_text(settings->oin, sizeof(settings->oin), optarg, fault);
    case 'l':
        return put_text(settings->listen, sizeof(settings->listen), optarg, fault);
    case 'c':
        order->certificate = optarg;
        return true;
    case 'k':
        order->key = optarg;
        return true;
    case 'a':
        return add_file(order->anchors, &order->anchor_count, fault);
    case 'r':
        return add_file(order->crls, &order->crl_count, fault);
    case 'g':
        return add_gemeente(settings, optarg, fault);
    case 'm':
        settings->retry_ms = (int)strtol(optarg, NULL, 10);
        return true;
    case 't':
        settings->vanaf_registratie = strcmp(optarg, "registratie") == 0;
        return true;
    default:
        return fault_set(fault, FAULT_USAGE, "an option is unknown or misses its value");
    }
}

static bool copy(const char *from, const struct sim_settings *settings, const char *name,
                 struct fault *fault)
{
    SCOPED_BUF struct buf pem = { 0 };
    char path[PATH_MAX];

    return file_read(from, PEM_MAX, &pem, fault)
           && file_write(sim_settings_path(settings, name, path), 0600, pem.data, pem.size,
                         fault);
}

static bool copy_all(const char *const *files, size_t count, const char *kind,
                     const struct sim_settings *settings, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        SCOPED_BUF struct buf name = { 0 };
        buf_addf(&name, "trust/%s/%zu.pem", kind, i + 1);
        if (!copy(files[i], settings, buf_text(&name), fault))
            return false;
    }
    return true;
}

static bool make(int argc, char **argv, struct sim_settings *settings, struct fault *fault)
{
    struct order order = { .settings = *settings };
    int option;

    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
        if (!read_option(option, &order, fault))
            return false;
    if (optind < argc)
        return fault_set(fault, FAULT_USAGE, "too many words");
    if (!order.certificate || !order.key)
        return fault_set(fault, FAULT_USAGE, "--certificate and --key are needed");
    return sim_settings_write(&order.settings, fault)
           && sim_settings_read(order.settings.folder, settings, fault)
           && copy(order.certificate, settings, "certificate.pem", fault)
           && copy(order.key, settings, "key.pem", fault)
           && copy_all(order.anchors, order.anchor_count, "anchors", settings, fault)
           && copy_all(order.crls, order.crl_count, "crls", settings, fault);
}

/* --- run, say ------------------------------------------------------------------------- */

static bool run(int argc, char **argv, struct sim_settings *settings, struct fault *fault)
{
    struct sim *sim = NULL;
    struct sim_socket *commands = NULL;
    sigset_t stop;
    int signal_number;

    (void)argv;
    if (argc > 1)
        return fault_set(fault, FAULT_USAGE, "run takes DIR alone");
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    deliver_install();
    if (!sim_settings_read(settings->folder, settings, fault)
        || !sim_start(settings, &sim, fault))
        return false;
    bool good = sim_socket_start(sim, settings, &commands, fault);
    if (good) {
        log_info("duosim listens on port %d", sim_port(sim));
        sigwait(&stop, &signal_number);
    }
    sim_socket_stop(commands);
    sim_stop(sim);
    return good;
}

static bool say(int argc, char **argv, struct sim_settings *settings, struct fault *fault)
{
    (void)argv;
    if (argc > 1)
        return fault_set(fault, FAULT_USAGE, "commands come on standard input");
    return sim_socket_say(settings, stdin, stdout, fault);
}

static const struct {
    const char *name;
    bool (*run)(int argc, char **argv, struct sim_settings *settings, struct fault *fault);
} VERBS[] = { { "init", make }, { "run", run }, { "say", say } };

static bool help(void)
{
    SCOPED_BUF struct buf text = { 0 };

    sim_command_help(&text);
    return printf("%s%s%s", USAGE, buf_text(&text), EXIT) > 0 && fflush(stdout) == 0;
}

static bool dispatch(int argc, char **argv, struct fault *fault)
{
    struct sim_settings settings = { 0 };

    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return help() || fault_set_errno(fault, FAULT_IO, "standard output", errno);
    if (argc < 3)
        return fault_set(fault, FAULT_USAGE, "a verb and a folder are needed");
    if (!put_text(settings.folder, sizeof(settings.folder), argv[2], fault))
        return false;
    for (size_t i = 0; i < sizeof(VERBS) / sizeof(VERBS[0]); i++)
        if (strcmp(VERBS[i].name, argv[1]) == 0)
            return VERBS[i].run(argc - 2, argv + 2, &settings, fault);
    return fault_set(fault, FAULT_USAGE, "%.40s is not init, run or say", argv[1]);
}

int main(int argc, char **argv)
{
    struct fault fault = { 0 };

    mem_install();
    opterr = 0;
    if (dispatch(argc, argv, &fault))
        return 0;
    (void)fprintf(stderr, "duosim: %s\n", fault.text);
    if (fault.code == FAULT_USAGE)
        (void)fputs("See duosim --help.\n", stderr);
    return fault_exit_code(&fault);
}

/* estafetted -- the daemon of one home.
 *
 * First of all the helper process is forked (helper.h), before there is anything to keep from
 * it. Order of starting, and of locking where a thread holds two: home, keys, trust, store,
 * registry, events, workers, the mover's bell, listeners, couriers, mover, alarms, control.
 * Stopping is starting upside down: first nobody new is served (control, listeners), then what
 * runs is finished (mover, couriers, workers), and the store closes last, so that everything
 * that was done is written (the table is in gateway.c).
 *
 * Locks are leaves: no thread holds one while it waits for the store or for another lock.
 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "gateway/deliver.h"
#include "gateway/gateway.h"
#include "gateway/helper.h"
#include "gateway/listen.h"
#include "gateway/log.h"
#include "gateway/version.h"

#define TEND_SECONDS 5

static const char USAGE[] =
    "usage: estafetted -C HOME [-n]\n"
    "\n"
    "Runs the gateway of the home in the foreground until SIGTERM or SIGINT.\n"
    "\n"
    "  -C, --home HOME   the home (else $ESTAFETTE_HOME, else /var/lib/estafette)\n"
    "  -n, --check       check configuration, keys, certificates, trust and database, then "
    "stop\n"
    "  -V, --version     print the version\n"
    "  -h, --help        this text\n"
    "\n"
    "Examples:\n"
    "  estafetted -C /var/lib/estafette -n\n"
    "  estafetted -C /var/lib/estafette\n"
    "\n"
    "Make a home with: estafette -C HOME init --help\n"
    "Exit: 0 stopped on request, 64 usage, 74 disk or database, 78 configuration.\n";

/* --- the process --------------------------------------------------------------------- */

/* What libraries might read from the environment ($SSLKEYLOGFILE, proxies, OPENSSL_CONF) is
 * not ours to obey; what systemd hands over is. */
static void clean_environment(void)
{
    static const char *const KEEP[] = {
        "NOTIFY_SOCKET", "WATCHDOG_USEC",  "WATCHDOG_PID",          "LISTEN_FDS",
        "LISTEN_PID",    "LISTEN_FDNAMES", "CREDENTIALS_DIRECTORY", "TZ"
    };
    char *kept[sizeof(KEEP) / sizeof(KEEP[0])];

    for (size_t i = 0; i < sizeof(KEEP) / sizeof(KEEP[0]); i++) {
        const char *value = getenv(KEEP[i]);
        kept[i] = value ? mem_copy(value) : NULL;
    }
    clearenv();
    for (size_t i = 0; i < sizeof(KEEP) / sizeof(KEEP[0]); i++)
        if (kept[i]) {
            setenv(KEEP[i], kept[i], 1);
            free(kept[i]);
        }
}

static void harden_process(void)
{
    const struct rlimit none = { 0 };

    umask(077);
    (void)setrlimit(RLIMIT_CORE, &none); /* a core would hold dossiers and keys */
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)mallopt(M_ARENA_MAX, 2); /* many threads, little memory */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write that fails */
}

static void install_libraries(void)
{
    mem_install();
    deliver_install();
    xmldoc_install();
    schema_install();
    view_install();
}

/* Milliseconds since this process was started, from the kernel. */
static int64_t since_exec_ms(void)
{
    char line[1024], *rest;
    unsigned long long ticks = 0;
    struct timespec boot;
    FILE *file = fopen("/proc/self/stat", "re");

    if (!file)
        return 0;
    size_t got = fread(line, 1, sizeof(line) - 1, file);
    fclose(file);
    line[got] = '\0';
    rest = strrchr(line, ')'); /* field 2 may hold anything; starttime is field 22 */
    for (int field = 2; rest && field < 22; field++)
        rest = strchr(rest + 1, ' ');
    if (!rest)
        return 0;
    ticks = strtoull(rest + 1, NULL, 10);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return (int64_t)boot.tv_sec * 1000 + boot.tv_nsec / 1000000
           - (int64_t)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

/* --- run ----------------------------------------------------------------------------- */

static int fail(const struct fault *fault)
{
    fprintf(stderr, "estafetted: %s\n  what to do: %s\n", fault->text, fault_action(fault));
    return fault_exit_code(fault);
}

/* Blocked in every thread (called before the first is made, and before anything takes time, so
 * that a stop during the start is an orderly one too), fetched by sigwait(). */
static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

static void reload(struct gateway *gateway)
{
    struct fault fault = { 0 };

    if (gateway_reload(gateway, &fault)) /* else it said why */
        log_info("read anew: trust, peers, [log] level = %s", log_level());
}

static void wait_for_stop(struct gateway *gateway, const sigset_t *signals)
{
    const struct timespec between = { .tv_sec = TEND_SECONDS };
    int signal;

    while ((signal = sigtimedwait(signals, NULL, &between)) == SIGHUP || signal < 0)
        if (signal == SIGHUP)
            reload(gateway);
        else
            gateway_tend(gateway);
    log_info("stopping on signal %d", signal);
}

static int run(struct gateway *gateway, const sigset_t *signals)
{
    struct fault fault = { 0 };
    int status = 0;

    if (gateway_start(gateway, &fault)) {
        gateway->start_ms = since_exec_ms();
        log_info("estafetted %s of %s listens on %s (port %d) after %lld ms", VERSION,
                 gateway->config.oin, gateway->config.address, listen_port(gateway->listener),
                 (long long)gateway->start_ms);
        if (gateway->duo_listener)
            log_info("DUO's notifications are taken on %s (port %d)",
                     gateway->config.duo.listen, listen_port(gateway->duo_listener));
        wait_for_stop(gateway, signals);
    } else {
        status = fail(&fault);
    }
    gateway_stop(gateway);
    view_uninstall();
    schema_uninstall();
    return status;
}

/* Others judge our certificates by their trust, not by ours; but when ours does not hold for
 * them, an anchor or a CRL is missing that the peers' certificates are likely to need as well.
 */
static void warn_of_own_trust(struct gateway *gateway)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(gateway);

    for (int purpose = 0; trust && purpose < PURPOSES; purpose++) {
        struct fault fault = { 0 };
        X509 *certificate = keys_certificate(gateway->keys, (enum purpose)purpose);
        if (!trust_check(trust, certificate, (enum purpose)purpose, clock_now(), &fault))
            fprintf(stderr, "estafetted: warning: our certificate for %s: %s\n",
                    purpose_name((enum purpose)purpose), fault.text);
    }
}

/* A running daemon holds the database: then the rest was checked, which is what an admin who
 * changes the configuration wants to know before a restart. */
static int check(struct gateway *gateway)
{
    struct fault fault = { 0 };
    bool good = gateway_check(gateway, &fault);
    bool runs = !good && fault.code == FAULT_STATE;

    if (good || runs)
        warn_of_own_trust(gateway);
    gateway_stop(gateway);
    view_uninstall();
    schema_uninstall();
    if (!good && !runs)
        return fail(&fault);
    printf("estafetted: configuration, keys, certificates%s are in order%s\n",
           runs ? " and trust" : ", trust and database",
           runs ? "; the database was not looked at: a daemon runs on this home" : "");
    return 0;
}

struct options {
    const char *home;
    bool check;
};

/* -1: go on; else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    static const struct option LONG[] = { { "home", required_argument, NULL, 'C' },
                                          { "check", no_argument, NULL, 'n' },
                                          { "version", no_argument, NULL, 'V' },
                                          { "help", no_argument, NULL, 'h' },
                                          { 0 } };
    int option;

    while ((option = getopt_long(argc, argv, "C:nVh", LONG, NULL)) != -1) {
        if (option == 'C')
            options->home = optarg;
        else if (option == 'n')
            options->check = true;
        else if (option == 'V')
            return printf("estafetted %s\n", VERSION) < 0;
        else if (option == 'h')
            return fputs(USAGE, stdout) < 0;
        else
            return fputs(USAGE, stderr), 64;
    }
    if (optind < argc)
        return fputs(USAGE, stderr), 64;
    return -1;
}

int main(int argc, char **argv)
{
    const char *from_environment = getenv("ESTAFETTE_HOME");
    SCOPED_MEM char *fallback =
        mem_copy(from_environment ? from_environment : "/var/lib/estafette");
    struct options options = { .home = fallback };
    struct gateway gateway = { 0 };
    struct helper *helper = NULL;
    struct fault fault = { 0 };
    sigset_t signals;
    int status = read_options(argc, argv, &options);

    if (status >= 0)
        return status;
    block_signals(&signals);
    clean_environment();
    harden_process();
    if (!options.check && !helper_start(&helper, &fault))
        return fail(&fault);
    install_libraries();
    gateway_init(&gateway);
    gateway.helper = helper;
    if (!home_open(options.home, &gateway.home, &fault))
        status = fail(&fault);
    else
        status = options.check ? check(&gateway) : run(&gateway, &signals);
    helper_stop(helper);
    return status;
}

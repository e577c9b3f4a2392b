/* doctor -- what is wrong here, one line each, and what to do about it.
 *
 * The checks are gateway/doctor.h. What concerns the home is looked at in this process; the
 * store and the peers by the daemon when it runs (a request for the store, then one per peer),
 * else here too.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codecs/base/mem.h"
#include "gateway/deliver.h"
#include "gateway/describe.h"
#include "gateway/doctor.h"
#include "tools/cli/cli.h"
#include "tools/cli/client.h"
#include "tools/cli/output.h"

#define TURN_TRIES 120 /* for another doctor to be done with a peer */
#define TURN_PAUSE_NS 250000000L

struct round {
    const struct cli *cli;
    const char *gemeente; /* NULL: all peers */
    struct doctor doctor;
    struct gateway gateway; /* what this process could read of the home */
    json_t *checks;
    int count[DOCTOR_VERDICTS];
    int peers, seen; /* for who waits */
};

/* --- findings -------------------------------------------------------------------------- */

static void print_finding(const json_t *finding)
{
    SCOPED_BUF struct buf line = { 0 };
    const char *subject = output_text(finding, "subject");
    const char *action = output_text(finding, "action");

    buf_addf(&line, "%-4s  %-19s  %s%s%s", output_text(finding, "verdict"),
             output_text(finding, "id"), subject, subject[0] ? ": " : "",
             output_text(finding, "why"));
    if (action[0])
        buf_addf(&line, "  -> %s", action);
    cli_print_text(buf_text(&line));
    putchar('\n');
    fflush(stdout); /* the next one may take a while */
}

/* Takes the finding over. */
static void keep(struct round *round, json_t *finding)
{
    const char *verdict = output_text(finding, "verdict");

    for (int i = 0; i < DOCTOR_VERDICTS; i++)
        round->count[i] += strcmp(verdict, doctor_verdict_name((enum doctor_verdict)i)) == 0;
    if (!round->cli->json)
        print_finding(finding);
    json_array_append_new(round->checks, finding);
}

static void hear(void *context, const struct doctor_finding *finding)
{
    keep(context, describe_finding(finding));
}

static void keep_all(struct round *round, const json_t *answer)
{
    size_t i;
    json_t *finding;

    json_array_foreach (json_object_get(answer, "checks"), i, finding)
        keep(round, json_incref(finding));
}

static void keep_fault(struct round *round, const char *id, const char *subject,
                       const struct fault *fault)
{
    const struct doctor_finding finding = { id, DOCTOR_FAIL, subject, fault->text,
                                            fault_action(fault) };

    hear(round, &finding);
}

static void tell_progress(struct round *round, const char *naam)
{
    round->seen++;
    if (round->cli->json)
        return;
    fputs("examining ", stderr);
    output_print(stderr, naam);
    fprintf(stderr, " (%d of %d)\n", round->seen, round->peers);
}

/* --- by the daemon --------------------------------------------------------------------- */

static bool ask_in_turn(struct client *client, const char *oin, json_t **answer,
                        struct fault *fault)
{
    const struct timespec pause = { .tv_nsec = TURN_PAUSE_NS };

    for (int i = 0; i < TURN_TRIES; i++) {
        if (client_ask(client, "doctor", json_pack("{s:s}", "gemeente", oin), CLIENT_SOON,
                       answer, fault))
            return true;
        if (fault->code != FAULT_TEMPORARY)
            return false;
        nanosleep(&pause, NULL);
    }
    return false;
}

/* False: there is nobody left to ask. */
static bool ask_for_peer(struct round *round, struct client *client, const char *gemeente)
{
    json_auto_t *answer = NULL;
    struct fault fault = { 0 };

    if (ask_in_turn(client, gemeente, &answer, &fault))
        keep_all(round, answer);
    else if (fault.code == FAULT_UNKNOWN)
        keep_fault(round, "peer.state", gemeente, &fault);
    else
        keep_fault(round, "daemon.answers", gemeente, &fault);
    return fault.code != FAULT_DAEMON;
}

static void ask_for_peers(struct round *round, struct client *client, const json_t *peers)
{
    size_t i;
    json_t *peer;

    round->peers = (int)json_array_size(peers);
    json_array_foreach (peers, i, peer) {
        tell_progress(round, output_text(peer, "naam"));
        if (ask_for_peer(round, client, output_text(peer, "oin")))
            continue;
        doctor_pass_over(&round->doctor, DOCTOR_PEER, "see daemon.answers");
        return;
    }
}

static bool by_daemon(struct round *round, struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *answer = NULL;
    struct gateway *gateway = &round->gateway;
    char url[128];

    if (!config_socket(&gateway->config, &gateway->home, "control", url, fault)
        || !client_connect(url, gateway->home.path, &client, fault)
        || !client_ask(client, "doctor", NULL, CLIENT_LATER, &answer, fault))
        return false;
    keep_all(round, answer);
    if (round->gemeente)
        (void)ask_for_peer(round, client, round->gemeente);
    else
        ask_for_peers(round, client, json_object_get(answer, "peers"));
    return true;
}

static void ask_daemon(struct round *round)
{
    static const char WHY[] = "see daemon.answers";
    struct fault fault = { 0 };

    if (by_daemon(round, &fault))
        return;
    keep_fault(round, "daemon.answers", "", &fault);
    doctor_pass_over(&round->doctor, DOCTOR_DAEMON, WHY);
    doctor_pass_over(&round->doctor, DOCTOR_STORE, WHY);
    doctor_pass_over(&round->doctor, DOCTOR_PEER, WHY);
}

/* --- here ------------------------------------------------------------------------------ */

static void count_peer(void *context, const struct peer *peer)
{
    struct round *round = context;

    (void)peer;
    round->peers++;
}

static void examine(void *context, const struct peer *peer)
{
    struct round *round = context;

    tell_progress(round, peer->card.naam);
    doctor_examine(&round->doctor, peer);
}

static void examine_one(struct round *round)
{
    SCOPED_PEER struct peer *peer = NULL;
    struct fault fault = { 0 };

    if (registry_find(round->gateway.registry, round->gemeente, &peer, &fault))
        doctor_examine(&round->doctor, peer);
    else
        keep_fault(round, "peer.state", round->gemeente, &fault);
}

static void look_here(struct round *round)
{
    struct registry *registry = round->gateway.registry;

    doctor_run(&round->doctor, DOCTOR_DAEMON);
    doctor_run(&round->doctor, DOCTOR_STORE);
    if (round->gemeente) {
        examine_one(round);
        return;
    }
    registry_list(registry, count_peer, round);
    registry_list(registry, examine, round);
}

/* --- the command ----------------------------------------------------------------------- */

static bool look(struct round *round, struct fault *fault)
{
    if (!doctor_visit(&round->doctor, round->cli->home, &round->gateway, hear, round, fault))
        return false;
    doctor_run(&round->doctor, DOCTOR_HOME);
    if (round->doctor.daemon)
        ask_daemon(round);
    else
        look_here(round);
    doctor_leave(&round->doctor);
    return true;
}

static bool conclude(const struct round *round, struct fault *fault)
{
    int ok = round->count[DOCTOR_OK], warn = round->count[DOCTOR_WARN];
    int failed = round->count[DOCTOR_FAIL];

    if (round->cli->json) {
        json_auto_t *report = json_pack("{s:O, s:i, s:i, s:i}", "checks", round->checks, "ok",
                                        ok, "warn", warn, "fail", failed);
        cli_print_json(report);
    } else {
        fprintf(stderr, "%d OK, %d WARN, %d FAIL\n", ok, warn, failed);
    }
    if (failed == 0)
        return true;
    fault_set(fault, FAULT_NEGATIVE, "%d of %d checks failed", failed, ok + warn + failed);
    return fault_advise(fault, "from top to bottom, what stands behind each arrow; then look "
                               "again");
}

static bool doctor(const struct cli *cli, const struct arguments *arguments,
                   struct fault *fault)
{
    struct round round = { .cli = cli, .gemeente = argument(arguments, 0) };

    signal(SIGPIPE, SIG_IGN);
    unsetenv("SSLKEYLOGFILE"); /* libcurl would obey it */
    deliver_install();
    gateway_init(&round.gateway);
    round.checks = json_array();
    bool good = look(&round, fault) && conclude(&round, fault);
    gateway_stop(&round.gateway);
    json_decref(round.checks);
    return good;
}

static const struct verb VERBS[] = {
    { "", "[GEMEENTE]",
      "Everything that can be wrong with this home and its peers (or that one peer), one "
      "line\n"
      "each: OK, WARN or FAIL, the id of the check, why, and behind the arrow what to do.\n"
      "Peers are really pinged. Nothing is changed; it works with and without the daemon.\n"
      "Exit status 0 when nothing fails (warnings are allowed), 1 when something does.",
      "  estafette doctor\n"
      "  estafette doctor | grep -v ^OK\n"
      "  estafette doctor Utrecht\n"
      "  estafette --json doctor | jq -r '.checks[] | select(.verdict == \"FAIL\") | .id'\n",
      NULL, 0, 1, doctor },
    { 0 },
};

const struct command CMD_DOCTOR = { "doctor", "what is wrong here, and what to do about it",
                                    VERBS };

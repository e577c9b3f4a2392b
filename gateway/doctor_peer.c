/* doctor_peer -- one peer: what we hold of it, and how far a real ping comes.
 *
 * There is one exchange, the same as any message has; each check tells of one step of it. The
 * ping changes nothing: a proposed peer stays proposed, and nobody's clock is touched.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/doctor.h"

#define PING_PATIENCE 8 /* seconds; a connection takes less, or is not worth waiting for */
#define SLACK (5 * 60L)

static const char *naam_of(const struct doctor *doctor)
{
    return doctor->peer->card.naam;
}

/* --- what we hold ---------------------------------------------------------------------- */

void doctor_peer_state(struct doctor *doctor)
{
    switch (doctor->peer->state) {
    case PEER_ACTIEF:
        doctor_ok(doctor, naam_of(doctor), "actief");
        break;
    case PEER_VOORGESTELD:
        doctor_warn(doctor, naam_of(doctor), "estafette peer ping, which makes it actief here",
                    "voorgesteld: nothing but a ping is exchanged with it");
        break;
    default:
        doctor_warn(doctor, naam_of(doctor),
                    "estafette peer activate, when the reason is gone",
                    "%s: nothing is exchanged with it, messages to it wait",
                    peer_state_name(doctor->peer->state));
    }
}

void doctor_peer_card(struct doctor *doctor)
{
    static const char ACTION[] = "ask for their new card: estafette peer add FILE";
    const struct card *card = &doctor->peer->card;

    if (doctor->config_fault.code == FAULT_NONE
        && card->omgeving != doctor->gateway->config.omgeving)
        doctor_fail(
            doctor, card->naam,
            "estafette peer suspend and remove it: test and production are never mixed",
            "the card is of omgeving %s, this home is %s", omgeving_name(card->omgeving),
            omgeving_name(doctor->gateway->config.omgeving));
    else if (clock_now() < card->geldig_van)
        doctor_fail(doctor, card->naam, "look at the clock; else wait for it",
                    "the card is not yet valid");
    else
        doctor_days(doctor, card->naam, card->geldig_tot, ACTION);
}

typedef bool each_certificate(struct doctor *doctor, enum purpose purpose, X509 *certificate);

/* False as soon as one is false. */
static bool all_certificates(struct doctor *doctor, each_certificate *look)
{
    const struct card *card = &doctor->peer->card;

    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (int i = 0; i < sk_X509_num(card->certificates[purpose]); i++)
            if (!look(doctor, (enum purpose)purpose,
                      sk_X509_value(card->certificates[purpose], i)))
                return false;
    return true;
}

static bool ends_after_the_card(struct doctor *doctor, enum purpose purpose, X509 *certificate)
{
    char subject[PEER_NAAM_MAX + 40];
    time_t until = certificate_not_after(certificate);

    if (until >= doctor->peer->card.geldig_tot && until > clock_now() + 30 * 86400L)
        return true;
    snprintf(subject, sizeof(subject), "%s %s", naam_of(doctor), purpose_name(purpose));
    doctor_days(doctor, subject, until, "ask for their new card: estafette peer add FILE");
    return true;
}

void doctor_peer_days(struct doctor *doctor)
{
    (void)all_certificates(doctor, ends_after_the_card);
    if (doctor->said == 0)
        doctor_ok(doctor, naam_of(doctor), "none ends before the card");
}

static bool chains(struct doctor *doctor, enum purpose purpose, X509 *certificate)
{
    struct fault fault = { 0 };

    if (trust_check(doctor->trust, certificate, purpose, clock_now(), &fault))
        return true;
    doctor_fault(doctor, DOCTOR_FAIL, naam_of(doctor), &fault);
    return false; /* the others would say the same */
}

void doctor_peer_chain(struct doctor *doctor)
{
    if (!doctor->trust)
        doctor_skip(doctor, naam_of(doctor), "see trust.files");
    else if (all_certificates(doctor, chains))
        doctor_ok(doctor, naam_of(doctor), "all end at an anchor of ours");
}

/* --- how far a ping comes --------------------------------------------------------------- */

static const char *hindrance(struct doctor *doctor)
{
    struct fault fault = { 0 };

    if (!doctor->trust)
        return "see trust.files";
    if (!doctor->gateway->keys)
        return "our own keys and certificates are not in order, see key.* and certificate.*";
    if (!peer_may(doctor->peer, SOORT_PING, clock_now(), &fault))
        return "see peer.state and peer.card";
    return NULL;
}

static void ping_once(struct doctor *doctor)
{
    if (doctor->pinged)
        return;
    doctor->pinged = true;
    doctor->ping_fault = (struct fault){ 0 };
    if (ping_send(doctor->gateway, doctor->peer, PING_PATIENCE, &doctor->ping,
                  &doctor->ping_fault))
        doctor->ping_fault.code = FAULT_NONE;
}

/* Was the step before it reached, so that this one has something to say? */
static bool came_to(struct doctor *doctor, enum deliver_step before)
{
    const char *why = hindrance(doctor);

    if (!why) {
        ping_once(doctor);
        if (doctor->ping.reached >= before)
            return true;
        why = "an earlier step failed";
    }
    doctor_skip(doctor, naam_of(doctor), why);
    return false;
}

static void tell_step(struct doctor *doctor, enum deliver_step step, const char *good,
                      const char *action)
{
    if (!came_to(doctor, step - 1))
        return;
    if (doctor->ping.reached >= step)
        doctor_ok(doctor, naam_of(doctor), "%s", good);
    else
        doctor_fail(doctor, naam_of(doctor), action, "%s", doctor->ping_fault.text);
}

void doctor_peer_name(struct doctor *doctor)
{
    tell_step(doctor, DELIVER_NAMED, "the host has an address",
              "check this machine's DNS (getent hosts NAME); else ask for their new card");
}

void doctor_peer_connect(struct doctor *doctor)
{
    tell_step(doctor, DELIVER_CONNECTED, "somebody answers",
              "theirs to start, or a firewall between: ours must let us out, theirs must let "
              "us in");
}

void doctor_peer_tls(struct doctor *doctor)
{
    tell_step(doctor, DELIVER_SPOKEN, "speaks TLS",
              "ask what stands between: it is no gateway, or a proxy that reads along");
}

void doctor_peer_server(struct doctor *doctor)
{
    bool chain = doctor->ping_fault.code == FAULT_UNREACHABLE;

    tell_step(doctor, DELIVER_RECOGNISED, "shows a certificate that is on its card",
              chain ? "see peer.chain: an anchor or a CRL is missing here"
                    : "they have a new certificate: ask for their new card, compare its "
                      "fingerprint by telephone, estafette peer add FILE");
}

static bool knows_us(const struct doctor *doctor)
{
    return doctor->ping.reached >= DELIVER_ANSWERED && doctor->ping.status / 100 != 4;
}

void doctor_peer_known(struct doctor *doctor)
{
    static const char ACTION[] = "give them our present card (estafette peer card) and our "
                                 "anchor; their log says `refused` and why";

    if (!came_to(doctor, DELIVER_RECOGNISED))
        return;
    if (knows_us(doctor))
        doctor_ok(doctor, naam_of(doctor), "accepts our certificate");
    else if (doctor->ping.reached >= DELIVER_ANSWERED)
        doctor_fail(doctor, naam_of(doctor), ACTION,
                    "does not recognise us, or has suspended us (HTTP %d)",
                    doctor->ping.status);
    else
        doctor_fail(doctor, naam_of(doctor), ACTION, "%s", doctor->ping_fault.text);
}

void doctor_peer_ping(struct doctor *doctor)
{
    if (!came_to(doctor, DELIVER_ANSWERED))
        return;
    if (!knows_us(doctor))
        doctor_skip(doctor, naam_of(doctor), "an earlier step failed");
    else if (doctor->ping_fault.code == FAULT_NONE)
        doctor_ok(doctor, naam_of(doctor), "a valid receipt after %lld ms",
                  (long long)doctor->ping.milliseconds);
    else
        doctor_fault(doctor, DOCTOR_FAIL, naam_of(doctor), &doctor->ping_fault);
}

void doctor_peer_clock(struct doctor *doctor)
{
    if (!came_to(doctor, DELIVER_ANSWERED))
        return;
    long ahead = doctor->ping.tijd - clock_now();
    if (!doctor->ping.tijd)
        doctor_skip(doctor, naam_of(doctor), "there is no receipt");
    else if (labs(ahead) > SLACK)
        doctor_warn(doctor, naam_of(doctor),
                    "compare both clocks with a third (timedatectl); tell their administrator",
                    "its clock is %ld minutes %s ours", labs(ahead) / 60,
                    ahead > 0 ? "ahead of" : "behind");
    else
        doctor_ok(doctor, naam_of(doctor), "agrees with ours");
}

/* doctor_duo_trust -- by what DUO is known: HOME/duo-trust, apart from the trust for peers. */
#include <limits.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/doctor.h"

#define ADD "estafette trust add FILE --duo"
#define CRL "estafette trust crl FILE --duo"

/* NULL after saying why there is nothing to look at. */
static struct trust *read_trust(struct doctor *doctor)
{
    struct gateway *gateway = doctor->gateway;
    struct trust *trust = NULL;
    struct fault fault = { 0 };
    char path[PATH_MAX];

    if (doctor->config_fault.code != FAULT_NONE)
        doctor_skip(doctor, "", "see config.file");
    else if (!gateway->config.duo.oin[0])
        doctor_ok(doctor, "", "DUO is not used: [duo] oin is empty");
    else if (!trust_load(home_path(&gateway->home, "duo-trust", path), &trust, &fault))
        doctor_fail(doctor, "", fault_action(&fault), "duo-%s", fault.text);
    return trust;
}

/* --- anchors --------------------------------------------------------------------------- */

struct look {
    struct doctor *doctor;
    const struct trust *trust;
    const struct trust_item *authority, *crl; /* the CRL of it that lasts longest */
    int anchors;
};

static void look_at_authority(void *context, const struct trust_item *item)
{
    struct look *look = context;

    if (strcmp(item->kind, "crl") != 0)
        doctor_days(look->doctor, item->subject, item->until,
                    "ask DUO for what comes after it: " ADD);
    look->anchors += strcmp(item->kind, "anchor") == 0;
}

void doctor_duo_trust_anchor(struct doctor *doctor)
{
    SCOPED_TRUST struct trust *trust = read_trust(doctor);
    struct look look = { .doctor = doctor };

    if (!trust)
        return;
    trust_list(trust, look_at_authority, &look);
    if (look.anchors == 0)
        doctor_fail(doctor, "", ADD ", with the root that DUO's certificates are under",
                    "there is no anchor: DUO is not trusted, nor can it notify");
}

/* --- CRLs ------------------------------------------------------------------------------ */

static void find_crl(void *context, const struct trust_item *item)
{
    struct look *look = context;

    if (strcmp(item->kind, "crl") == 0 && strcmp(item->subject, look->authority->subject) == 0
        && (!look->crl || item->until > look->crl->until))
        look->crl = item;
}

static void judge_crl(struct doctor *doctor, const struct trust_item *crl)
{
    time_t now = clock_now();

    if (now > crl->until)
        doctor_fail(doctor, crl->subject, CRL "; and let a timer do so from now on",
                    "the CRL is stale since %d hours: traffic with DUO stands still",
                    (int)((now - crl->until) / 3600));
    else if (now - crl->from > (crl->until - crl->from) / 2)
        doctor_warn(doctor, crl->subject, CRL "; and let a timer do so from now on",
                    "the CRL is past half its time: %d hours left",
                    (int)((crl->until - now) / 3600));
    else
        doctor_ok(doctor, crl->subject, "%d hours left", (int)((crl->until - now) / 3600));
}

static void look_for_crl(void *context, const struct trust_item *item)
{
    struct look *look = context;

    if (strcmp(item->kind, "crl") == 0)
        return;
    look->authority = item;
    look->crl = NULL;
    trust_list(look->trust, find_crl, look);
    if (look->crl)
        judge_crl(look->doctor, look->crl);
    else
        doctor_fail(look->doctor, item->subject, "fetch it from the authority: " CRL,
                    "there is no CRL of it: DUO is not accepted");
}

void doctor_duo_trust_crl(struct doctor *doctor)
{
    SCOPED_TRUST struct trust *trust = read_trust(doctor);
    struct look look = { .doctor = doctor, .trust = trust };

    if (!trust)
        return;
    trust_list(trust, look_for_crl, &look);
    if (doctor->said == 0)
        doctor_skip(doctor, "", "see duo.trust");
}

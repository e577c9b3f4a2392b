/* doctor_trust -- anchors, intermediates and their CRLs. */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "gateway/clock.h"
#include "gateway/doctor.h"

#define NAME_SIZE 200
#define DEPTH_MAX 4

static bool is_read(struct doctor *doctor)
{
    if (doctor->trust)
        return true;
    doctor_skip(doctor, "", "see trust.files");
    return false;
}

void doctor_trust_files(struct doctor *doctor)
{
    if (doctor->trust)
        doctor_ok(doctor, "", "all read");
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &doctor->trust_fault);
}

/* --- anchors and intermediates --------------------------------------------------------- */

static void count_anchor(void *context, const struct trust_item *item)
{
    int *count = context;

    *count += strcmp(item->kind, "anchor") == 0;
}

void doctor_trust_anchor(struct doctor *doctor)
{
    int count = 0;

    if (!is_read(doctor))
        return;
    trust_list(doctor->trust, count_anchor, &count);
    if (count == 0)
        doctor_fail(doctor, "", "estafette trust add FILE, with the root of your authority",
                    "there is no anchor: nobody is trusted");
    else
        doctor_ok(doctor, "", "%d", count);
}

static void look_at_item(void *context, const struct trust_item *item)
{
    if (strcmp(item->kind, "crl") != 0)
        doctor_days(context, item->subject, item->until,
                    "ask the authority for what comes after it: estafette trust add FILE");
}

void doctor_trust_days(struct doctor *doctor)
{
    if (is_read(doctor))
        trust_list(doctor->trust, look_at_item, doctor);
    if (doctor->said == 0)
        doctor_skip(doctor, "", "see trust.anchor");
}

/* --- CRLs ------------------------------------------------------------------------------ */

typedef void each_authority(struct doctor *doctor, X509 *authority);

static const STACK_OF(X509_OBJECT) * objects_of(const struct doctor *doctor)
{
    return X509_STORE_get0_objects(trust_store(doctor->trust));
}

static void all_authorities(struct doctor *doctor, each_authority *each)
{
    int count = 0;

    if (!is_read(doctor))
        return;
    const STACK_OF(X509_OBJECT) *objects = objects_of(doctor);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509 *authority = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (authority)
            each(doctor, authority);
        count += authority != NULL;
    }
    if (count == 0)
        doctor_skip(doctor, "", "see trust.anchor");
}

static void name_of(X509 *authority, char name[NAME_SIZE])
{
    const X509_NAME *subject = X509_get_subject_name(authority);

    if (X509_NAME_get_text_by_NID(subject, NID_commonName, name, NAME_SIZE) < 1)
        X509_NAME_oneline(subject, name, NAME_SIZE);
}

static bool is_delta(const X509_CRL *crl)
{
    return X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0;
}

static time_t next_update(const X509_CRL *crl)
{
    time_t next;

    return certificate_time(X509_CRL_get0_nextUpdate(crl), &next) ? next : 0;
}

/* The one that lasts longest of this authority's; NULL: there is none. */
static X509_CRL *crl_of(const struct doctor *doctor, X509 *authority)
{
    const STACK_OF(X509_OBJECT) *objects = objects_of(doctor);
    X509_CRL *best = NULL;

    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509_CRL *crl = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, i));
        if (crl && !is_delta(crl)
            && X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(authority)) == 0
            && (!best || next_update(crl) > next_update(best)))
            best = crl;
    }
    return best;
}

static X509 *issuer_of(const struct doctor *doctor, X509 *certificate)
{
    const STACK_OF(X509_OBJECT) *objects = objects_of(doctor);

    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509 *authority = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (authority && X509_check_issued(authority, certificate) == X509_V_OK)
            return authority;
    }
    return NULL;
}

/* Does a certificate of ours end at it, or pass through it? */
static bool is_above_us(const struct doctor *doctor, const X509 *authority)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        X509 *at = doctor->certificate[purpose];
        for (int depth = 0; at && depth < DEPTH_MAX; depth++) {
            at = issuer_of(doctor, at);
            if (at == authority)
                return true;
        }
    }
    return false;
}

static void look_for_crl(struct doctor *doctor, X509 *authority)
{
    static const char ACTION[] = "fetch it from the authority: estafette trust crl FILE";
    char name[NAME_SIZE];
    X509_CRL *crl = crl_of(doctor, authority);

    name_of(authority, name);
    if (!crl && is_above_us(doctor, authority))
        doctor_fail(doctor, name, ACTION,
                    "there is no CRL of it: our own certificates cannot be checked");
    else if (!crl)
        doctor_warn(doctor, name, ACTION,
                    "there is no CRL of it: peers under it are not accepted");
    else if (X509_CRL_verify(crl, X509_get0_pubkey(authority)) != 1)
        doctor_fail(doctor, name, ACTION, "the CRL in its name is not signed by it");
    ERR_clear_error();
}

void doctor_trust_crl(struct doctor *doctor)
{
    all_authorities(doctor, look_for_crl);
    if (doctor->said == 0)
        doctor_ok(doctor, "", "all there");
}

static void look_at_age(struct doctor *doctor, X509 *authority)
{
    static const char ACTION[] = "fetch the present one: estafette trust crl FILE; and let a "
                                 "timer do so from now on";
    char name[NAME_SIZE];
    const X509_CRL *crl = crl_of(doctor, authority);
    time_t now = clock_now(), from = 0, until = crl ? next_update(crl) : 0;

    name_of(authority, name);
    if (!crl)
        doctor_skip(doctor, name, "see trust.crl");
    else if (!certificate_time(X509_CRL_get0_lastUpdate(crl), &from) || !until)
        doctor_warn(doctor, name, ACTION, "the CRL does not say when the next one comes");
    else if (now < from)
        doctor_fail(doctor, name, "look at the clock", "the CRL begins in the future");
    else if (now > until)
        doctor_fail(doctor, name, ACTION,
                    "the CRL is stale since %d hours: the traffic stands still",
                    (int)((now - until) / 3600));
    else if (now - from > (until - from) / 2)
        doctor_warn(doctor, name, ACTION, "the CRL is past half its time: %d hours left",
                    (int)((until - now) / 3600));
    else
        doctor_ok(doctor, name, "%d hours left", (int)((until - now) / 3600));
}

void doctor_trust_age(struct doctor *doctor)
{
    all_authorities(doctor, look_at_age);
}

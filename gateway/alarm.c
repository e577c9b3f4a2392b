/* alarm -- see alarm.h. */
#include "gateway/alarm.h"

#include <ctype.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "codecs/base/mem.h"
#include "codecs/moment.h"
#include "gateway/aflevering.h"
#include "gateway/clock.h"
#include "gateway/events.h"
#include "gateway/gateway.h"
#include "gateway/log.h"

#define ALARMS_MAX 64
#define LOOK_MS 3600000    /* how often everything is looked at */
#define AGAIN_MS 21600000  /* how often the same alarm is logged */
#define DAY_SECONDS 86400L /* of a certificate's last days */

struct alarm {
    char id[ALARM_ID_MAX], text[ALARM_TEXT_MAX];
    bool grave;
    int64_t logged_ms; /* boot time */
};

/* What a look found. */
struct findings {
    struct alarm list[ALARMS_MAX];
    size_t count;
};

struct alarms {
    pthread_mutex_t lock;
    struct findings known;
    int64_t next_ms; /* boot time of the next look */
};

/* --- looking ------------------------------------------------------------------------- */

/* An id stays short and plain, whatever an authority is called: it goes into events. */
__attribute__((format(printf, 5, 6))) static void find(struct findings *findings,
                                                       const char *kind, const char *about,
                                                       bool grave, const char *format, ...)
{
    struct alarm *alarm = &findings->list[findings->count];
    va_list args;

    if (findings->count == ALARMS_MAX)
        return;
    findings->count++;
    *alarm = (struct alarm){ .grave = grave };
    snprintf(alarm->id, sizeof(alarm->id), "%s%s%.48s", kind, *about ? ":" : "", about);
    for (char *at = alarm->id; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr(":=.-", *at))
            *at = '_';
    va_start(args, format);
    vsnprintf(alarm->text, sizeof(alarm->text), format, args);
    va_end(args);
}

static void look_at_clock(struct gateway *gateway, struct findings *findings)
{
    char why[DOUBT_TEXT_MAX];

    if (doubt_why(&gateway->doubt, why))
        find(findings, "klok", "", false,
             "%s: for an hour nothing expires by it, nor is refused for its time", why);
}

/* clang-format off */
static const struct {
    unsigned long mebibytes;
    bool grave;
} DISK[] = { /* the worst first */
    {  64, true },
    { 512, false },
};
/* clang-format on */

static void look_at_disk(struct gateway *gateway, struct findings *findings)
{
    struct statvfs disk;

    if (statvfs(gateway->home.path, &disk) != 0)
        return;
    unsigned long long mebibytes = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
    for (size_t i = 0; i < sizeof(DISK) / sizeof(DISK[0]); i++)
        if (mebibytes < DISK[i].mebibytes) {
            find(findings, "schijf", "", DISK[i].grave,
                 "less than %lu MiB is free under the home", DISK[i].mebibytes);
            return;
        }
}

/* clang-format off */
static const struct {
    int days;
    bool grave;
} LAST_DAYS[] = { /* the worst first */
    {  1, true },
    {  7, false },
    { 14, false },
    { 30, false },
};
/* clang-format on */

static void judge_certificate(const char *name, time_t until, struct findings *findings)
{
    time_t left = until - clock_now();
    char at[MOMENT_SIZE];

    moment_format(until, at);
    if (left < 0) {
        find(findings, "certificaat", name, true,
             "our certificate for %s has expired (%s): install a new one, then restart", name,
             at);
        return;
    }
    for (size_t i = 0; i < sizeof(LAST_DAYS) / sizeof(LAST_DAYS[0]); i++)
        if (left <= LAST_DAYS[i].days * DAY_SECONDS) {
            find(findings, "certificaat", name, LAST_DAYS[i].grave,
                 "our certificate for %s ends within %d day%s (%s): ask for a new one", name,
                 LAST_DAYS[i].days, LAST_DAYS[i].days > 1 ? "s" : "", at);
            return;
        }
}

static void look_at_certificates(struct gateway *gateway, struct findings *findings)
{
    X509 *server = keys_certificate(gateway->keys, PURPOSE_TLS_SERVER);

    for (int i = 0; i < PURPOSES; i++) {
        enum purpose purpose = (enum purpose)i;
        X509 *certificate = keys_certificate(gateway->keys, purpose);
        if (purpose == PURPOSE_TLS_CLIENT && certificate_same(certificate, server))
            continue; /* one certificate serves both */
        judge_certificate(purpose_name(purpose), certificate_not_after(certificate), findings);
    }
}

/* An authority whose newest CRL is not fresh. */
struct crl_look {
    struct findings *findings;
    struct trust *trust;
    const char *kind; /* of alarm */
    const struct trust_item *item;
    bool superseded;
};

static void look_for_newer(void *context, const struct trust_item *other)
{
    struct crl_look *look = context;

    if (strcmp(other->kind, "crl") == 0 && strcmp(other->subject, look->item->subject) == 0
        && other->until > look->item->until)
        look->superseded = true;
}

static void judge_crl(void *context, const struct trust_item *item)
{
    struct crl_look *look = context;
    time_t now = clock_now();
    char at[MOMENT_SIZE];

    if (strcmp(item->kind, "crl") != 0 || !item->until
        || now <= item->from + (item->until - item->from) / 2)
        return;
    look->item = item;
    look->superseded = false;
    trust_list(look->trust, look_for_newer, look);
    if (look->superseded)
        return;
    moment_format(item->until, at);
    if (now > item->until)
        find(look->findings, look->kind, item->subject, true,
             "the CRL of %.150s is stale since %s: until there is a fresh one, traffic under "
             "it "
             "waits",
             item->subject, at);
    else
        find(look->findings, look->kind, item->subject, false,
             "the CRL of %.150s is past half of its life (until %s): is it still fetched?",
             item->subject, at);
}

static void look_at_crls(struct gateway *gateway, struct findings *findings)
{
    SCOPED_TRUST struct trust *trust = gateway_trust(gateway);
    struct crl_look look = { .findings = findings, .trust = trust, .kind = "crl" };

    if (trust)
        trust_list(trust, judge_crl, &look);
}

/* --- DUO: without its anchor and CRLs it cannot notify, and nothing goes to it ----------- */

struct anchor_look {
    struct findings *findings;
    int anchors;
};

static void judge_anchor(void *context, const struct trust_item *item)
{
    struct anchor_look *look = context;
    time_t left = item->until - clock_now();
    char at[MOMENT_SIZE];

    look->anchors += strcmp(item->kind, "anchor") == 0;
    if (strcmp(item->kind, "crl") == 0)
        return;
    moment_format(item->until, at);
    for (size_t i = 0; i < sizeof(LAST_DAYS) / sizeof(LAST_DAYS[0]); i++)
        if (left <= LAST_DAYS[i].days * DAY_SECONDS) {
            find(look->findings, "duo-anker", item->subject, LAST_DAYS[i].grave,
                 left < 0 ? "%.150s, under which DUO is, has expired (%s)"
                          : "%.150s, under which DUO is, ends soon (%s): add what follows it",
                 item->subject, at);
            return;
        }
}

static void look_at_duo(struct gateway *gateway, struct findings *findings)
{
    SCOPED_TRUST struct trust *trust = gateway_duo_trust(gateway);
    struct crl_look crls = { .findings = findings, .trust = trust, .kind = "duo-crl" };
    struct anchor_look anchors = { .findings = findings };

    if (!trust)
        return;
    trust_list(trust, judge_crl, &crls);
    trust_list(trust, judge_anchor, &anchors);
    if (anchors.anchors == 0)
        find(findings, "duo-anker", "", true,
             "there is no anchor for DUO: it cannot notify, and nothing goes to it");
}

/* --- our own system ------------------------------------------------------------------- */

#define LATE_SECONDS 3600

struct late_look {
    int64_t count;
};

static bool late_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct late_look *look = argument;

    return aflevering_late(db, clock_now() - LATE_SECONDS, &look->count, fault);
}

static void look_at_aflevering(struct gateway *gateway, struct findings *findings)
{
    struct late_look look = { 0 };
    struct fault fault;

    if (gateway->store && store_run(gateway->store, late_work, &look, &fault)
        && look.count > 0)
        find(findings, "aflevering", "", true,
             "%lld received dossiers wait for over an hour: our own system does not take "
             "them",
             (long long)look.count);
}

static void (*const CHECKS[])(struct gateway *gateway, struct findings *findings) = {
    look_at_clock, look_at_disk, look_at_certificates,
    look_at_crls,  look_at_duo,  look_at_aflevering,
};

/* --- telling ------------------------------------------------------------------------- */

static const struct alarm *known_as(const struct findings *known, const char *id)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->list[i].id, id) == 0)
            return &known->list[i];
    return NULL;
}

/* Marks what must be told now: what is new, differs, or was told long ago. */
static void compare(const struct findings *known, struct findings *found, int64_t now_ms)
{
    for (size_t i = 0; i < found->count; i++) {
        struct alarm *alarm = &found->list[i];
        const struct alarm *before = known_as(known, alarm->id);
        bool told = before && strcmp(before->text, alarm->text) == 0
                    && now_ms - before->logged_ms < AGAIN_MS;
        alarm->logged_ms = told ? before->logged_ms : now_ms;
    }
}

static void tell(struct gateway *gateway, const struct findings *found, int64_t now_ms)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct alarm *alarm = &found->list[i];
        if (alarm->logged_ms != now_ms)
            continue;
        if (alarm->grave)
            log_error("alarm=%s %s", alarm->id, alarm->text);
        else
            log_warning("alarm=%s %s", alarm->id, alarm->text);
        events_publish(gateway->events, "alarm", alarm->id);
    }
}

/* Whether it is time; the lock is not held while anything is looked at. */
static bool is_due(struct alarms *alarms, bool now, int64_t now_ms)
{
    pthread_mutex_lock(&alarms->lock);
    bool due = now || now_ms >= alarms->next_ms;
    if (due)
        alarms->next_ms = now_ms + LOOK_MS;
    pthread_mutex_unlock(&alarms->lock);
    return due;
}

void alarms_tend(struct alarms *alarms, struct gateway *gateway, bool now)
{
    int64_t now_ms = clock_boot_ms();

    if (!is_due(alarms, now, now_ms))
        return;
    struct findings *found = mem_alloc(sizeof(*found));
    for (size_t i = 0; i < sizeof(CHECKS) / sizeof(CHECKS[0]); i++)
        CHECKS[i](gateway, found);
    pthread_mutex_lock(&alarms->lock);
    compare(&alarms->known, found, now_ms);
    alarms->known = *found;
    pthread_mutex_unlock(&alarms->lock);
    tell(gateway, found, now_ms);
    free(found);
}

void alarms_list(struct alarms *alarms, alarms_each *each, void *context)
{
    pthread_mutex_lock(&alarms->lock);
    for (size_t i = 0; i < alarms->known.count; i++)
        each(context, alarms->known.list[i].id, alarms->known.list[i].text);
    pthread_mutex_unlock(&alarms->lock);
}

struct alarms *alarms_create(void)
{
    struct alarms *alarms = mem_alloc(sizeof(*alarms));

    pthread_mutex_init(&alarms->lock, NULL);
    return alarms;
}

void alarms_destroy(struct alarms *alarms)
{
    if (!alarms)
        return;
    pthread_mutex_destroy(&alarms->lock);
    free(alarms);
}

/* doctor_daemon -- does the daemon that runs use what lies on disk?
 *
 * Configuration and certificates are read when it starts, trust also when it is told to. What
 * was put there by hand since is as if it were not there.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "codecs/base/buf.h"
#include "gateway/doctor.h"

static const char RESTART[] = "restart the daemon";

static bool runs(struct doctor *doctor)
{
    if (doctor->gateway->store)
        return true;
    doctor_ok(doctor, "", "read when the daemon starts");
    return false;
}

void doctor_daemon_config(struct doctor *doctor)
{
    char path[PATH_MAX];
    struct stat status;

    if (!runs(doctor))
        return;
    if (stat(home_path(&doctor->gateway->home, "estafette.ini", path), &status) == 0
        && status.st_mtime > doctor->gateway->started)
        doctor_warn(doctor, "", RESTART, "estafette.ini was changed since the daemon started");
    else
        doctor_ok(doctor, "", "in use as it is");
}

void doctor_daemon_certificates(struct doctor *doctor)
{
    if (!runs(doctor))
        return;
    for (int i = 0; i < PURPOSES; i++) {
        X509 *installed = doctor->certificate[i];
        if (installed
            && !certificate_same(installed,
                                 keys_certificate(doctor->gateway->keys, (enum purpose)i)))
            doctor_fail(doctor, purpose_name((enum purpose)i),
                        "restart the daemon, then give peers the new card",
                        "the daemon uses another certificate than the one that is installed");
    }
    if (doctor->said == 0)
        doctor_ok(doctor, "", "in use as they are");
}

/* --- trust ----------------------------------------------------------------------------- */

static void add_fingerprint(void *context, const struct trust_item *item)
{
    buf_add(context, item->fingerprint.bytes, DIGEST_SIZE);
}

static int order(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

static void fingerprints(const struct trust *trust, struct buf *sorted)
{
    trust_list(trust, add_fingerprint, sorted);
    if (sorted->size > 0)
        qsort(sorted->data, sorted->size / DIGEST_SIZE, DIGEST_SIZE, order);
}

static bool hold_the_same(const struct trust *one, const struct trust *other)
{
    SCOPED_BUF struct buf a = { 0 }, b = { 0 };

    fingerprints(one, &a);
    fingerprints(other, &b);
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

void doctor_daemon_trust(struct doctor *doctor)
{
    SCOPED_TRUST struct trust *on_disk = NULL;
    char path[PATH_MAX];
    struct fault ignored = { 0 };

    if (!runs(doctor))
        return;
    if (!trust_load(home_path(&doctor->gateway->home, "trust", path), &on_disk, &ignored))
        doctor_skip(doctor, "", "see trust.files");
    else if (!hold_the_same(on_disk, doctor->trust))
        doctor_fail(doctor, "",
                    "send the daemon SIGHUP (systemctl reload), and use `estafette trust`, "
                    "which tells it",
                    "the daemon has not read what lies in trust now");
    else
        doctor_ok(doctor, "", "in use as it is");
}

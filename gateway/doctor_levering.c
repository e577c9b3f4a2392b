/* doctor_levering -- between us and our own system: folders and programs that are configured;
 * and whether somebody who is told to call can. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/aanlevering_map.h"
#include "gateway/aflevering_map.h"
#include "gateway/clock.h"
#include "gateway/doctor.h"
#include "gateway/fence.h"
#include "gateway/helper.h"
#include "gateway/sql.h"
#include "gateway/tray.h"

static bool is_read(struct doctor *doctor)
{
    if (doctor->config_fault.code == FAULT_NONE)
        return true;
    doctor_skip(doctor, "", "config.file");
    return false;
}

/* --- in ------------------------------------------------------------------------------ */

#define DAY 86400L

/* A day over its time: the daemon may have been down, or its clock in doubt. */
static size_t kept_too_long(struct doctor *doctor, const struct tray *tray)
{
    int64_t before = clock_now() - (doctor->gateway->config.bewaar_dagen + 1) * DAY;

    return tray_old(tray, TRAY_SENT, before) + tray_old(tray, TRAY_REFUSED, before);
}

static void tell_names(struct doctor *doctor, const struct tray_names *names, size_t refused,
                       size_t old)
{
    if (names->strange > 0)
        doctor_warn(doctor, "", "let our own system use letters, digits, '.', '_' and '-'",
                    "%zu files have a name that is not taken", names->strange);
    else if (old > 0)
        doctor_warn(doctor, "",
                    "remove them; let our own system make folders that the group "
                    "may write",
                    "%zu in verzonden and geweigerd are there longer than bewaar_dagen", old);
    else if (refused > 0)
        doctor_warn(doctor, "", "read NAME.txt beside each in geweigerd, then remove them",
                    "%zu dossiers were refused", refused);
    else
        doctor_ok(doctor, "", "nothing was refused; %zu to look at", names->count);
}

static bool may_write(const struct tray *tray, struct fault *fault)
{
    for (int i = 0; i < TRAY_PLACES; i++)
        if (tray->place[i] >= 0
            && faccessat(tray->place[i], ".", W_OK | X_OK, AT_EACCESS) != 0)
            return fault_set_errno(fault, FAULT_CONFIG, "[aanlevering] map", errno);
    return true;
}

static void tell_tray(struct doctor *doctor, const struct tray *tray, struct tray_names *names)
{
    struct fault fault = { 0 };

    if (!may_write(tray, &fault)) {
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
        return;
    }
    if (!tray_list(tray, TRAY_REFUSED, names, &fault)) {
        doctor_fault(doctor, DOCTOR_WARN, "", &fault);
        return;
    }
    size_t refused = names->count;
    if (!tray_list(tray, TRAY_IN, names, &fault))
        doctor_fault(doctor, DOCTOR_WARN, "", &fault);
    else
        tell_names(doctor, names, refused, kept_too_long(doctor, tray));
}

void doctor_levering_in(struct doctor *doctor)
{
    char path[PATH_MAX];
    struct fault fault = { 0 };
    struct tray tray;

    if (!is_read(doctor))
        return;
    struct tray_names *names = mem_alloc(sizeof(*names));
    if (tray_inspect(aanlevering_map_path(doctor->gateway, path), &tray, &fault))
        tell_tray(doctor, &tray, names);
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    tray_close(&tray);
    free(names);
}

/* --- out ----------------------------------------------------------------------------- */

void doctor_levering_out(struct doctor *doctor)
{
    struct fault fault = { 0 };

    if (!is_read(doctor))
        return;
    if (!doctor->gateway->config.aflevering.map[0])
        doctor_ok(doctor, "", "not used");
    else if (aflevering_map_usable(doctor->gateway, &fault))
        doctor_ok(doctor, "", "we may write there");
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
}

/* --- programs ------------------------------------------------------------------------ */

static void look_at_command(struct doctor *doctor, const char *command)
{
    struct fault fault = { 0 };

    if (!command[0])
        doctor_ok(doctor, "", "not used");
    else if (helper_may_run(command, &fault))
        doctor_ok(doctor, "", "%s", command);
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
}

void doctor_levering_in_command(struct doctor *doctor)
{
    if (is_read(doctor))
        look_at_command(doctor, doctor->gateway->config.aanlevering.commando);
}

void doctor_levering_out_command(struct doctor *doctor)
{
    if (is_read(doctor))
        look_at_command(doctor, doctor->gateway->config.aflevering.commando);
}

/* --- and what they may --------------------------------------------------------------- */

static bool runs_any(const struct config *config)
{
    return config->aanlevering.commando[0] || config->aflevering.commando[0]
           || config->mail.command[0];
}

void doctor_levering_guard(struct doctor *doctor)
{
    const struct config *config = &doctor->gateway->config;
    struct fault fault = { 0 };

    if (!is_read(doctor))
        return;
    if (!runs_any(config))
        doctor_ok(doctor, "", "no program is configured");
    else if (!helper_guard(NULL, "", config->gebruiker, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    else if (config->gebruiker[0])
        doctor_ok(doctor, "", "they run as %s", config->gebruiker);
    else if (geteuid() == 0)
        doctor_warn(doctor, "",
                    "set [programma] gebruiker, or run the gateway as a user of its own",
                    "they run as root, whom nothing is kept from for sure");
    else if (fence_version() > 0)
        doctor_ok(doctor, "", "the home is closed to them (Landlock %d)", fence_version());
    else
        doctor_warn(doctor, "",
                    "set [programma] gebruiker; or a kernel of 5.13 or newer with Landlock on "
                    "(lsm=landlock,...)",
                    "they run as we do, and this kernel cannot keep them from the keys");
}

/* --- to call ------------------------------------------------------------------------- */

static bool count_blocks(struct doctor *doctor, int64_t *count, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(doctor->db, &stmt, fault,
                   "SELECT count(*) FROM blokkade WHERE lifted IS NULL", "")
        || !sql_row(stmt, &row, fault))
        return false;
    *count = row ? sqlite3_column_int64(stmt, 0) : 0;
    return true;
}

void doctor_levering_contact(struct doctor *doctor)
{
    struct fault fault = { 0 };
    int64_t blocks;

    if (!doctor_reads(doctor) || !is_read(doctor))
        return;
    if (!count_blocks(doctor, &blocks, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    else if (blocks > 0 && !doctor->gateway->config.contact.naam[0])
        doctor_warn(doctor, "", "set [contact] naam, telefoon and email, then restart",
                    "who asks is told to call, and our messages name nobody to call");
    else
        doctor_ok(doctor, "", blocks > 0 ? "there is one" : "nobody is on the block list");
}

/* doctor_levering -- between us and our own system: folders and programs that are configured;
 * and whether somebody who is told to call can. */
#include <stdlib.h>

#include "codecs/base/mem.h"
#include "gateway/aanlevering_map.h"
#include "gateway/aflevering_map.h"
#include "gateway/doctor.h"
#include "gateway/helper.h"
#include "gateway/tray.h"

static bool is_read(struct doctor *doctor)
{
    if (doctor->config_fault.code == FAULT_NONE)
        return true;
    doctor_skip(doctor, "", "config.file");
    return false;
}

/* --- in ------------------------------------------------------------------------------ */

static void tell_tray(struct doctor *doctor, const struct tray *tray, struct tray_names *names)
{
    struct fault fault = { 0 };

    if (!tray_list(tray, TRAY_REFUSED, names, &fault)) {
        doctor_fault(doctor, DOCTOR_WARN, "", &fault);
        return;
    }
    size_t refused = names->count;
    if (!tray_list(tray, TRAY_IN, names, &fault))
        doctor_fault(doctor, DOCTOR_WARN, "", &fault);
    else if (names->strange > 0)
        doctor_warn(doctor, "", "let our own system use letters, digits, '.', '_' and '-'",
                    "%zu files have a name that is not taken", names->strange);
    else if (refused > 0)
        doctor_warn(doctor, "", "read NAME.txt beside each in geweigerd, then remove them",
                    "%zu dossiers were refused", refused);
    else
        doctor_ok(doctor, "", "nothing was refused; %zu to look at", names->count);
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

/* --- to call ------------------------------------------------------------------------- */

void doctor_levering_contact(struct doctor *doctor)
{
    if (!is_read(doctor))
        return;
    if (doctor->gateway->config.contact.naam[0])
        doctor_ok(doctor, "", "there is one");
    else
        doctor_warn(doctor, "", "set [contact] naam, telefoon and email, then restart",
                    "our messages name nobody who can be called");
}

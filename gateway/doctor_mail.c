/* doctor_mail -- can reminders be mailed, and are they? */
#include "gateway/clock.h"
#include "gateway/doctor.h"
#include "gateway/helper.h"
#include "gateway/mail.h"
#include "gateway/sql.h"
#include "peers/file.h"

#define CA_MAX (1 << 20)
#define WAITS_SECONDS 3600

static const char ADVICE[] = "correct [mail] in estafette.ini, then restart";

static bool is_in_order(const struct config_mail *mail, struct fault *fault)
{
    SCOPED_BUF struct buf password = { 0 }, ca = { 0 };

    return (!mail->command[0] || helper_may_run(mail->command, fault))
           && mail_password(mail, &password, fault)
           && (!mail->ca[0] || file_read(mail->ca, CA_MAX, &ca, fault));
}

void doctor_mail_config(struct doctor *doctor)
{
    const struct config_mail *mail = &doctor->gateway->config.mail;
    struct fault fault = { 0 };

    if (doctor->config_fault.code != FAULT_NONE)
        doctor_skip(doctor, "", "see config.file");
    else if (!mail_is_used(mail))
        doctor_ok(doctor, "",
                  "no mail is sent: reminders are events and overdracht list "
                  "--attention");
    else if (!is_in_order(mail, &fault))
        doctor_fail(doctor, "", ADVICE, "%s", fault.text);
    else
        doctor_ok(doctor, "", "by %s", mail->command[0] ? mail->command : mail->smtp);
}

void doctor_mail_waiting(struct doctor *doctor)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct fault fault = { 0 };
    bool row;

    if (!doctor_reads(doctor))
        return;
    if (!sql_query(doctor->db, &stmt, &fault,
                   "SELECT count(*) FROM herinnering WHERE gemaild IS NULL AND at < ?", "i",
                   (int64_t)clock_now() - WAITS_SECONDS)
        || !sql_row(stmt, &row, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    else if (sqlite3_column_int64(stmt, 0) > 0)
        doctor_warn(doctor, "", "see the lines `post:` in the log, and mail.config",
                    "%lld reminders wait for over an hour to be mailed",
                    (long long)sqlite3_column_int64(stmt, 0));
    else
        doctor_ok(doctor, "", "none waits");
}

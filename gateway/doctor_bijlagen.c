/* doctor_bijlagen -- documents: every one that a message brought is still on disk, whole. */
#include "gateway/bijlagen.h"
#include "gateway/doctor.h"
#include "gateway/sql.h"

struct count {
    long long all, lacking;
};

static void look_at_file(const struct doctor *doctor, sqlite3_stmt *stmt, struct count *count)
{
    int64_t held;
    bool whole;

    bijlagen_held(&doctor->gateway->home, sql_text(stmt, 0), sql_text(stmt, 1), &held, &whole);
    count->all++;
    count->lacking += !whole || held != sqlite3_column_int64(stmt, 2);
}

static bool count_files(const struct doctor *doctor, struct count *count, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(doctor->db, &stmt, fault, "SELECT eigenaar, sha256, omvang FROM bijlage",
                   ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        look_at_file(doctor, stmt, count);
    }
    return false;
}

void doctor_bijlagen_whole(struct doctor *doctor)
{
    struct count count = { 0 };
    struct fault fault = { 0 };

    if (!doctor_reads(doctor))
        return;
    if (!count_files(doctor, &count, &fault))
        doctor_fault(doctor, DOCTOR_FAIL, "", &fault);
    else if (count.lacking > 0)
        doctor_fail(doctor, "",
                    "put the files back from the last backup of the folder bijlagen; one that "
                    "was never delivered: outbox cancel, and send anew",
                    "%lld of %lld documents are not on disk any more, or cut off",
                    count.lacking, count.all);
    else
        doctor_ok(doctor, "", "all on disk: %lld", count.all);
}

/* blokkade -- see blokkade.h. */
#include "gateway/blokkade.h"

#include <stdio.h>
#include <string.h>

#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

#define OBJECT "blokkade" /* of audit rows that are about no handover */
#define TEKST_MAX 4000

/* --- sealed -------------------------------------------------------------------------- */

/* persoon_seal() binds to a handover; no handover is called like this. */
static void place_of(int64_t seq, char place[48])
{
    snprintf(place, 48, "blokkade:%lld", (long long)seq);
}

static void tekst_place(int64_t seq, char place[48])
{
    snprintf(place, 48, "blokkade.reden_sealed:%lld", (long long)seq);
}

static bool put_sealed(sqlite3 *db, const struct keys *keys, int64_t seq,
                       const struct blokkade_reden *reden, struct fault *fault)
{
    SCOPED_BUF struct buf persoon = { 0 }, tekst = { 0 };
    char place[48];

    place_of(seq, place);
    persoon_seal(keys, place, reden->persoon, &persoon);
    tekst_place(seq, place);
    keys_home_seal(keys, place, reden->tekst, strlen(reden->tekst), &tekst);
    return sql_do(db, fault,
                  "UPDATE blokkade SET persoon_sealed = ?, reden_sealed = ? WHERE seq = ?",
                  "bbi", (const void *)persoon.data, persoon.size, (const void *)tekst.data,
                  tekst.size, seq);
}

/* --- looking ------------------------------------------------------------------------- */

/* Any number of the person, also those that only another handover knows. */
static const char FIND[] =
    "SELECT b.seq FROM blokkade b WHERE b.lifted IS NULL"
    " AND (b.until = '' OR b.until >= date(?3, 'unixepoch'))"
    " AND (b.bsn_index = ?1 OR b.vnummer_index = ?2"
    "  OR EXISTS (SELECT 1 FROM overdracht h"
    "   WHERE (h.bsn_index = ?1 OR h.vnummer_index = ?2)"
    "   AND (h.bsn_index = b.bsn_index OR h.vnummer_index = b.vnummer_index))) LIMIT 1";

static bool find(sqlite3 *db, const struct keys *keys, const struct persoon *persoon, bool *on,
                 struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest bsn, vnummer;

    return sql_query(db, &stmt, fault, FIND, "ddi", persoon_bsn_index(keys, persoon, &bsn),
                     persoon_vnummer_index(keys, persoon, &vnummer), (int64_t)clock_now())
           && sql_row(stmt, on, fault);
}

bool blokkade_on(sqlite3 *db, const struct keys *keys, const struct blokkade_look *look,
                 const struct persoon *persoon, bool *on, struct fault *fault)
{
    const char *overdracht = look->overdracht;

    return find(db, keys, persoon, on, fault)
           && audit_add(db, look->actor, OBJECT,
                        overdracht && *overdracht ? overdracht : OBJECT, fault,
                        "gekeken voor %s: %s", look->what, *on ? "geblokkeerd" : "vrij");
}

static bool is_off(bool on, struct fault *fault)
{
    if (!on)
        return true;
    fault_set(fault, FAULT_PERMISSION, "this person is on the block list: nothing is sent");
    return fault_advise(fault, "settle it by telephone; when the block no longer holds: "
                               "estafette blokkade list, then lift");
}

struct looking {
    const struct keys *keys;
    const struct blokkade_look *look;
    const struct persoon *persoon;
    bool on;
};

static bool look_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct looking *l = argument;

    return blokkade_on(db, l->keys, l->look, l->persoon, &l->on, fault);
}

bool blokkade_allows(struct store *store, const struct keys *keys,
                     const struct blokkade_look *look, const struct persoon *persoon,
                     struct fault *fault)
{
    struct looking looking = { keys, look, persoon, false };

    return store_run(store, look_work, &looking, fault) && is_off(looking.on, fault);
}

bool blokkade_still(sqlite3 *db, const struct keys *keys, const struct persoon *persoon,
                    struct fault *fault)
{
    bool on;

    return find(db, keys, persoon, &on, fault) && is_off(on, fault);
}

/* --- changing ------------------------------------------------------------------------ */

static bool check_persoon(const struct persoon *persoon, struct fault *fault)
{
    const char *bsn = persoon->bsn, *vnummer = persoon->vnummer;

    if (!*bsn && !*vnummer)
        return fault_set(fault, FAULT_USAGE, "bsn or vnummer is missing");
    if (*bsn && !dossier_bsn_valid(bsn))
        return fault_set(fault, FAULT_USAGE, "bsn: is not a BSN (nine digits, 11-test)");
    if (*vnummer && (strlen(vnummer) != 10 || strspn(vnummer, "0123456789") != 10))
        return fault_set(fault, FAULT_USAGE, "vnummer: is not ten digits");
    return true;
}

static bool check(const struct blokkade_reden *reden, struct fault *fault)
{
    long last = datum_day(reden->until);

    if (*reden->until && (!last || strlen(reden->until) != 10))
        return fault_set(fault, FAULT_USAGE, "until: is not a date (YYYY-MM-DD)");
    if (last && last < datum_today(clock_now()))
        return fault_set(fault, FAULT_USAGE, "until: lies in the past");
    if (strlen(reden->tekst) > TEKST_MAX)
        return fault_set(fault, FAULT_USAGE, "text: longer than %d bytes", TEKST_MAX);
    return check_persoon(reden->persoon, fault);
}

/* Two that hold would have to be lifted both, and one would be forgotten. */
static bool is_new(sqlite3 *db, const struct keys *keys, const struct persoon *persoon,
                   struct fault *fault)
{
    bool on;

    if (!find(db, keys, persoon, &on, fault))
        return false;
    return !on || fault_set(fault, FAULT_STATE, "this person is on the block list already");
}

bool blokkade_add(sqlite3 *db, const struct keys *keys, const char *actor,
                  const struct blokkade_reden *reden, int64_t *seq, struct fault *fault)
{
    struct digest bsn, vnummer;

    if (!check(reden, fault) || !is_new(db, keys, reden->persoon, fault)
        || !sql_do(db, fault,
                   "INSERT INTO blokkade (bsn_index, vnummer_index, persoon_sealed,"
                   " reden_sealed, since, by_whom, until) VALUES (?, ?, x'', x'', ?, ?, ?)",
                   "dditt", persoon_bsn_index(keys, reden->persoon, &bsn),
                   persoon_vnummer_index(keys, reden->persoon, &vnummer), (int64_t)clock_now(),
                   actor, reden->until))
        return false;
    *seq = sqlite3_last_insert_rowid(db);
    return put_sealed(db, keys, *seq, reden, fault)
           && audit_add(db, actor, OBJECT, OBJECT, fault, "%lld: geplaatst%s%s",
                        (long long)*seq, *reden->until ? " tot en met " : "", reden->until);
}

bool blokkade_lift(sqlite3 *db, const char *actor, int64_t seq, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, "SELECT lifted FROM blokkade WHERE seq = ?", "i", seq)
        || !sql_row(stmt, &row, fault))
        return false;
    if (!row)
        return fault_set(fault, FAULT_UNKNOWN, "no block %lld", (long long)seq);
    if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
        return fault_set(fault, FAULT_STATE, "block %lld was lifted before", (long long)seq);
    sql_release(&stmt);
    return sql_do(db, fault, "UPDATE blokkade SET lifted = ?, lifted_by = ? WHERE seq = ?",
                  "iti", (int64_t)clock_now(), actor, seq)
           && audit_add(db, actor, OBJECT, OBJECT, fault, "%lld: opgeheven", (long long)seq);
}

/* --- listing ------------------------------------------------------------------------- */

static void blokkade_finish(struct blokkade *b)
{
    buf_finish(&b->tekst);
    explicit_bzero(&b->persoon, sizeof(b->persoon));
}

static bool read_row(sqlite3_stmt *stmt, const struct keys *keys, struct blokkade *b,
                     struct fault *fault)
{
    SCOPED_BUF struct buf persoon = { 0 }, tekst = { 0 };
    char place[48], where[48];

    b->seq = sqlite3_column_int64(stmt, 0);
    b->since = sqlite3_column_int64(stmt, 1);
    b->lifted = sqlite3_column_int64(stmt, 2);
    sql_copy(stmt, 3, b->until, sizeof(b->until));
    sql_copy(stmt, 4, b->by_whom, sizeof(b->by_whom));
    sql_copy(stmt, 5, b->lifted_by, sizeof(b->lifted_by));
    sql_bytes(stmt, 6, &persoon);
    sql_bytes(stmt, 7, &tekst);
    b->counts = sqlite3_column_int(stmt, 8);
    place_of(b->seq, place);
    tekst_place(b->seq, where);
    return persoon_unseal(keys, place, &persoon, &b->persoon, fault)
           && keys_home_unseal(keys, where, tekst.data, tekst.size, &b->tekst, fault);
}

bool blokkade_looked(sqlite3 *db, const char *actor, struct fault *fault)
{
    return audit_add(db, actor, OBJECT, OBJECT, fault, "lijst gelezen");
}

bool blokkade_list(sqlite3 *db, const struct keys *keys, bool all, blokkade_each *each,
                   void *context, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT seq, since, coalesce(lifted, 0), until, by_whom, lifted_by,"
                   " persoon_sealed, reden_sealed, lifted IS NULL"
                   "  AND (until = '' OR until >= date(?2, 'unixepoch')) AS counts"
                   " FROM blokkade WHERE counts OR ?1 ORDER BY seq LIMIT 5000",
                   "ii", (int64_t)all, (int64_t)clock_now()))
        return false;
    while (sql_row(stmt, &row, fault)) {
        __attribute__((cleanup(blokkade_finish))) struct blokkade b = { 0 };
        if (!row)
            return true;
        if (!read_row(stmt, keys, &b, fault))
            return false;
        each(context, &b);
    }
    return false;
}

/* crossing -- see crossing.h. */
#include "tests/gateway/crossing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/aanvulling.h"
#include "codecs/afwijzing.h"
#include "codecs/dossierverzoek.h"
#include "codecs/intrekking.h"
#include "codecs/moment.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "gateway/newest.h"
#include "gateway/overdracht_later.h"
#include "gateway/reply.h"
#include "gateway/sql.h"

sqlite3 *dbs[2];
static const char *const OINS[] = { [OLD] = OTHER, [NEW] = PEER };
static const char *const CODES[] = { [OLD] = "0344", [NEW] = "0310" };

/* --- messages ------------------------------------------------------------------------ */

struct message messages[MESSAGES_MAX];
int message_count, step;

static time_t moment_of(int at)
{
    return 1795457100 + 10 * at;
}

/* How it came about, for who reads that something does not agree. */
char trail[TRAIL_SIZE];

void leave_trail(const char *what, const char *which)
{
    size_t size = strlen(trail);

    snprintf(trail + size, TRAIL_SIZE - size, " %s%s%s", what, *which ? ":" : "", which);
}

static struct message *message_with(const char *id)
{
    for (int i = 0; i < message_count; i++)
        if (strcmp(messages[i].kop.bericht_id, id) == 0)
            return &messages[i];
    fail_msg("no message %s", id);
    return NULL;
}

static void name_it(char kind, int number, char id[UUID_SIZE])
{
    snprintf(id, UUID_SIZE, "01%c00000-0000-7000-8000-%012d", kind, number);
}

/* `content` is taken. */
static struct outbox_row write_message(enum side from, enum soort soort,
                                       const char *overdracht, const char *antwoord_op,
                                       xmlDoc *content)
{
    struct message *m = &messages[message_count++];
    struct outbox_row row = { .expires = INT64_MAX };

    assert_true(message_count < MESSAGES_MAX);
    *m = (struct message){ .content = content, .from = from, .made = step };
    name_it('b', message_count, m->kop.bericht_id);
    snprintf(m->kop.overdracht_id, UUID_SIZE, "%s", overdracht);
    snprintf(m->kop.antwoord_op, UUID_SIZE, "%s", antwoord_op);
    m->kop.soort = soort;
    m->kop.gemaakt = moment_of(step);
    snprintf(m->kop.afzender.oin, OIN_SIZE, "%s", OINS[from]);
    snprintf(m->kop.ontvanger.oin, OIN_SIZE, "%s", OINS[!from]);
    snprintf(m->kop.afzender.gemeentecode, GEMEENTECODE_SIZE, "%s", CODES[from]);
    snprintf(m->kop.ontvanger.gemeentecode, GEMEENTECODE_SIZE, "%s", CODES[!from]);
    memcpy(row.id, m->kop.bericht_id, UUID_SIZE);
    memcpy(row.overdracht, m->kop.overdracht_id, UUID_SIZE);
    memcpy(row.peer, m->kop.ontvanger.oin, OIN_SIZE);
    snprintf(row.soort, sizeof(row.soort), "%s", soort_name(soort));
    buf_add_text(&row.sealed, "x");
    return row;
}

static void post(enum side from, enum soort soort, const char *overdracht,
                 const char *antwoord_op, xmlDoc *content)
{
    SCOPED_OUTBOX_ROW struct outbox_row row =
        write_message(from, soort, overdracht, antwoord_op, content);

    if (!outbox_add(dbs[from], "test", &row, &fault))
        fail_msg("%s:%s", fault.text, trail);
}

/* --- what somebody may begin --------------------------------------------------------- */

static xmlDoc *empty(const char *name)
{
    return xmldoc_new(MESSAGE_NS, name);
}

static bool newest(enum side side, enum rol rol, struct overdracht *o)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    char id[UUID_SIZE];
    bool found = false;

    assert_true(
        sql_query(dbs[side], &stmt, &fault,
                  "SELECT id FROM overdracht WHERE rol = ? ORDER BY rowid DESC LIMIT 1", "t",
                  rol_name(rol)));
    assert_true(sql_row(stmt, &found, &fault));
    if (!found)
        return false;
    sql_copy(stmt, 0, id, sizeof(id));
    sql_release(&stmt);
    return overdracht_get(dbs[side], KEYS, id, o, &found, &fault) && found;
}

static struct overdracht begun(enum side side, enum rol rol, enum overdracht_state state)
{
    struct overdracht o = { .rol = rol, .state = state };

    name_it('9', message_count + 1, o.id);
    snprintf(o.peer, OIN_SIZE, "%s", OINS[!side]);
    snprintf(o.gemeentecode, GEMEENTECODE_SIZE, "%s", CODES[!side]);
    snprintf(o.eigen_code, GEMEENTECODE_SIZE, "%s", CODES[side]);
    return o;
}

void must(bool good)
{
    if (!good)
        fail_msg("%s:%s", fault.text, trail);
}

bool sends(void)
{
    const xmlNode *dossier = xmlDocGetRootElement(DOSSIER);
    struct reply reply = { .antwoord_op = "" };
    struct persoon persoon;
    struct overdracht o = begun(OLD, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);

    persoon_of_dossier(dossier, &persoon);
    if (!reply_asked(dbs[OLD], KEYS, OINS[NEW], dossier, &reply, &fault))
        return false;
    must(reply.antwoord_op[0] ? reply_send(dbs[OLD], KEYS, "test", &reply, dossier, &fault)
                              : overdracht_add(dbs[OLD], KEYS, "test", &o, &persoon, &fault));
    post(OLD, SOORT_DOSSIER, reply.antwoord_op[0] ? reply.o.id : o.id, reply.antwoord_op,
         xmlCopyDoc(DOSSIER, 1));
    return true;
}

bool supplements(void)
{
    struct aanvulling aanvulling = { .parts = 4 };
    SCOPED_OUTBOX_ROW struct outbox_row before = { 0 };
    struct overdracht o;
    bool found = false;

    if (!newest(OLD, ROL_VERSTREKKER, &o)
        || (o.state != OVERDRACHT_VERZONDEN && o.state != OVERDRACHT_BEZORGD
            && o.state != OVERDRACHT_OVERGENOMEN)
        || !overdracht_later_is_free(&o, &fault))
        return false;
    must(newest_sent(dbs[OLD], o.id, &before, &found, &fault) && found);
    memcpy(aanvulling.betreft, before.id, UUID_SIZE);
    post(OLD, SOORT_AANVULLING, o.id, "",
         aanvulling_build(&aanvulling, xmlDocGetRootElement(DOSSIER)));
    return true;
}

bool rejects(void)
{
    struct reply reply = { .antwoord_op = "" };
    struct afwijzing afwijzing = { .code = afwijzing_code("onbekend") };

    if (!newest(OLD, ROL_VERSTREKKER, &reply.o) || reply.o.state != OVERDRACHT_GEVRAAGD
        || !reply_asking(dbs[OLD], &reply, &fault))
        return false;
    must(overdracht_note(dbs[OLD], "test", &reply.o, "onbekend", &fault));
    post(OLD, SOORT_VERZOEKAFWIJZING, reply.o.id, reply.antwoord_op,
         afwijzing_build(&afwijzing));
    return true;
}

static bool withdraws(enum side side)
{
    struct overdracht_withdrawal what = { .unsent = false };
    struct intrekking intrekking = { .code = intrekking_code("onjuist") };
    struct overdracht o;

    bool may = newest(side, side == OLD ? ROL_VERSTREKKER : ROL_ONTVANGER, &o)
               && overdracht_later_withdrawable(dbs[side], &o, &what, &fault);
    if (may && what.unsent) {
        must(outbox_cancel(dbs[side], "test", &what.row, "onjuist", &fault)
             && overdracht_settled(dbs[side], KEYS, &what.row, OUTBOX_CANCELLED, "onjuist",
                                   &fault));
    } else if (may) {
        must(overdracht_later_withdraw(dbs[side], "test", &o, "onjuist", &fault));
        memcpy(intrekking.betreft, what.betreft, UUID_SIZE);
        post(side, SOORT_INTREKKING, o.id, "", intrekking_build(&intrekking));
    }
    outbox_row_finish(&what.row);
    return may;
}

bool old_withdraws(void)
{
    return withdraws(OLD);
}

bool new_withdraws(void)
{
    return withdraws(NEW);
}

static int64_t count_at(enum side side, const char *query)
{
    sqlite3 *before = db;

    db = dbs[side];
    int64_t number = count(query);
    db = before;
    return number;
}

static void any(void *context, const struct overdracht *o)
{
    (void)o;
    *(bool *)context = true;
}

/* As verzoek_send() looks: what is open is not asked again, and while an answer of ours is
 * under way nothing is asked. */
bool asks(void)
{
    struct overdracht o = begun(NEW, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    struct persoon persoon;
    struct dossierverzoek verzoek = { .grond = &DOSSIERVERZOEK_GRONDEN[0] };
    bool open = false;

    persoon_of_dossier(xmlDocGetRootElement(DOSSIER), &persoon);
    must(overdracht_open_of(dbs[NEW], KEYS, &persoon, any, &open, &fault));
    if (open
        || count_at(NEW, "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')"
                         " AND soort IN ('overname', 'weigering', 'intrekking')"))
        return false;
    snprintf(verzoek.bsn, sizeof(verzoek.bsn), "%s", persoon.bsn);
    must(overdracht_add(dbs[NEW], KEYS, "test", &o, &persoon, &fault));
    post(NEW, SOORT_DOSSIERVERZOEK, o.id, "", dossierverzoek_build(&verzoek));
    return true;
}

static bool judges(enum overdracht_state to, const char *reden, enum soort soort,
                   xmlDoc *content)
{
    SCOPED_INBOX_ROW struct inbox_row row = { 0 };
    SCOPED_XMLDOC xmlDoc *unused = content;
    struct overdracht o;
    bool found = false;

    if (!newest(NEW, ROL_ONTVANGER, &o) || o.state != OVERDRACHT_ONTVANGEN
        || !overdracht_later_is_free(&o, &fault))
        return false;
    must(newest_received(dbs[NEW], o.id, &row, &found, &fault) && found);
    must(overdracht_move(dbs[NEW], "test", &o, to, reden, &fault));
    unused = NULL;
    post(NEW, soort, o.id, row.id, content);
    return true;
}

bool accepts(void)
{
    return judges(OVERDRACHT_OVERGENOMEN, "", SOORT_OVERNAME, empty("overname"));
}

bool refuses(void)
{
    struct weigering weigering = { .code = weigering_code("dubbel") };

    return judges(OVERDRACHT_GEWEIGERD, "dubbel", SOORT_WEIGERING,
                  weigering_build(&weigering));
}

bool returns(void)
{
    struct weigering weigering = { .code = weigering_code("onvolledig"), .parts = 4 };

    return judges(OVERDRACHT_VERZOCHT, "onvolledig: pip", SOORT_WEIGERING,
                  weigering_build(&weigering));
}

/* clang-format off */
const struct act ACTS[ACT_COUNT] = {
    { "old-sends", sends },          { "old-supplements", supplements },
    { "old-rejects", rejects },      { "old-withdraws", old_withdraws },
    { "new-asks", asks },            { "new-accepts", accepts },
    { "new-refuses", refuses },      { "new-returns", returns },
    { "new-withdraws", new_withdraws },
};
/* clang-format on */

/* --- what happens by itself ---------------------------------------------------------- */

/* The confirmation of a withdrawal (intrekking.c). */
static bool confirms(void)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct intrekkingbevestiging bevestiging = { .betreft = FIRST };
    char overdracht[UUID_SIZE], bericht[UUID_SIZE];
    bool found = false;

    must(sql_query(dbs[NEW], &stmt, &fault,
                   "SELECT h.id, m.id FROM overdracht h JOIN inbox m ON m.overdracht = h.id"
                   " WHERE h.rol = 'ontvanger' AND m.soort = 'intrekking' AND m.code = ''"
                   " AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.overdracht = h.id"
                   "  AND b.soort = 'intrekkingbevestiging') LIMIT 1",
                   "")
         && sql_row(stmt, &found, &fault));
    if (!found)
        return false;
    sql_copy(stmt, 0, overdracht, UUID_SIZE);
    sql_copy(stmt, 1, bericht, UUID_SIZE);
    sql_release(&stmt);
    post(NEW, SOORT_INTREKKINGBEVESTIGING, overdracht, bericht,
         intrekking_confirm_build(&bevestiging));
    return true;
}

static bool take_up(enum side side)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    int64_t next;

    must(outbox_claim(dbs[side], INT64_MAX - 1, (struct outbox_cap){ 9, 9 }, &row, &next,
                      &fault));
    if (row.seq)
        leave_trail(side == OLD ? "old-takes-up" : "new-takes-up", row.soort);
    return row.seq != 0;
}

/* The nth message that one side is sending. */
static struct message *sending(enum side side, int nth)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool found = false;

    must(sql_query(dbs[side], &stmt, &fault,
                   "SELECT id FROM outbox WHERE state = 'sending' ORDER BY seq LIMIT 1"
                   " OFFSET ?",
                   "i", (int64_t)nth)
         && sql_row(stmt, &found, &fault));
    return found ? message_with(sql_text(stmt, 0)) : NULL;
}

static bool judge(struct message *m)
{
    sqlite3 *there = dbs[!m->from];
    SCOPED_INBOX_ROW struct inbox_row row = { .received = 1 };
    char id[UUID_SIZE];
    struct fault refusal = { 0 };

    if (m->judged)
        return false;
    assert_int_equal(sqlite3_exec(there, "SAVEPOINT judging", NULL, NULL, NULL), SQLITE_OK);
    m->good = overdracht_received(there, KEYS, &m->kop, xmlDocGetRootElement(m->content), id,
                                  &refusal);
    m->judged = m->good || refusal.code != FAULT_TEMPORARY; /* else it is sent again */
    m->judged_at = step;
    if (!m->good) {
        if (refusal.code != FAULT_STATE && m->judged)
            fail_msg("%s:%s", refusal.text, trail);
        sqlite3_exec(there, "ROLLBACK TO judging", NULL, NULL, NULL);
        snprintf(m->says, sizeof(m->says), "toestand: %.200s", refusal.text);
        memcpy(id, m->kop.overdracht_id, UUID_SIZE);
    }
    sqlite3_exec(there, "RELEASE judging", NULL, NULL, NULL);
    if (!m->judged)
        return false;
    snprintf(row.sender, OIN_SIZE, "%s", OINS[m->from]);
    memcpy(row.id, m->kop.bericht_id, UUID_SIZE);
    memcpy(row.overdracht, id, UUID_SIZE);
    snprintf(row.soort, sizeof(row.soort), "%s", soort_name(m->kop.soort));
    buf_add_text(&row.receipt, "x");
    snprintf(row.code, sizeof(row.code), "%s", m->good ? "" : "toestand");
    must(inbox_add(there, &row, &fault));
    leave_trail(m->good ? "taken" : "refused", row.soort);
    return true;
}

static bool settle(struct message *m)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    SCOPED_BUF struct buf receipt = { 0 };
    sqlite3 *here = dbs[m->from];
    char tijd[MOMENT_SIZE];

    if (!m->judged)
        return false;
    moment_format(moment_of(m->judged_at), tijd);
    buf_addf(&receipt, "<r><tijd>%s</tijd></r>", tijd);
    enum outbox_state to = m->good ? OUTBOX_DELIVERED : OUTBOX_REFUSED;
    must(outbox_find(here, m->kop.bericht_id, &row, &fault)
         && outbox_settle(here, &row, to, m->says, &receipt, &fault)
         && overdracht_settled(here, KEYS, &row, to, m->says, &fault));
    leave_trail("settled", row.soort);
    return true;
}

static bool lose_receipt(struct message *m)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };

    if (!m->judged)
        return false;
    must(outbox_find(dbs[m->from], m->kop.bericht_id, &row, &fault)
         && outbox_again(dbs[m->from], &row, "lost", 1, &fault));
    leave_trail("lost", row.soort);
    return true;
}

/* Of what begins a handover and of what answers it: nobody knows whether it came. */
static bool expire(enum side side)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    bool found = false;

    must(sql_do(dbs[side], &fault,
                "UPDATE outbox SET expires = 1 WHERE seq = (SELECT min(seq) FROM outbox"
                " WHERE state = 'queued' AND soort IN ('dossierverzoek', 'dossier'))",
                "")
         && outbox_expire(dbs[side], 2, &row, &found, &fault));
    if (!found)
        return false;
    must(overdracht_settled(dbs[side], KEYS, &row, OUTBOX_EXPIRED, row.reason, &fault));
    leave_trail("expired", row.soort);
    return true;
}

/* --- do they agree ------------------------------------------------------------------- */

/* clang-format off */
static const enum overdracht_state AGREED[][2] = { /* old, new */
    { OVERDRACHT_VERLOPEN,    OVERDRACHT_VERLOPEN },
    { OVERDRACHT_GEVRAAGD,    OVERDRACHT_VERZOCHT },
    { OVERDRACHT_BEZORGD,     OVERDRACHT_ONTVANGEN },
    { OVERDRACHT_OVERGENOMEN, OVERDRACHT_OVERGENOMEN },
    { OVERDRACHT_GEWEIGERD,   OVERDRACHT_GEWEIGERD },
    { OVERDRACHT_AFGEWEZEN,   OVERDRACHT_AFGEWEZEN },
    { OVERDRACHT_INGETROKKEN, OVERDRACHT_INGETROKKEN },
};
/* clang-format on */
#define FIRST_END 3 /* from here on the reasons agree too */
#define AGREED_COUNT (sizeof(AGREED) / sizeof(AGREED[0]))
static int seen_pairs[AGREED_COUNT];

static bool same_reason(const char *a, const char *b)
{
    size_t length = strcspn(a, ";");

    return length == strcspn(b, ";") && strncmp(a, b, length) == 0;
}

static bool agree(const struct overdracht *old, const struct overdracht *new)
{
    for (size_t i = 0; i < AGREED_COUNT; i++) {
        if (old->state != AGREED[i][0] || new->state != AGREED[i][1])
            continue;
        seen_pairs[i]++;
        return i < FIRST_END || same_reason(old->reden, new->reden)
               || (old->state == OVERDRACHT_OVERGENOMEN && !intrekking_of_reden(old->reden)
                   && !intrekking_of_reden(new->reden));
    }
    return false;
}

/* What the other side never heard of has ended here. */
static bool is_over(const struct overdracht *o)
{
    return o->state == OVERDRACHT_INGETROKKEN || o->state == OVERDRACHT_AFGEWEZEN
           || o->state == OVERDRACHT_GEWEIGERD || o->state == OVERDRACHT_VERLOPEN;
}

/* Ended here, and there it goes on under the id of a newer request. */
static bool goes_on(const struct overdracht *here, const struct overdracht *there)
{
    return here->state == OVERDRACHT_VERLOPEN && strcmp(here->id, there->id) != 0;
}

struct comparing {
    enum side side;
    int count;
};

static void compare(void *context, const struct overdracht *here)
{
    struct comparing *comparing = context;
    struct overdracht there;
    bool found = false;

    must(overdracht_get(dbs[!comparing->side], KEYS, here->id, &there, &found, &fault));
    bool old = comparing->side == OLD;
    bool good = found
                    ? goes_on(here, &there) || agree(old ? here : &there, old ? &there : here)
                    : is_over(here);
    if (!good)
        fail_msg("%s is %s (%s), there %s (%s):%s", old ? "old" : "new",
                 overdracht_state_name(here->state), here->reden,
                 found ? overdracht_state_name(there.state) : "nothing",
                 found ? there.reden : "", trail);
    comparing->count++;
}

void expect_agreement(void)
{
    for (int side = OLD; side <= NEW; side++) {
        struct comparing comparing = { .side = (enum side)side };
        must(overdracht_list(dbs[side], KEYS, compare, &comparing, &fault));
    }
}

static void end_one(void *context, const struct overdracht *o)
{
    struct overdracht whole = *o;

    if (overdracht_arrow(o->rol, o->state, OVERDRACHT_VERLOPEN))
        must(overdracht_move(dbs[*(enum side *)context], "test", &whole, OVERDRACHT_VERLOPEN,
                             "het duurde te lang", &fault));
}

void time_passes(void)
{
    leave_trail("time-passes", "");
    for (enum side side = OLD; side <= NEW; side++)
        must(overdracht_list(dbs[side], KEYS, end_one, &side, &fault));
}

void expect_every_end(void)
{
    for (size_t i = 0; i < AGREED_COUNT; i++)
        if (seen_pairs[i] == 0)
            fail_msg("never: %s", overdracht_state_name(AGREED[i][0]));
}

/* --- one thing that happens ----------------------------------------------------------- */

static bool move_message(int kind, enum side side, int nth)
{
    struct message *m = sending(side, nth);

    if (!m)
        return false;
    return kind == 0 ? judge(m) : kind == 1 ? settle(m) : lose_receipt(m);
}

/* The nth thing that may happen by itself. */
bool happens(int nth, unsigned *luck)
{
    if (nth == 0)
        return confirms();
    if (nth <= 2)
        return take_up(nth == 1 ? OLD : NEW);
    if (nth <= 4) {
        bool may = *luck & MAY_EXPIRE && expire(nth == 3 ? OLD : NEW);
        *luck &= may ? ~(unsigned)MAY_EXPIRE : ~0u;
        return may;
    }
    int kind = (nth - 5) / (2 * LANES), which = (nth - 5) % (2 * LANES);
    if (kind == 2 && !(*luck & MAY_LOSE))
        return false;
    *luck &= kind == 2 ? ~(unsigned)MAY_LOSE : ~0u;
    return move_message(kind, which < LANES ? OLD : NEW, which % LANES);
}

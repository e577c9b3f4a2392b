/* post -- see post.h. */
#include "gateway/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/datum.h"
#include "gateway/aandacht.h"
#include "gateway/clock.h"
#include "gateway/herinnering.h"
#include "gateway/log.h"
#include "gateway/mail.h"
#include "gateway/sql.h"

#define LINES_MAX 100 /* of one mail; the list has them all */

enum whom { KLANTREGISSEUR, BEHEER, NOBODY };

struct pending {
    char overdracht[UUID_SIZE], soort[HERINNERING_SOORT_SIZE], uiterlijk[TERMIJN_DAG_SIZE];
    enum whom whom;
};

struct letterbox {
    struct gateway *gateway;
    time_t now;
    struct pending *pending;
    size_t count;
    struct buf text[NOBODY];
    int lines[NOBODY], late[NOBODY];
};

static void letterbox_finish(struct letterbox *box)
{
    free(box->pending);
    for (int i = 0; i < NOBODY; i++)
        buf_finish(&box->text[i]);
}

/* --- what is due ---------------------------------------------------------------------- */

static bool read_pending(sqlite3 *db, struct letterbox *box, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT overdracht, soort, uiterlijk FROM herinnering"
                   " WHERE gemaild IS NULL ORDER BY at",
                   ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        struct pending pending = { .whom = NOBODY };
        if (!row)
            return true;
        sql_copy(stmt, 0, pending.overdracht, sizeof(pending.overdracht));
        sql_copy(stmt, 1, pending.soort, sizeof(pending.soort));
        sql_copy(stmt, 2, pending.uiterlijk, sizeof(pending.uiterlijk));
        box->pending = mem_resize(box->pending, (box->count + 1) * sizeof(pending));
        box->pending[box->count++] = pending;
    }
    return false;
}

/* An address of its own, or all in one mail. */
static enum whom whom_of(const struct letterbox *box, bool beheer)
{
    const struct config_mail *mail = &box->gateway->config.mail;

    return beheer && mail->beheer[0] && mail->klantregisseur[0]
                   && strcmp(mail->beheer, mail->klantregisseur) != 0
               ? BEHEER
               : KLANTREGISSEUR;
}

/* Whatever its stage: "besluit-van-ons/nieuw" and ".../te-laat" are the same thing. */
static bool is_about(const struct pending *pending, const struct aandacht *item)
{
    char soort[HERINNERING_SOORT_SIZE], day[TERMIJN_DAG_SIZE] = "";

    herinnering_soort(item, soort);
    if (item->dag)
        datum_format(item->dag, day);
    return strcmp(pending->overdracht, item->overdracht) == 0
           && strcmp(pending->uiterlijk, day) == 0
           && strcspn(pending->soort, "/") == strcspn(soort, "/")
           && strncmp(pending->soort, soort, strcspn(soort, "/") + 1) == 0;
}

static bool claim(struct letterbox *box, const struct aandacht *item)
{
    bool found = false;

    for (size_t i = 0; i < box->count; i++)
        if (is_about(&box->pending[i], item)) {
            box->pending[i].whom = whom_of(box, item->beheer);
            found = true;
        }
    return found;
}

static struct buf *next_line(struct letterbox *box, enum whom whom)
{
    return ++box->lines[whom] <= LINES_MAX ? &box->text[whom] : NULL;
}

static void add_item(void *context, const struct aandacht *item)
{
    struct letterbox *box = context;
    enum whom whom = whom_of(box, item->beheer);
    char day[TERMIJN_DAG_SIZE] = "";

    if (!claim(box, item))
        return;
    box->late[whom] += item->laat;
    struct buf *text = next_line(box, whom);
    if (!text)
        return;
    if (item->dag)
        datum_format(item->dag, day);
    buf_addf(text, "* %s%s%s\n  ", *day ? "uiterlijk " : "te doen", day,
             item->laat      ? " - TE LAAT"
             : item->vandaag ? " - vandaag"
                             : "");
    termijn_doen(item->doen, item->overdracht, text);
    buf_add_text(text, "\n");
    if (item->taak)
        buf_addf(text, "  estafette overdracht tasks %s\n", item->overdracht);
    else
        buf_addf(text, "  estafette overdracht show %s\n", item->overdracht);
}

/* What ended waits for nobody any more, but somebody must hear it. */
static void add_ended(struct letterbox *box)
{
    for (size_t i = 0; i < box->count; i++) {
        struct pending *pending = &box->pending[i];
        size_t size = strcspn(pending->soort, "/");
        char name[HERINNERING_SOORT_SIZE];
        if (strcmp(pending->soort + size, "/verlopen") != 0)
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)size, pending->soort);
        const struct termijn *termijn = termijn_named(name);
        struct buf *text = termijn ? next_line(box, KLANTREGISSEUR) : NULL;
        pending->whom = KLANTREGISSEUR;
        if (text)
            buf_addf(text, "* verlopen: %s\n  estafette overdracht show %s\n", termijn->reden,
                     pending->overdracht);
    }
}

/* --- when ------------------------------------------------------------------------------ */

/* A moment ahead of now was written by a clock that was wrong. */
static bool mailed_just_now(sqlite3 *db, time_t now, bool *just, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;

    return sql_query(db, &stmt, fault,
                     "SELECT 1 FROM herinnering WHERE gemaild > ? AND gemaild <= ? LIMIT 1",
                     "ii", (int64_t)now - POST_BETWEEN_SECONDS, (int64_t)now)
           && sql_row(stmt, just, fault);
}

static bool mark(sqlite3 *db, const struct pending *pending, int64_t moment,
                 struct fault *fault)
{
    return sql_do(db, fault,
                  "UPDATE herinnering SET gemaild = ? WHERE overdracht = ? AND soort = ?"
                  " AND uiterlijk = ? AND gemaild IS NULL",
                  "ittt", moment, pending->overdracht, pending->soort, pending->uiterlijk);
}

/* Sets aside what was done meanwhile, or all when nothing is ever mailed. */
static bool gather_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct letterbox *box = argument;
    bool just;

    if (!mail_is_used(&box->gateway->config.mail))
        return sql_do(db, fault, "UPDATE herinnering SET gemaild = 0 WHERE gemaild IS NULL",
                      "");
    if (!mailed_just_now(db, box->now, &just, fault))
        return false;
    if (just)
        return true;
    if (!read_pending(db, box, fault)
        || (box->count > 0 && !aandacht_list(db, box->now, add_item, box, fault)))
        return false;
    add_ended(box);
    for (size_t i = 0; i < box->count; i++)
        if (box->pending[i].whom == NOBODY && !mark(db, &box->pending[i], 0, fault))
            return false;
    return true;
}

/* --- mailing --------------------------------------------------------------------------- */

struct mailed {
    const struct letterbox *box;
    enum whom whom;
};

static bool mailed_work(sqlite3 *db, void *argument, struct fault *fault)
{
    const struct mailed *mailed = argument;
    const struct letterbox *box = mailed->box;

    for (size_t i = 0; i < box->count; i++)
        if (box->pending[i].whom == mailed->whom
            && !mark(db, &box->pending[i], (int64_t)box->now, fault))
            return false;
    return true;
}

static const char *address_of(const struct config_mail *mail, enum whom whom)
{
    const char *own = whom == BEHEER ? mail->beheer : mail->klantregisseur;

    return *own ? own : whom == BEHEER ? mail->klantregisseur : mail->beheer;
}

static bool mail_one(struct letterbox *box, enum whom whom, struct fault *fault)
{
    const struct config *config = &box->gateway->config;
    struct buf *text = &box->text[whom];
    struct mailed mailed = { box, whom };
    char subject[360];
    const struct mail mail = {
        .to = address_of(&config->mail, whom), .subject = subject, .text = text, .at = box->now
    };

    snprintf(subject, sizeof(subject), "Estafette %s: %d vragen aandacht, %d te laat",
             config->gemeentecodes_text, box->lines[whom], box->late[whom]);
    if (box->lines[whom] > LINES_MAX)
        buf_addf(text, "* en nog %d\n", box->lines[whom] - LINES_MAX);
    buf_add_text(text, "\nAlles wat nu aandacht vraagt: estafette overdracht list "
                       "--attention\n");
    return mail_send(&config->mail, box->gateway->helper, &mail, fault)
           && store_run(box->gateway->store, mailed_work, &mailed, fault);
}

/* A server that is away is asked again as often as a mail may go, not every minute. */
static bool tried_just_now(struct gateway *gateway)
{
    int64_t now = clock_monotonic_ms();

    return gateway->posted_ms && now - gateway->posted_ms < POST_BETWEEN_SECONDS * 1000L;
}

bool post_run(struct gateway *gateway, struct fault *fault)
{
    __attribute__((cleanup(letterbox_finish))) struct letterbox box = { .gateway = gateway,
                                                                        .now = clock_now() };

    if (tried_just_now(gateway))
        return true;
    if (!store_run(gateway->store, gather_work, &box, fault))
        return false;
    for (int whom = 0; whom < NOBODY; whom++) {
        struct fault why = { 0 };
        if (box.lines[whom] == 0)
            continue;
        gateway->posted_ms = clock_monotonic_ms();
        if (!mail_one(&box, (enum whom)whom, &why))
            log_warning("post: %d reminders not mailed, tried again: %s", box.lines[whom],
                        why.text);
    }
    return true;
}

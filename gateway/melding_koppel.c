/* melding_koppel -- see melding_koppel.h. */
#include "gateway/melding_koppel.h"

#include <stdio.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/courier.h"
#include "gateway/duo_letter.h"
#include "gateway/ids.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"
#include "gateway/sql.h"

/* The message whose answer brings a number, where no coupling followed. */
static const char TAKEN[] =
    "SELECT o.id FROM outbox o WHERE o.peer IS NULL AND o.soort = 'contactpersoon.melden'"
    " AND o.state = 'delivered' AND o.overdracht IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM outbox k WHERE k.overdracht = o.overdracht"
    "  AND k.peer IS NULL AND k.soort = 'contactpersoon.koppelen' AND k.seq > o.seq)"
    " AND NOT EXISTS (SELECT 1 FROM outbox l WHERE l.overdracht = o.overdracht"
    "  AND l.peer IS NULL AND l.soort = o.soort AND l.seq > o.seq)";

struct koppeling {
    struct gateway *gateway;
    const char *bericht;
    struct outbox_row row;
    long id;
    struct contactpersoon contact; /* as DUO gave it back */
};

static void koppeling_finish(struct koppeling *k)
{
    outbox_row_finish(&k->row);
}

static void index_contact(const struct keys *keys, const struct contactpersoon *contact,
                          struct digest *index)
{
    SCOPED_BUF struct buf text = { 0 };

    buf_addf(&text, "contact:%s|%s|%s", contact->naam, contact->email, contact->telefoon);
    keys_home_index(keys, buf_text(&text), index);
}

bool melding_contact(sqlite3 *db, const struct keys *keys,
                     const struct contactpersoon *contact, long *id, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    struct digest index;
    bool found;

    index_contact(keys, contact, &index);
    *id = 0;
    if (!sql_query(db, &stmt, fault, "SELECT id FROM duo_contact WHERE content = ?", "d",
                   &index)
        || !sql_row(stmt, &found, fault))
        return false;
    if (found)
        *id = (long)sqlite3_column_int64(stmt, 0);
    return true;
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct koppeling *k = argument;

    return outbox_find(db, k->bericht, &k->row, fault);
}

static void take(const json_t *from, const char *name, char *to, size_t size)
{
    const char *text = json_string_value(json_object_get(from, name));

    snprintf(to, size, "%s", text ? text : "");
}

static bool read_answer(struct koppeling *k, struct fault *fault)
{
    SCOPED_DUO_REPLY struct duo_reply reply = { 0 };

    if (!duo_reply_open(k->gateway, &k->row, &reply, fault))
        return false;
    const json_t *told = json_object_get(reply.answer, "contactpersoongegevens");
    k->id = (long)json_integer_value(json_object_get(reply.answer, "id"));
    take(told, "naam", k->contact.naam, sizeof(k->contact.naam));
    take(told, "email", k->contact.email, sizeof(k->contact.email));
    take(told, "telefoonnummer", k->contact.telefoon, sizeof(k->contact.telefoon));
    return k->id > 0
           || fault_set(fault, FAULT_ANSWER, "DUO gave no number for the contact person");
}

static bool couple(sqlite3 *db, struct koppeling *k, struct fault *fault)
{
    struct persoon persoon = { 0 };
    struct duo_letter letter = { .operation = duo_operation_named("contactpersoon.koppelen"),
                                 .overdracht = k->row.overdracht };
    char id[UUID_SIZE];

    if (!overdracht_person(db, k->gateway->keys, k->row.overdracht, &persoon, fault))
        return false;
    memcpy(letter.address.bsn, persoon.bsn, sizeof(letter.address.bsn));
    snprintf(letter.address.id, sizeof(letter.address.id), "%ld", k->id);
    return duo_queue(db, k->gateway, "estafetted", &letter, id, fault);
}

static bool couple_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct koppeling *k = argument;
    struct digest index;

    index_contact(k->gateway->keys, &k->contact, &index);
    return sql_do(db, fault,
                  "INSERT OR REPLACE INTO duo_contact (content, id, at) VALUES (?, ?, ?)",
                  "dii", &index, (int64_t)k->id, (int64_t)clock_now())
           && couple(db, k, fault);
}

static bool couple_one(struct gateway *gateway, const char *bericht, struct fault *fault)
{
    __attribute__((cleanup(koppeling_finish))) struct koppeling k = { .gateway = gateway,
                                                                      .bericht = bericht };

    return store_run(gateway->store, find_work, &k, fault) && read_answer(&k, fault)
           && store_run(gateway->store, couple_work, &k, fault);
}

bool melding_koppel(struct gateway *gateway, struct fault *fault)
{
    SCOPED_IDS struct ids ids = { 0 };

    if (!ids_read(gateway->store, TAKEN, 0, &ids, fault))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        struct fault why = { 0 };
        if (!couple_one(gateway, ids.id[i], &why))
            log_warning("bericht=%s: contact person not coupled: %s", ids.id[i], why.text);
    }
    if (ids.count > 0)
        couriers_wake(gateway->couriers);
    return true;
}

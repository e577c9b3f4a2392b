/* melding_koppel -- see melding_koppel.h. */
#include "gateway/melding_koppel.h"

#include <stdio.h>
#include <string.h>

#include "gateway/courier.h"
#include "gateway/duo_contact.h"
#include "gateway/duo_letter.h"
#include "gateway/ids.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/overdracht.h"

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
    struct duo_letter told;
    json_t *body;
};

static void koppeling_finish(struct koppeling *k)
{
    outbox_row_finish(&k->row);
    json_decref(k->body);
}

json_t *melding_contact(const struct contactpersoon *contact)
{
    return !contact->naam[0] ? NULL
                             : json_pack("{s:s, s:s, s:s}", "naam", contact->naam, "email",
                                         contact->email, "telefoonnummer", contact->telefoon);
}

static bool find_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct koppeling *k = argument;

    return outbox_find(db, k->bericht, &k->row, fault);
}

/* Under the number that DUO gave for what we told it then. */
static bool couple_work(sqlite3 *db, void *argument, struct fault *fault)
{
    struct koppeling *k = argument;
    struct persoon persoon = { 0 };
    struct duo_letter letter = { .operation = duo_operation_named("contactpersoon.koppelen"),
                                 .overdracht = k->row.overdracht };
    char bericht[UUID_SIZE];
    int64_t id;

    if (!duo_contact_find(db, k->gateway->keys, k->body, &id, fault)
        || !overdracht_person(db, k->gateway->keys, k->row.overdracht, &persoon, fault))
        return false;
    if (!id)
        return fault_set(fault, FAULT_STATE,
                         "DUO's number for the contact person is not known");
    memcpy(letter.address.bsn, persoon.bsn, sizeof(letter.address.bsn));
    snprintf(letter.address.id, sizeof(letter.address.id), "%lld", (long long)id);
    return duo_queue(db, k->gateway, "estafetted", &letter, bericht, fault);
}

static bool couple_one(struct gateway *gateway, const char *bericht, struct fault *fault)
{
    __attribute__((cleanup(koppeling_finish))) struct koppeling k = { .gateway = gateway,
                                                                      .bericht = bericht };

    return store_run(gateway->store, find_work, &k, fault)
           && duo_letter_open(gateway, &k.row, &k.told, &k.body, fault)
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

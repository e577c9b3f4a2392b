/* sim_contact -- see sim_contact.h. */
#include "tools/duosim/sim_contact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/duosim/sim_state.h"

#define ID_MAX 99999

static json_t *contacts(const struct sim_case *c)
{
    return json_object_get(c->state, "contactpersonen");
}

/* The lowest number that is free. */
static void make(struct sim_case *c, json_t *contact)
{
    char id[12] = "1";
    int n = 1;

    (void)contact;
    while (n < ID_MAX && json_object_get(contacts(c), id))
        (void)snprintf(id, sizeof(id), "%d", ++n);
    json_object_set_new(contacts(c), id,
                        json_pack("{s:s, s:O}", "gemeentecode", c->gemeentecode,
                                  "contactpersoongegevens", c->body));
    c->answer = json_pack("{s:i, s:O}", "id", n, "contactpersoongegevens", c->body);
}

static void change(struct sim_case *c, json_t *contact)
{
    json_object_set(contact, "contactpersoongegevens", (json_t *)c->body);
}

/* CP-2: all its links go with it. */
static void drop(struct sim_case *c, json_t *contact)
{
    long id = strtol(c->address.id, NULL, 10);
    const char *bsn;
    json_t *person;

    (void)contact;
    json_object_del(contacts(c), c->address.id);
    json_object_foreach (json_object_get(c->state, "personen"), bsn, person)
        if (json_integer_value(json_object_get(person, "contactpersoon")) == id)
            json_object_del(person, "contactpersoon");
}

/* CP-1: instead of the one that he had. */
static void tie(struct sim_case *c, json_t *contact)
{
    (void)contact;
    json_object_set_new(c->person, "contactpersoon",
                        json_integer(strtol(c->address.id, NULL, 10)));
}

static void untie(struct sim_case *c, json_t *contact)
{
    (void)contact;
    json_object_del(c->person, "contactpersoon");
}

static bool is_tied(const struct sim_case *c)
{
    return json_integer_value(json_object_get(c->person, "contactpersoon"))
           == strtol(c->address.id, NULL, 10);
}

static const struct {
    const char *name;
    void (*run)(struct sim_case *c, json_t *contact);
} ROWS[] = {
    { "contactpersoon.melden", make },       { "contactpersoon.wijzigen", change },
    { "contactpersoon.intrekken", drop },    { "contactpersoon.koppelen", tie },
    { "contactpersoon.ontkoppelen", untie },
};

/* 0: go on; else the status to refuse with. */
static int refusal(const struct sim_case *c, const json_t *contact)
{
    if (!c->address.id[0])
        return 0;
    if (!contact)
        return 404;
    if (strcmp(sim_state_text(contact, "gemeentecode"), c->gemeentecode) != 0)
        return 403;
    return strcmp(c->operation->name, "contactpersoon.ontkoppelen") != 0 || is_tied(c) ? 0
                                                                                       : 404;
}

void sim_contact_do(struct sim_case *c)
{
    json_t *contact = json_object_get(contacts(c), c->address.id);

    c->status = refusal(c, contact);
    if (c->status) {
        if (c->status == 403 && c->operation->texts)
            c->answer = json_pack("[{s:s}]", "fouttekst",
                                  "De contactpersoon is van een andere gemeente.");
        return;
    }
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
        if (strcmp(ROWS[i].name, c->operation->name) == 0)
            ROWS[i].run(c, contact);
    c->status = c->operation->success;
}

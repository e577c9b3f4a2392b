/* persoon -- see persoon.h. The store's JSON is one table, read in both directions. */
#include "gateway/persoon.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "codecs/dossier.h"

#define MEMBER(name) #name, offsetof(struct persoon, name), sizeof(((struct persoon *)0)->name)

static const struct field {
    const char *name;
    size_t offset, size;
} FIELDS[] = {
    { MEMBER(naam) },
    { MEMBER(geboortedatum) },
    { MEMBER(bsn) },
    { MEMBER(vnummer) },
};
#define FIELD_COUNT (sizeof(FIELDS) / sizeof(FIELDS[0]))

static void set(char *member, size_t size, const char *text)
{
    snprintf(member, size, "%s", text ? text : "");
}

void persoon_of_dossier(const xmlNode *dossier, struct persoon *persoon)
{
    SCOPED_BUF struct buf naam = { 0 };

    dossier_naam(dossier, &naam);
    set(persoon->naam, sizeof(persoon->naam), buf_text(&naam));
    set(persoon->geboortedatum, sizeof(persoon->geboortedatum),
        dossier_geboortedatum(dossier));
    set(persoon->bsn, sizeof(persoon->bsn), dossier_bsn(dossier));
    set(persoon->vnummer, sizeof(persoon->vnummer), dossier_vnummer(dossier));
}

void persoon_of_verzoek(const struct dossierverzoek *verzoek, struct persoon *persoon)
{
    set(persoon->naam, sizeof(persoon->naam), verzoek->naam);
    set(persoon->geboortedatum, sizeof(persoon->geboortedatum), verzoek->geboortedatum);
    set(persoon->bsn, sizeof(persoon->bsn), verzoek->bsn);
    set(persoon->vnummer, sizeof(persoon->vnummer), verzoek->vnummer);
}

void persoon_renew(struct persoon *persoon, const struct persoon *newer)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *text = (const char *)newer + FIELDS[i].offset;
        if (*text)
            set((char *)persoon + FIELDS[i].offset, FIELDS[i].size, text);
    }
}

/* --- sealed -------------------------------------------------------------------------- */

static void place_of(const char *overdracht, char place[96])
{
    snprintf(place, 96, "overdracht.persoon_sealed:%s", overdracht);
}

void persoon_seal(const struct keys *keys, const char *overdracht,
                  const struct persoon *persoon, struct buf *sealed)
{
    json_t *json = json_object();
    char place[96];

    for (size_t i = 0; i < FIELD_COUNT; i++)
        json_object_set_new(json, FIELDS[i].name,
                            json_string((const char *)persoon + FIELDS[i].offset));
    char *text = json_dumps(json, JSON_COMPACT);
    place_of(overdracht, place);
    keys_home_seal(keys, place, text, strlen(text), sealed);
    explicit_bzero(text, strlen(text));
    free(text);
    json_decref(json);
}

/* What an earlier version sealed has no numbers. */
bool persoon_unseal(const struct keys *keys, const char *overdracht, const struct buf *sealed,
                    struct persoon *persoon, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    char place[96];

    place_of(overdracht, place);
    if (!keys_home_unseal(keys, place, sealed->data, sealed->size, &text, fault))
        return false;
    json_t *json = json_loadb(buf_text(&text), text.size, 0, NULL);
    for (size_t i = 0; i < FIELD_COUNT; i++)
        set((char *)persoon + FIELDS[i].offset, FIELDS[i].size,
            json_string_value(json_object_get(json, FIELDS[i].name)));
    json_decref(json);
    return true;
}

/* --- looked up ----------------------------------------------------------------------- */

static const struct digest *index_of(const struct keys *keys, const char *kind,
                                     const char *number, struct digest *index)
{
    char text[64];

    if (!*number)
        return NULL;
    snprintf(text, sizeof(text), "%s:%s", kind, number);
    keys_home_index(keys, text, index);
    explicit_bzero(text, sizeof(text));
    return index;
}

const struct digest *persoon_bsn_index(const struct keys *keys, const struct persoon *persoon,
                                       struct digest *index)
{
    return index_of(keys, "bsn", persoon->bsn, index);
}

const struct digest *persoon_vnummer_index(const struct keys *keys,
                                           const struct persoon *persoon, struct digest *index)
{
    return index_of(keys, "vnummer", persoon->vnummer, index);
}

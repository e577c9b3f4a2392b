/* operation -- see operation.h. The table is DUO's specifications, in the order in which they
 * stand in docs/duo.md.
 */
#include "codecs/duo/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/dossier.h"
#include "codecs/duo/shapes.h"

static const struct {
    const char *name, *version;
} APIS[DUO_APIS] = {
    [DUO_NOTIFICATIE] = { "Notificatie", "1.8.0" },
    [DUO_INBURGERINGSPLICHT] = { "Inburgeringsplicht", "1.2.2" },
    [DUO_LEERBAARHEIDSTOETS] = { "Leerbaarheidstoets", "1.2.0" },
    [DUO_INBURGERINGSTERMIJN] = { "Inburgeringstermijn", "1.0.0" },
    [DUO_GEBEURTENIS] = { "Gebeurtenis", "1.0.0" },
    [DUO_VERLENGING] = { "Verlenging", "1.0.0" },
    [DUO_VRIJSTELLING] = { "Vrijstelling", "1.0.0" },
    [DUO_ONTHEFFING] = { "Ontheffing", "1.0.0" },
    [DUO_PIP] = { "PIP", "1.2.0" },
    [DUO_CONTACTPERSOON] = { "Contactpersoon", "1.0.0" },
    [DUO_INBURGERINGSAANBOD] = { "Inburgeringsaanbod", "1.2.0" },
    [DUO_MAPPVTZROUTE] = { "MapPvtZroute", "1.0.0" },
    [DUO_GEVOLGDEUREN] = { "GevolgdeUren", "1.1.0" },
    [DUO_EXAMEN] = { "Examen", "1.0.0" },
    [DUO_BOETE] = { "Boete", "1.0.0" },
};

/* Which answers are declared beside success. */
static const int TOLD[] = { 400, 401, 403, 500, 503, 0 }; /* a notification */
static const int FULL[] = { 400, 403, 404, 500, 503, 0 }; /* most */
static const int NOT_FOUND[] = { 400, 403, 404, 0 };      /* those of later years */
static const int UNKNOWN[] = { 400, 401, 403, 404, 0 };   /* those of the last year */
static const int NOBODY[] = { 400, 500, 503, 0 };         /* a list that is for all */
static const int NEW_CONTACT[] = { 400, 403, 500, 503, 0 };

#define MELDEN_INSTELLING "/personen/{bsn}/uren/instellingen/{instellingsnummer}/taallesknm"

/* clang-format off */
static const struct duo_operation OPERATIONS[] = {
    { "inburgeringsplicht.lezen",          DUO_INBURGERINGSPLICHT,  "GET",    "/personen/{bsn}/inburgeringsplicht",            200, FULL,        false, NULL, &duo_inburgeringsplicht },
    { "inburgeringsplicht-historie.lezen", DUO_INBURGERINGSPLICHT,  "GET",    "/personen/{bsn}/inburgeringsplicht/historie",   200, FULL,        false, NULL, &duo_inburgeringsplichthistorie },
    { "doelgroep.lezen",                   DUO_INBURGERINGSPLICHT,  "GET",    "/personen/{bsn}/doelgroep",                     200, FULL,        false, NULL, &duo_doelgroep },
    { "doelgroep-historie.lezen",          DUO_INBURGERINGSPLICHT,  "GET",    "/personen/{bsn}/doelgroep/historie",            200, FULL,        false, NULL, &duo_doelgroephistorie },
    { "lbt-examennummer.lezen",            DUO_LEERBAARHEIDSTOETS,  "GET",    "/personen/{bsn}/lbt/examennummer",              200, FULL,        false, NULL, &duo_examennummer },
    { "lbt-examennummer.intrekken",        DUO_LEERBAARHEIDSTOETS,  "DELETE", "/personen/{bsn}/lbt/examennummer",              200, FULL,        false, NULL, NULL },
    { "lbt-resultaten.lezen",              DUO_LEERBAARHEIDSTOETS,  "GET",    "/personen/{bsn}/lbt/resultaten",                200, FULL,        false, NULL, &duo_resultaat },
    { "inburgeringstermijn.lezen",         DUO_INBURGERINGSTERMIJN, "GET",    "/personen/{bsn}/inburgeringstermijn",           200, FULL,        false, NULL, &duo_inburgeringstermijn },
    { "inburgeringstermijn-historie.lezen", DUO_INBURGERINGSTERMIJN, "GET",   "/personen/{bsn}/inburgeringstermijn/historie",  200, FULL,        false, NULL, &duo_inburgeringstermijnhistorie },
    { "verlengingsgronden.lezen",          DUO_INBURGERINGSTERMIJN, "GET",    "/verlengingsgronden",                           200, NOBODY,      false, NULL, &duo_verlengingsgrond },
    { "gebeurtenissen.lezen",              DUO_GEBEURTENIS,         "GET",    "/personen/{bsn}/gebeurtenissen",                200, UNKNOWN,     false, NULL, &duo_gebeurtenissen },
    { "verlengingen.lezen",                DUO_VERLENGING,          "GET",    "/personen/{bsn}/verlengingen",                  200, NOT_FOUND,   false, NULL, &duo_verlengingaanvraag },
    { "vrijstellingen.lezen",              DUO_VRIJSTELLING,        "GET",    "/personen/{bsn}/vrijstellingen",                200, NOT_FOUND,   false, NULL, &duo_vrijstelling },
    { "ontheffingen.lezen",                DUO_ONTHEFFING,          "GET",    "/personen/{bsn}/ontheffingen",                  200, NOT_FOUND,   false, NULL, &duo_ontheffing },
    { "pip.lezen",                         DUO_PIP,                 "GET",    "/personen/{bsn}/PIP",                           200, FULL,        false, NULL, &duo_gemeente },
    { "pip.melden",                        DUO_PIP,                 "POST",   "/personen/{bsn}/PIP",                           201, FULL,        true,  &duo_pip, NULL },
    { "pip.intrekken",                     DUO_PIP,                 "DELETE", "/personen/{bsn}/PIP",                           200, FULL,        true,  NULL, NULL },
    { "contactpersoon.melden",             DUO_CONTACTPERSOON,      "POST",   "/contactpersonen",                              201, NEW_CONTACT, true,  &duo_contactpersoongegevens, &duo_contactpersoon },
    { "contactpersoon.wijzigen",           DUO_CONTACTPERSOON,      "PUT",    "/contactpersonen/{id}",                         200, FULL,        true,  &duo_contactpersoongegevens, NULL },
    { "contactpersoon.intrekken",          DUO_CONTACTPERSOON,      "DELETE", "/contactpersonen/{id}",                         200, FULL,        false, NULL, NULL },
    { "contactpersoon.koppelen",           DUO_CONTACTPERSOON,      "POST",   "/contactpersonen/{id}/personen/{bsn}",          201, FULL,        false, NULL, NULL },
    { "contactpersoon.ontkoppelen",        DUO_CONTACTPERSOON,      "DELETE", "/contactpersonen/{id}/personen/{bsn}",          200, FULL,        false, NULL, NULL },
    { "instellingen.lezen",                DUO_INBURGERINGSAANBOD,  "GET",    "/instellingen",                                 200, NOBODY,      false, NULL, &duo_instelling },
    { "aanbod.melden",                     DUO_INBURGERINGSAANBOD,  "POST",   "/personen/{bsn}/Inburgeringsaanbod/{instellingsnummer}", 201, FULL, true, &duo_inburgeringsaanbod, NULL },
    { "aanbod.intrekken",                  DUO_INBURGERINGSAANBOD,  "DELETE", "/personen/{bsn}/Inburgeringsaanbod/{instellingsnummer}", 204, FULL, true, NULL, NULL },
    { "map.lezen",                         DUO_MAPPVTZROUTE,        "GET",    "/personen/{bsn}/map",                           200, NOT_FOUND,   false, NULL, &duo_datummap },
    { "map.melden",                        DUO_MAPPVTZROUTE,        "PUT",    "/personen/{bsn}/map",                           200, NOT_FOUND,   true,  &duo_resultaatmap, NULL },
    { "pvt.lezen",                         DUO_MAPPVTZROUTE,        "GET",    "/personen/{bsn}/pvt",                           200, NOT_FOUND,   false, NULL, &duo_datumpvt },
    { "pvt.melden",                        DUO_MAPPVTZROUTE,        "PUT",    "/personen/{bsn}/pvt",                           200, NOT_FOUND,   true,  &duo_resultaatpvt, NULL },
    { "zroute.melden",                     DUO_MAPPVTZROUTE,        "PUT",    "/personen/{bsn}/zroute",                        200, NOT_FOUND,   true,  &duo_resultaatzroute, NULL },
    { "uren.lezen",                        DUO_GEVOLGDEUREN,        "GET",    "/personen/{bsn}/uren",                          200, UNKNOWN,     false, NULL, &duo_uren },
    { "uren-bredeintake.melden",           DUO_GEVOLGDEUREN,        "PUT",    "/personen/{bsn}/uren/bredeintake/taallesknm",   200, NOT_FOUND,   false, &duo_taallesenknmbredeintake, NULL },
    { "uren-participatie.melden",          DUO_GEVOLGDEUREN,        "PUT",    "/personen/{bsn}/uren/participatieactiviteiten", 200, NOT_FOUND,   false, &duo_participatieactiviteitenbredeintake, NULL },
    { "uren-taalles.melden",               DUO_GEVOLGDEUREN,        "PUT",    "/personen/{bsn}/uren/participatietaalles",      200, NOT_FOUND,   false, &duo_participatiealstaalles, NULL },
    { "uren-instelling.melden",            DUO_GEVOLGDEUREN,        "PUT",    MELDEN_INSTELLING,                               200, NOT_FOUND,   true,  &duo_taallesenknminstellingbekendtot, NULL },
    { "examenresultaten.lezen",            DUO_EXAMEN,              "GET",    "/personen/{bsn}/examens/resultaten",            200, NOT_FOUND,   false, NULL, &duo_examenresultaat },
    { "gratispogingen.lezen",              DUO_EXAMEN,              "GET",    "/personen/{bsn}/examens/gratispogingen",        200, NOT_FOUND,   false, NULL, &duo_gratispogingtegoed },
    { "boetes.lezen",                      DUO_BOETE,               "GET",    "/personen/{bsn}/boetes",                        200, UNKNOWN,     false, NULL, &duo_boete },
    { "notificatie.melden",                DUO_NOTIFICATIE,         "POST",   "/notificaties",                                 201, TOLD,        false, &duo_notificatie, NULL },
};
/* clang-format on */
#define COUNT (sizeof(OPERATIONS) / sizeof(OPERATIONS[0]))

const char *duo_api_name(enum duo_api api)
{
    return APIS[api].name;
}

const char *duo_api_version(enum duo_api api)
{
    return APIS[api].version;
}

const struct duo_operation *duo_operation_named(const char *name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(OPERATIONS[i].name, name) == 0)
            return &OPERATIONS[i];
    return NULL;
}

size_t duo_operation_count(void)
{
    return COUNT;
}

const struct duo_operation *duo_operation_at(size_t index)
{
    return index < COUNT ? &OPERATIONS[index] : NULL;
}

/* --- paths ------------------------------------------------------------------------------ */

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* What stands in braces, where it is kept, and what it may be. */
static const struct part {
    const char *name;
    size_t offset, least, most;
    const char *characters;
} PARTS[] = {
    { "{bsn}", offsetof(struct duo_address, bsn), 9, 9, DIGITS },
    { "{instellingsnummer}", offsetof(struct duo_address, instellingsnummer), 10, 10,
      DIGITS LETTERS },
    { "{id}", offsetof(struct duo_address, id), 1, 5, DIGITS },
};

static const struct part *part_at(const char *template)
{
    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++)
        if (strncmp(template, PARTS[i].name, strlen(PARTS[i].name)) == 0)
            return &PARTS[i];
    return NULL;
}

static bool part_fits(const struct part *part, const char *value, size_t size)
{
    bool is_number = part->offset == offsetof(struct duo_address, id);

    return size >= part->least && size <= part->most && !(is_number && *value == '0')
           && strspn(value, part->characters) >= size;
}

static bool part_is_right(const struct part *part, const char *value)
{
    bool is_bsn = part->offset == offsetof(struct duo_address, bsn);

    return part_fits(part, value, strlen(value)) && (!is_bsn || dossier_bsn_valid(value));
}

bool duo_path(const struct duo_operation *operation, const struct duo_address *address,
              struct buf *path, struct fault *fault)
{
    buf_addf(path, "/v%ld", strtol(duo_api_version(operation->api), NULL, 10));
    for (const char *at = operation->path; *at; at++) {
        const struct part *part = part_at(at);
        if (!part) {
            buf_add(path, at, 1);
            continue;
        }
        const char *value = (const char *)address + part->offset;
        if (!part_is_right(part, value))
            return fault_set(fault, FAULT_USAGE, "%s: its path needs a right %s",
                             operation->name, part->name);
        buf_add_text(path, value);
        at += strlen(part->name) - 1;
    }
    return true;
}

static bool path_fits(const char *template, const char *path, struct duo_address *address)
{
    *address = (struct duo_address){ 0 };
    for (; *template; template ++) {
        const struct part *part = part_at(template);
        if (!part) {
            if (*template != *path++)
                return false;
            continue;
        }
        size_t size = strcspn(path, "/");
        if (!part_fits(part, path, size))
            return false;
        memcpy((char *)address + part->offset, path, size);
        path += size;
        template += strlen(part->name) - 1;
    }
    return *path == '\0';
}

bool duo_route(const char *method, const char *path, const struct duo_operation **operation,
               struct duo_address *address)
{
    for (size_t i = 0; i < COUNT; i++) {
        char version[8];
        int size = snprintf(version, sizeof(version), "/v%ld",
                            strtol(duo_api_version(OPERATIONS[i].api), NULL, 10));
        if (strcmp(method, OPERATIONS[i].method) != 0
            || strncmp(path, version, (size_t)size) != 0
            || !path_fits(OPERATIONS[i].path, path + size, address))
            continue;
        *operation = &OPERATIONS[i];
        return true;
    }
    *address = (struct duo_address){ 0 };
    return false;
}

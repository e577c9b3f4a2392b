/* operation -- the 39 things that can be asked of or told to the other side of DUO's link.
 *
 * One row is one operation of DUO's specifications: how it is called here, of which API it is,
 * method and path, the answers that are declared, and the shapes of body and answer. 38 are
 * ours to ask of DUO, one (notificatie.melden) is DUO's to ask of us.
 *
 * A path holds somebody's BSN: it may not be logged.
 */
#ifndef CODECS_DUO_OPERATION_H
#define CODECS_DUO_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

enum duo_api {
    DUO_NOTIFICATIE,
    DUO_INBURGERINGSPLICHT,
    DUO_LEERBAARHEIDSTOETS,
    DUO_INBURGERINGSTERMIJN,
    DUO_GEBEURTENIS,
    DUO_VERLENGING,
    DUO_VRIJSTELLING,
    DUO_ONTHEFFING,
    DUO_PIP,
    DUO_CONTACTPERSOON,
    DUO_INBURGERINGSAANBOD,
    DUO_MAPPVTZROUTE,
    DUO_GEVOLGDEUREN,
    DUO_EXAMEN,
    DUO_BOETE,
    DUO_APIS
};

const char *duo_api_name(enum duo_api api);    /* as DUO names it: "GevolgdeUren" */
const char *duo_api_version(enum duo_api api); /* "1.1.0"; its first number is in the path */

struct duo_operation {
    const char *name; /* "pip.lezen" */
    enum duo_api api;
    const char *method, *path;      /* "GET", "/personen/{bsn}/PIP": without "/v1" */
    int success;                    /* 200, 201 or 204 */
    const int *statuses;            /* the others that are declared; 0 ends them */
    bool texts;                     /* a 403 tells why in a list of `fouttekst` */
    const struct duo_shape *body;   /* NULL: none is sent */
    const struct duo_shape *answer; /* of `success`; NULL: none is given */
};

const struct duo_operation *duo_operation_named(const char *name); /* NULL: there is none */
size_t duo_operation_count(void);
const struct duo_operation *duo_operation_at(size_t index);

/* What the path of an operation asks for; "" where it asks for nothing. */
struct duo_address {
    char bsn[10], instellingsnummer[11], id[6];
};

/* Appends "/v1/personen/999990019/PIP". FAULT_USAGE when a part that the path needs is missing
 * or cannot be: a BSN that fails the 11-test, a number of another length. */
bool duo_path(const struct duo_operation *operation, const struct duo_address *address,
              struct buf *path, struct fault *fault) MUST_CHECK;

/* The way back, for who answers: which operation is this, and about whom. Exact, also in upper
 * and lower case; nothing is decoded. false: there is no such path with this method. */
bool duo_route(const char *method, const char *path, const struct duo_operation **operation,
               struct duo_address *address) MUST_CHECK;

#endif

/* shape -- DUO's JSON as tables, and one walker per direction over them.
 *
 * A row is one member of one of DUO's schemas: how DUO spells it, where the dossier keeps it,
 * what it may be. The same row checks a value, puts it into the dossier, and gets it out
 * again. duo_API.c holds the tables of an API; rows.h makes them short.
 *
 * A fault names the member as a JSON pointer and the rule, never what stood there.
 */
#ifndef CODECS_DUO_SHAPE_H
#define CODECS_DUO_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <libxml/tree.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/duo/pattern.h"

struct duo_operation; /* see codecs/duo/operation.h */

enum duo_kind {
    DUO_TEXT,    /* least..most characters, and a pattern */
    DUO_CODE,    /* one of `codes` */
    DUO_DATE,    /* "2026-11-23", a day that exists */
    DUO_MOMENT,  /* date and time after RFC 3339 */
    DUO_BOOLEAN, /* in the dossier ja or nee */
    DUO_INTEGER, /* least..most; 1.0 is none */
    DUO_NUMBER,  /* least..most; in the dossier euro with two decimals */
    DUO_OBJECT,
};

struct duo_code {
    const char *code,
        *word; /* word: what the dossier calls it; NULL: the same. code NULL ends */
};

struct duo_row {
    const char *member;
    const char *path; /* from the element of the shape; "": its own text (an object: the same
                       * element); NULL: the dossier has no place for it */
    enum duo_kind kind;
    bool required;
    int64_t least, most;
    enum duo_pattern pattern;
    const struct duo_code *codes;
    const struct duo_shape *shape; /* of an object */
};

struct duo_shape {
    const char *name;           /* DUO's: "Uren" */
    const struct duo_row *rows; /* member NULL ends; in the order of the dossier's schema */
    const char *element; /* under duo/gelezen; "": its members stand there by themselves; NULL:
                          * not read from DUO, or not about a person */
    bool list;           /* an array of such objects */
    size_t most;         /* items; 0: DUO sets no bound */
    size_t room;         /* how many the dossier can hold of a list */
    bool shared; /* another answer fills this element too: what one repeats is left out */
    bool apart;  /* each member is an element by itself, and its path the `soort` in there */
};

#define DUO_UNKNOWN_MAX 20
#define DUO_POINTER_SIZE 160

struct duo_findings {
    size_t unknown; /* members that DUO's specification does not have; the first are named */
    char pointer[DUO_UNKNOWN_MAX][DUO_POINTER_SIZE]; /* "/0/nieuw"; not for a log */
};

/* Is it of this shape, exactly? Unknown members are no mistake: they are listed in findings
 * (may be NULL). FAULT_SCHEMA with the first mistake. */
bool duo_check(const struct duo_shape *shape, const json_t *json,
               struct duo_findings *findings, struct fault *fault) MUST_CHECK;

/* Puts an answer into a dossier/duo/gelezen element, each thing at its place whatever was put
 * there before. What DUO added since and what does not fit stays as `onbekend`. Checks first:
 * FAULT_SCHEMA as duo_check(). Of an operation whose answer is about nobody nothing is put. */
bool duo_to_xml(const struct duo_operation *operation, const json_t *answer, xmlNode *gelezen,
                struct fault *fault) MUST_CHECK;

/* Adds a child to a dossier/duo/gelezen element, where the schema wants one of its name:
 * behind all that go before it. `node` is gelezen's from then on. */
void duo_place(xmlNode *gelezen, xmlNode *node);

/* The way back, checked: *body (the caller's: json_decref()) out of the element where the
 * shape begins: a pip/versie, a voortgang/traject, voortgang/map; of a list the first of its
 * elements. FAULT_SCHEMA when the dossier lacks what is required or it does not fit. */
bool duo_to_json(const struct duo_shape *shape, const xmlNode *element, json_t **body,
                 struct fault *fault) MUST_CHECK;

/* Appends DUO's own words from the body of a 403 or 503, one a line; false when it has none.
 * They may be about a person: not for a log. */
bool duo_fouttekst(const json_t *json, struct buf *texts) MUST_CHECK;

#endif

/* resident -- one person about whom DUO knows everything and nothing is wrong, and changes.
 *
 * Tests of DUO's rules say what is different: text of what was read, facts, what was reported.
 */
#ifndef TESTS_CODECS_RESIDENT_H
#define TESTS_CODECS_RESIDENT_H

#include <stdbool.h>

#include <jansson.h>
#include <libxml/tree.h>

#include "codecs/base/fault.h"
#include "codecs/duo/regels.h"

#define EDITS_MAX 3

/* clang-format off */
/* Pieces of what was read. */
#define PIP                                                                                   \
    "<pip><gemeentecode>0344</gemeentecode><dagtekening>2025-06-01</dagtekening>"             \
    "<leerroute>B1-route</leerroute></pip>"
#define PIP_ELDERS                                                                            \
    "<pip><gemeentecode>0599</gemeentecode><dagtekening>2026-11-02</dagtekening>"             \
    "<leerroute>B1-route</leerroute></pip>"
#define TERMIJN                                                                               \
    "<inburgeringstermijn><startdatum>2025-06-02</startdatum>"                                \
    "<einddatum>2028-06-02</einddatum></inburgeringstermijn>"
#define UREN(gemeente, tot)                                                                   \
    "<uren><gemeentecode>" gemeente "</gemeentecode><bekendTot>" tot "</bekendTot>"           \
    "<taallesEnKnmInstelling><uren>100</uren><instellingsnummer>1000000001"                   \
    "</instellingsnummer></taallesEnKnmInstelling></uren>"

/* What was reported: an offer, and more. */
#define AANBOD_MELDING                                                                        \
    "{'operatie':'aanbod.melden','op':'2025-07-01','instellingsnummer':'1000000001',"         \
    "'inhoud':{'datumInburgeringsaanbod':'2025-07-01','indicatorAlfabetiseringsonderwijs':"   \
    "'NVT'}}"
#define GEMELD(more) "[" AANBOD_MELDING more "]"

/* Edits. */
#define OFF_TERMIJN { TERMIJN, "" }
#define OFF_UREN { UREN("0344", "2026-09-01"), "" }
#define OFF_PIP { PIP, "" }
#define Z_ROUTE { "B1-route", "Z-route" }
#define MAP_ER_IS \
    { "</gelezen>", "<datumEindgesprekMap>2026-10-01</datumEindgesprekMap></gelezen>" }
#define PVT_ER_IS \
    { "</gelezen>", "<datumOndertekeningPvt>2026-10-01</datumOndertekeningPvt></gelezen>" }
#define VOORBIJ { "2028-06-02", "2026-11-20" } /* the term is over */
#define BIJNA { "2028-06-02", "2026-12-20" }   /* it ends within two months */
#define VOLDAAN { "</begindatum>", \
    "</begindatum><redenGeenInburgeringsplicht>Inburgeringsplicht voldaan" \
    "</redenGeenInburgeringsplicht>" }
#define B1 "'leerroute':'B','niveau':'B1'"
/* clang-format on */

struct edit {
    const char *from, *to;
};

/* What is different: of what was read, and of the facts ("vertrek=2026-11-01 map_door":
 * a name alone, or `deels`, takes what is known away). */
struct change {
    struct edit edits[EDITS_MAX];
    const char *facts, *gemeld;
};

struct heard {
    char ids[256]; /* "MAP-2 MAP-9" */
    enum duo_ernst ernst;
    enum duo_oordeel oordeel;
};

struct resident {
    struct duo_facts facts;
    xmlDoc *doc;
    json_t *instellingen, *gemeld;
    char *pairs;
};

/* Fails the test when it cannot be made. */
void resident_make(struct resident *resident, const struct change *change);
void resident_release(struct resident *resident);
#define SCOPED_RESIDENT __attribute__((cleanup(resident_release)))

/* JSON with single quotes; NULL for NULL. */
json_t *resident_json(const char *text);

/* duo_regels() on this report, with the facts after the change. */
bool resident_judge(const char *operatie, const char *body, const struct change *change,
                    struct heard *heard, struct fault *fault);
void resident_hear(void *context, const struct duo_bevinding *bevinding);

#endif

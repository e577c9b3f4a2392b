/* output -- one answer, two readers: JSON as it is for programs, tables for people.
 *
 * Every command has its answer as a JSON value first. What people see of it is a table of
 * fields: label, member ("peer.naam" walks into objects), and how it is written. Moments are
 * shown in the time of Europe/Amsterdam. All text is cleaned on its way to the terminal.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <jansson.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"

enum field_kind {
    FIELD_TEXT,   /* text or number as it is */
    FIELD_MOMENT, /* "2026-11-23T18:05:00Z" to "2026-11-23 19:05:00 CET" */
    FIELD_LIST,   /* array of texts: "0141, 0142" */
    FIELD_GROUPS, /* a fingerprint in groups of four */
    FIELD_COUNTS, /* object of numbers: "actief 3, geschorst 1" */
    FIELD_ACTOR,  /* "uid 1000 klantregisseur" to "jansen klantregisseur" */
};

struct field {
    const char *label, *member; /* label NULL ends a table of fields */
    enum field_kind kind;
};

/* Once: Dutch time, and running out of memory ends the process inside jansson too. */
void output_install(void);

/* One line of labels, one line per object; says "none" on stderr when there are no rows. */
void output_table(const json_t *rows, const struct field *fields);
/* "label: value" per line; members that are absent, null or empty are left out. */
void output_fields(const json_t *object, const struct field *fields);

/* An answer with these fields, or a list that is its member: as JSON or for people. */
void output_answer(bool json, const json_t *answer, const struct field *fields);
void output_list(bool json, const json_t *answer, const char *member,
                 const struct field *fields);

/* Text of an object's member, walked as above; "" when it is absent or no text. */
const char *output_text(const json_t *object, const char *member);

/* Appends who did something: a Unix user by the name that this machine has for it. */
void output_actor(const char *actor, struct buf *text);

/* A JSON string of any text, such as the name of a file; what is no UTF-8 becomes U+FFFD. */
json_t *output_string(const char *text);

/* Appends `text` with everything a terminal might obey as U+FFFD; with `page` new lines stay.
 */
void output_clean(const char *text, bool page, struct buf *clean);
/* cli_print_text() to any stream, and for text of many lines. */
void output_print(FILE *out, const char *text);
void output_print_page(const char *text);

/* "3f2a 90c1 ..." as people read a fingerprint aloud. Appends. */
void output_groups(const char *hex, struct buf *groups);

/* The one failure of this run: a line and what to do, or an object {code,text,action}. */
void output_failure(const struct fault *fault, bool json);

/* Everything printed has arrived. FAULT_IO when standard output is full or gone. */
bool output_finish(struct fault *fault) MUST_CHECK;

#endif

/* tray -- a folder that another program fills for us, with folders in it between which what
 * lies there is moved: in/, wacht/, verzonden/, geweigerd/.
 *
 * That program is believed in nothing. Every name is opened beneath the folder, without any
 * link on the way (openat2); only a regular file counts, with one name, of ourselves or of the
 * owner of in/, not empty and not too large, that has not changed for a moment and does not
 * while it is read. Names are of a closed form; others are left where they are and counted. A
 * name may hold personal data: it is in no fault and in no log.
 */
#ifndef GATEWAY_TRAY_H
#define GATEWAY_TRAY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define TRAY_NAME 96         /* room for a name, and for a number behind it */
#define TRAY_ENTRIES_MAX 200 /* looked at in one go; the rest next time */
#define TRAY_QUIET_SECONDS 2

enum tray_place { TRAY_IN, TRAY_WAIT, TRAY_SENT, TRAY_REFUSED, TRAY_PLACES };

struct tray {
    int place[TRAY_PLACES]; /* the folders; -1: not open */
    uid_t owner;            /* of in/ */
};

/* Opens the folder and those in it, which are made when they lack. FAULT_CONFIG: not there, a
 * link, to be written by everybody, or one of those in it open to everybody. tray_close() it,
 * also after a fault. */
bool tray_open(const char *path, struct tray *tray, struct fault *fault) MUST_CHECK;
/* The same to look at only: what lacks is not made, and counts as empty. */
bool tray_inspect(const char *path, struct tray *tray, struct fault *fault) MUST_CHECK;
void tray_close(struct tray *tray);

/* Sorted names without ".xml" of what lies there; `strange`: how many entries have a name that
 * does not count (".tmp" behind it is none of them). */
struct tray_names {
    char name[TRAY_ENTRIES_MAX][TRAY_NAME];
    size_t count, strange;
};
bool tray_list(const struct tray *tray, enum tray_place place, struct tray_names *names,
               struct fault *fault) MUST_CHECK;

/* NAME.xml. FAULT_TEMPORARY: still being written; FAULT_INPUT, FAULT_SIZE: may not be taken.
 * Appends. */
bool tray_read(const struct tray *tray, enum tray_place place, const char *name, size_t most,
               struct buf *content, struct fault *fault) MUST_CHECK;

/* The most that a case may bring along, and that one of them may weigh. */
struct tray_limits {
    size_t documents;
    int64_t bytes;
};

/* Each file in the folder NAME beside it, by its descriptor, which is the tray's;
 * within `limits`. Without that folder there is none. The same faults. */
typedef bool tray_each(void *context, const char *file, int fd, int64_t size,
                       struct fault *fault);
bool tray_documents(const struct tray *tray, const char *name,
                    const struct tray_limits *limits, tray_each *each, void *context,
                    struct fault *fault) MUST_CHECK;

/* NAME.xml and NAME/ go there, under another number when that name is taken; beside it
 * NAME.txt with `text`. FAULT_IO. */
bool tray_move(const struct tray *tray, enum tray_place from, const char *name,
               enum tray_place to, const char *text, struct fault *fault) MUST_CHECK;

/* Removes what was put there before that moment, whatever it is and holds; tells how much of
 * it could not be removed. tray_old() only counts. */
size_t tray_clear(const struct tray *tray, enum tray_place place, int64_t before);
size_t tray_old(const struct tray *tray, enum tray_place place, int64_t before);

#endif

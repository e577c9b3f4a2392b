/* hush -- nothing about the person in the sample dossier may be said: not in an answer, not in
 * the log, not readable in the store. */
#ifndef TESTS_HOSTILE_HUSH_H
#define TESTS_HOSTILE_HUSH_H

#include "codecs/base/buf.h"
#include "tests/town.h"

/* From here on standard error goes to a temporary file, and everything is logged. */
void hush_start(void);
/* Back to what it was; appends what was written. Harmless without hush_start(). */
void hush_stop(struct buf *log);

/* What `bytes` tell about that person, or about one whom a hostile test made up; NULL:
 * nothing. */
const char *hush_broken(const struct buf *bytes);
/* The same of all files of a town's store. */
const char *hush_broken_in_store(const struct town *town);

#endif

/* patient -- a copy of a town's home, to be broken in one way and thrown away.
 *
 * Anything that goes wrong here fails the running test.
 */
#ifndef TESTS_CLI_PATIENT_H
#define TESTS_CLI_PATIENT_H

#include <time.h>

#include "codecs/base/buf.h"
#include "tests/town.h"

/* Once: whose home (not running), and its one peer (opened). */
void patient_begin(struct town *town, struct town *peer);

void patient_admit(void); /* a fresh copy */
void patient_dismiss(void);

/* "keys/home.key" in the copy, "" the copy itself; four live at a time. */
const char *patient_path(const char *relative);
void patient_read(const char *relative, struct buf *content);
void patient_write(const char *relative, const void *bytes, size_t size);
int patient_clear(const char *folder); /* empties it; 0: done */

/* Changes text in estafette.ini, where it stands first. */
void patient_set(const char *from, const char *to);

/* A certificate of the town's authority for the key in the copy, installed in it. */
void patient_certify(enum purpose purpose, time_t from, time_t until);
/* A CRL of that town's authority in the trust of the copy. */
void patient_crl(struct town *of, time_t this_update, time_t next_update);

void patient_rows(const char *statement);
/* The peer's card as the copy holds it. */
void patient_holds_card(void (*change)(struct card *card));
/* A message to the peer, delivered a minute ago by our clock and at `tijd` by theirs. */
void patient_holds_receipt(time_t tijd);

#endif

/* handover -- a store in memory with two peers, and handovers in any state to try things on.
 *
 * Anything that goes wrong while making one fails the test.
 */
#ifndef TESTS_GATEWAY_HANDOVER_H
#define TESTS_GATEWAY_HANDOVER_H

#include <stdint.h>

#include <libxml/tree.h>
#include <sqlite3.h>

#include "gateway/overdracht.h"

#define PEER "00000099000000002000"
#define OTHER "00000099000000003000"
#define FIRST "01900000-0000-7000-8000-000000000001"
#define SECOND "01900000-0000-7000-8000-000000000002"
#define THIRD "01911111-0000-7000-8000-000000000003"
#define MESSAGE "01a00000-0000-7000-8000-00000000000a"
#define LATER "01a00000-0000-7000-8000-00000000000b"
#define CANARY "Kanariepiet"

extern sqlite3 *db;
extern struct fault fault;
extern const struct keys *KEYS;
extern xmlDoc *DOSSIER; /* the sample everything is about */

/* Of the group: keys and sample. Of each test: the store. */
int handover_start(void **state);
int handover_stop(void **state);
int open_db(void **state);
int close_db(void **state);
#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, open_db, close_db)

struct overdracht add(const char *id, enum rol rol, enum overdracht_state at);
/* A message of ours that waits in the handover FIRST; one of theirs that was accepted. */
void queue(const char *id, const char *soort);
void receive(const char *soort, const char *overdracht);

int64_t count(const char *query);
void expect_state(const char *id, const char *name, const char *reden);

#endif

/* duo_stub -- stands in for DUO on the loopback: answers requests from a script.
 *
 * It has an authority of its own and shows a certificate with the OIN that it is given. Each
 * answer ends its connection. Anything that goes wrong while building aborts.
 */
#ifndef TESTS_DUO_STUB_H
#define TESTS_DUO_STUB_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "tests/town.h"

#define DUO_OIN "00000099000000099000"

struct duo_stub_answer {
    int status;          /* 0: ends the connection without an answer */
    const char *body;    /* NULL: none */
    const char *version; /* NULL: "1.0.0"; "": no API-Version */
    const char *media;   /* NULL: application/json when there is a body; "": none */
    size_t fill;         /* so many spaces instead of the body */
    bool never;          /* hears the request, says nothing until the other side gives up */
};

struct duo_stub;

/* Listens; what it shows is decided by duo_stub_serve(). */
struct duo_stub *duo_stub_create(void);
int duo_stub_port(const struct duo_stub *stub);
/* "[duo]\n..." for a town's `duo`; borrowed. */
const char *duo_stub_config(struct duo_stub *stub);

/* From now on it answers the built town, which trusts it: its root goes into HOME/duo-trust.
 * oin NULL: DUO_OIN. */
void duo_stub_serve(struct duo_stub *stub, struct town *town, const char *oin);
void duo_stub_destroy(struct duo_stub *stub);

/* One after the other, the last one for ever; forgets what was heard. */
void duo_stub_script(struct duo_stub *stub, const struct duo_stub_answer *answers,
                     size_t count);
void duo_stub_say(struct duo_stub *stub, int status, const char *body); /* a script of one */

/* The requests since the script was given: head and body, as they came. */
int duo_stub_heard(struct duo_stub *stub);
void duo_stub_request(struct duo_stub *stub, int n, struct buf *request);
/* Is it in the nth? */
bool duo_stub_says(struct duo_stub *stub, int n, const char *text);

#endif

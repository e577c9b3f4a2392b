/* asker -- municipalities that ask a stand-in for DUO, by hand, over TLS; for tests.
 *
 * There are Almelo (0141), Utrecht (0344) and Zwolle (0193), and BSN, who lives in Almelo
 * since 2024-01-10, an asielstatushouder with a duty but without a PIP. It is 2026-03-02.
 */
#ifndef TESTS_DUOSIM_ASKER_H
#define TESTS_DUOSIM_ASKER_H

#include <jansson.h>

#include "tests/standin.h"

#define BSN "999990019"
#define SCHOOL "0000000101"  /* Blik op Werk */
#define TST "0000000102"     /* taalschakeltraject */
#define NO_MARK "0000000103" /* neither */
#define TODAY "2026-03-02"
#define ALMELO "0141"
#define UTRECHT "0344"
#define ZWOLLE "0193"

extern struct standin asker_duo;

/* Group fixtures: certificates. */
int asker_set_up(void **state);
int asker_tear_down(void **state);
/* Fixtures of one test: a stand-in with the person above. */
int asker_start(void **state);
int asker_stop(void **state);

struct answer {
    int status;       /* 0: none came */
    char version[64]; /* API-Version; "": no such header */
    bool cut;         /* less came than was promised */
    char *text;       /* the body */
    json_t *json;     /* NULL: the body is none */
};

struct question {
    const char *gemeente, *method, *path, *body; /* body NULL: none */
    /* NULL: what is right. "" leaves the header out. */
    const char *bron, *doel, *bericht_id, *content_type;
};

struct answer asker_put(const struct question *question);
void asker_forget(struct answer *answer);

/* The status alone; path behind /v1/personen/BSN, or from /v1 when it begins with "/v1". */
int asker_ask(const char *gemeente, const char *method, const char *path, const char *body);
/* Fails the test when the answer has another status. */
void asker_expect(int status, const char *gemeente, const char *method, const char *path,
                  const char *body);
/* Sets one member of BSN, as in the state. */
void asker_set(const char *member, const char *json);

/* A server certificate and key of a municipality, for who receives. */
X509 *asker_certificate(const char *gemeente);
EVP_PKEY *asker_key(const char *gemeente);
struct pki *asker_pki(void);

#endif

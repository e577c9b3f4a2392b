/* asker -- see asker.h. */
#include "tests/duosim/asker.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/uuid.h"
#include "tests/tlsend.h"

struct standin asker_duo = { .oin = "00000004000000044000" };

static struct {
    const char *code, *oin;
    X509 *certificate;
    SSL_CTX *tls;
} TOWNS[] = {
    { ALMELO, "00000001002220647000", NULL, NULL },
    { UTRECHT, "00000001002306608000", NULL, NULL },
    { ZWOLLE, "00000001002564410000", NULL, NULL },
};
enum { COUNT = sizeof(TOWNS) / sizeof(TOWNS[0]) };

static struct pki *PKI;
static X509_STORE *STORE;

static int index_of(const char *gemeente)
{
    for (int i = 0; i < COUNT; i++)
        if (strcmp(TOWNS[i].code, gemeente) == 0)
            return i;
    abort();
}

struct pki *asker_pki(void)
{
    return PKI;
}

EVP_PKEY *asker_key(const char *gemeente)
{
    return pki_key(PKI_P256, index_of(gemeente));
}

X509 *asker_certificate(const char *gemeente)
{
    return TOWNS[index_of(gemeente)].certificate;
}

static void make_town(int i)
{
    const struct pki_leaf leaf = { .oin = TOWNS[i].oin,
                                   .purpose = PURPOSE_TLS_SERVER,
                                   .key = pki_key(PKI_P256, i) };

    TOWNS[i].certificate = pki_issue(PKI, &leaf);
    TOWNS[i].tls = tlsend_context(false, TOWNS[i].certificate, leaf.key, STORE);
}

int asker_set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    town_install();
    PKI = pki_create(PKI_P256, "Gemeenten");
    standin_build(&asker_duo);
    struct pki *both[] = { PKI, asker_duo.pki };
    STORE = pki_store(both, 2);
    for (int i = 0; i < COUNT; i++)
        make_town(i);
    for (int i = 0; i < COUNT; i++)
        standin_know(&asker_duo, TOWNS[i].code, TOWNS[i].oin, PKI, "");
    return 0;
}

int asker_tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        X509_free(TOWNS[i].certificate);
        SSL_CTX_free(TOWNS[i].tls);
    }
    X509_STORE_free(STORE);
    pki_destroy(PKI);
    standin_remove(&asker_duo);
    return 0;
}

/* clang-format off */
static const char PERSON[] =
    "person {\"bsn\":\"" BSN "\",\"vNummer\":2812345678,"
    "\"gemeentecode\":\"0141\",\"vestiging\":\"2024-01-10\","
    "\"inburgeringsplicht\":{\"indicatorInburgeringsplicht\":true,\"begindatum\":\"2024-01-15\"},"
    "\"inburgeringsplichtHistorie\":[{\"indicatorInburgeringsplicht\":true,\"begindatum\":\"2024-01-15\"}],"
    "\"doelgroep\":{\"indeling\":\"Asielstatushouder\",\"begindatum\":\"2024-01-15\"},"
    "\"doelgroepHistorie\":[{\"indeling\":\"Asielstatushouder\",\"begindatum\":\"2024-01-15\"}],"
    "\"examennummer\":{\"examennummer\":\"123456789012\"},"
    "\"lbtResultaten\":[{\"resultaat\":\"B1-route haalbaar\",\"behaaldeScore\":\"71,50\","
      "\"benodigdeScore\":\"64,00\",\"datumAfname\":\"2024-02-20\"}],"
    "\"verlengingen\":[{\"beoordelingAanvraag\":\"InBehandeling\",\"ontvangstdatum\":\"2026-02-01\"}],"
    "\"vrijstellingen\":[],\"ontheffingen\":[],"
    "\"examenresultaten\":[{\"examendatum\":\"2025-06-01\",\"resultaat\":\"Geslaagd\",\"onderdeel\":\"KNM\"}],"
    "\"gratispogingen\":[{\"onderdeel\":\"LE\",\"gratisPogingenTegoed\":2}],"
    "\"boetes\":[{\"bedrag\":340,\"datum\":\"2025-12-01\"}]}";
/* clang-format on */

int asker_start(void **state)
{
    (void)state;
    standin_start(&asker_duo);
    standin_say(&asker_duo, "reset");
    standin_say(&asker_duo, "today " TODAY);
    standin_say(&asker_duo, PERSON);
    return 0;
}

int asker_stop(void **state)
{
    (void)state;
    standin_stop(&asker_duo);
    return 0;
}

/* --- asking --------------------------------------------------------------------------- */

static void add_field(struct buf *head, const char *name, const char *value)
{
    if (value[0])
        buf_addf(head, "%s: %s\r\n", name, value);
}

static const char *given(const char *value, const char *right)
{
    return value ? value : right;
}

static void compose(const struct question *q, struct buf *bytes)
{
    const char *body = given(q->body, "");
    char id[UUID_SIZE];

    uuid_v4(id);
    if (strncmp(q->path, "/v1", 3) == 0 || strncmp(q->path, "/V", 2) == 0)
        buf_addf(bytes, "%s %s HTTP/1.1\r\nHost: duo\r\n", q->method, q->path);
    else
        buf_addf(bytes, "%s /v1/personen/" BSN "%s HTTP/1.1\r\nHost: duo\r\n", q->method,
                 q->path);
    add_field(bytes, "bron", given(q->bron, TOWNS[index_of(q->gemeente)].oin));
    add_field(bytes, "doel", given(q->doel, asker_duo.oin));
    add_field(bytes, "berichtId", given(q->bericht_id, id));
    add_field(bytes, "Content-Type",
              given(q->content_type, q->body ? "application/json" : ""));
    if (q->method[0] == 'P')
        buf_addf(bytes, "Content-Length: %zu\r\n", strlen(body));
    buf_addf(bytes, "Connection: close\r\n\r\n%s", body);
}

static const char *field(const char *head, const char *name, char *value, size_t size)
{
    const char *at = strcasestr(head, name);

    snprintf(value, size, "%.*s", at ? (int)strcspn(at + strlen(name), "\r") : 0,
             at ? at + strlen(name) : "");
    return value;
}

static void read_answer(const struct buf *bytes, struct answer *answer)
{
    const char *all = buf_text(bytes), *end = strstr(all, "\r\n\r\n");
    char length[32];

    if (!end || strncmp(all, "HTTP/1.1 ", 9) != 0)
        return;
    SCOPED_BUF struct buf head = { 0 };
    buf_add(&head, all, (size_t)(end + 2 - all));
    answer->status = (int)strtol(all + 9, NULL, 10);
    field(buf_text(&head), "API-Version: ", answer->version, sizeof(answer->version));
    answer->text = mem_copy(end + 4);
    field(buf_text(&head), "Content-Length: ", length, sizeof(length));
    answer->cut = strtoul(length, NULL, 10) > strlen(answer->text);
    answer->json = json_loads(answer->text, JSON_REJECT_DUPLICATES, NULL);
}

struct answer asker_put(const struct question *question)
{
    SCOPED_BUF struct buf out = { 0 };
    SCOPED_BUF struct buf in = { 0 };
    struct answer answer = { 0 };
    struct tlsend end;

    compose(question, &out);
    assert_true(tlsend_connect(&end, sim_port(asker_duo.sim),
                               TOWNS[index_of(question->gemeente)].tls));
    assert_true(tlsend_send(&end, out.data, out.size));
    assert_true(tlsend_read_to_end(&end, &in));
    tlsend_close(&end);
    read_answer(&in, &answer);
    return answer;
}

void asker_forget(struct answer *answer)
{
    free(answer->text);
    json_decref(answer->json);
    *answer = (struct answer){ 0 };
}

int asker_ask(const char *gemeente, const char *method, const char *path, const char *body)
{
    const struct question question = { gemeente, method, path, body, NULL, NULL, NULL, NULL };
    struct answer answer = asker_put(&question);
    int status = answer.status;

    asker_forget(&answer);
    return status;
}

void asker_expect(int status, const char *gemeente, const char *method, const char *path,
                  const char *body)
{
    const struct question question = { gemeente, method, path, body, NULL, NULL, NULL, NULL };
    struct answer answer = asker_put(&question);

    if (answer.status != status)
        fail_msg("%s %s %s: %d instead of %d (%s)", gemeente, method, path, answer.status,
                 status, answer.text);
    asker_forget(&answer);
}

void asker_set(const char *member, const char *json)
{
    SCOPED_BUF struct buf line = { 0 };

    buf_addf(&line, "set " BSN " %s %s", member, json);
    standin_say(&asker_duo, buf_text(&line));
}

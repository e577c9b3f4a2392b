/* melder -- see melder.h. */
#include "tests/hostile/melder.h"

#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/listen.h"

#define YEAR (365 * 86400L)

struct melder melder_now = {
    .town = { .oin = MELDER_TOWN, .code = "0344", .naam = "Nieuw", .kind = PKI_P256 },
};

static X509_STORE *STORE; /* in which the town's certificate is good */
static struct pki *NOBODY;

static SSL_CTX *client_of(struct pki *pki, const char *oin, bool expired, X509 **certificate)
{
    const struct pki_leaf leaf = { .oin = oin,
                                   .purpose = PURPOSE_TLS_CLIENT,
                                   .key = pki_key(PKI_P256, 1),
                                   .not_before = expired ? time(NULL) - 2 * YEAR : 0,
                                   .not_after = expired ? time(NULL) - YEAR : 0 };

    *certificate = pki_issue(pki, &leaf);
    return tlsend_context(false, *certificate, pki_key(PKI_P256, 1), STORE);
}

static void make_clients(void)
{
    struct melder *m = &melder_now;
    const struct {
        enum melder_client client;
        struct pki *pki;
        const char *oin;
        bool expired;
    } MADE[] = {
        { MELDER_FOREIGN, NOBODY, MELDER_DUO, false },
        { MELDER_PEER, m->town.pki, MELDER_DUO, false },
        { MELDER_IMPOSTOR, m->duo, "00000099000000008000", false },
        { MELDER_EXPIRED, m->duo, MELDER_DUO, true },
    };

    m->clients[MELDER_GOOD] = client_of(m->duo, MELDER_DUO, false, &m->good);
    m->clients[MELDER_NAKED] = tlsend_context(false, NULL, NULL, STORE);
    for (size_t i = 0; i < sizeof(MADE) / sizeof(MADE[0]); i++) {
        SCOPED_X509 X509 *certificate = NULL;
        m->clients[MADE[i].client] =
            client_of(MADE[i].pki, MADE[i].oin, MADE[i].expired, &certificate);
    }
}

int melder_set_up(void **state)
{
    static char settings[128];
    struct melder *m = &melder_now;
    char path[PATH_MAX];

    (void)state;
    snprintf(settings, sizeof(settings),
             "[duo]\noin = " MELDER_DUO "\nbase = https://127.0.0.1:1\n"
             "listen = 127.0.0.1:%d\n",
             town_free_port());
    m->town.duo = settings;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    town_install();
    town_build(&m->town);
    m->duo = pki_create(PKI_P256, "DUO");
    NOBODY = pki_create(PKI_P256, "Nobody");
    pki_install(m->duo, home_path(&m->town.gateway.home, "duo-trust", path));
    STORE = pki_store(&m->town.pki, 1);
    make_clients();
    town_start(&m->town);
    return 0;
}

int melder_tear_down(void **state)
{
    struct melder *m = &melder_now;

    (void)state;
    town_scatter(&m->town, 1);
    for (int i = 0; i < MELDER_CLIENTS; i++)
        SSL_CTX_free(m->clients[i]);
    X509_free(m->good);
    X509_STORE_free(STORE);
    pki_destroy(m->duo);
    pki_destroy(NOBODY);
    return 0;
}

void melder_restart(void)
{
    town_stop(&melder_now.town);
    town_start(&melder_now.town);
}

int melder_forget(void **state)
{
    (void)state;
    town_do(&melder_now.town, "DELETE FROM taak");
    town_do(&melder_now.town, "DELETE FROM notificatie");
    return 0;
}

struct melding melder_good(void)
{
    static char id[UUID_SIZE];

    uuid_v4(id);
    return (struct melding){
        .bron = MELDER_DUO,
        .doel = MELDER_TOWN,
        .id = id,
        .type = "application/json",
        .body = "{\"registratieDatumTijd\":\"2026-11-23T18:05:00.123+01:00\","
                "\"bsn\":\"999900031\",\"gebeurtenisId\":\"SS121\"}",
    };
}

static void add_field(struct buf *request, const char *name, const char *value)
{
    if (value)
        buf_addf(request, "%s: %s\r\n", name, value);
}

void melder_write(const struct melding *melding, struct buf *request)
{
    size_t size = strlen(melding->body), half = size / 2;

    buf_add_text(request, "POST /v1/notificaties HTTP/1.1\r\nHost: localhost\r\n");
    add_field(request, "bron", melding->bron);
    add_field(request, "doel", melding->doel);
    add_field(request, "berichtId", melding->id);
    add_field(request, "Content-Type", melding->type);
    if (!melding->chunked) {
        buf_addf(request, "Content-Length: %zu\r\n\r\n%s", size, melding->body);
        return;
    }
    buf_add_text(request, "Transfer-Encoding: chunked\r\n\r\n");
    if (half > 0)
        buf_addf(request, "%zx\r\n%.*s\r\n", half, (int)half, melding->body);
    if (size > half)
        buf_addf(request, "%zX\r\n%s\r\n", size - half, melding->body + half);
    buf_add_text(request, "0\r\n\r\n");
}

int melder_say(enum melder_client client, const void *bytes, size_t size, struct buf *answer)
{
    int port = listen_port(melder_now.town.gateway.duo_listener);
    struct tlsend end;

    if (tlsend_connect(&end, port, melder_now.clients[client])
        && tlsend_send(&end, bytes, size))
        (void)tlsend_read_message(&end, answer);
    tlsend_close(&end);
    return strncmp(buf_text(answer), "HTTP/1.1 ", 9) == 0
               ? (int)strtol(buf_text(answer) + 9, NULL, 10)
               : 0;
}

/* What DUO's specification declares of every answer, and of each status its body. */
static void look_at(const char *answer, int status)
{
    const char *body = strstr(answer, "\r\n\r\n");

    assert_non_null(body);
    if (!strstr(answer, "\r\nAPI-Version: 1.8.0\r\n"))
        fail_msg("no API-Version: %s", answer);
    if (status == 503)
        assert_true(strncmp(body + 4, "{\"fouttekst\":\"", 14) == 0
                    && strstr(answer, "\r\nContent-Type: application/json\r\n"));
    else if (body[4])
        fail_msg("%d with a body: %s", status, answer);
}

int melder_send(const struct melding *melding)
{
    SCOPED_BUF struct buf request = { 0 }, answer = { 0 };

    melder_write(melding, &request);
    int status = melder_say(MELDER_GOOD, request.data, request.size, &answer);
    look_at(buf_text(&answer), status);
    return status;
}

int64_t melder_count(void)
{
    return town_count(&melder_now.town, "SELECT count(*) FROM notificatie");
}

/* play -- everything that can pass between us and DUO, once, with taps in the line.
 *
 * usage: conformance_play SCRIPTS OUT [PORT]
 *
 * Our client asks all 38 operations of the stand-in (tools/duosim), is refused with words and
 * finds nothing; the stand-in notifies our listener. What passed is in OUT/asked and OUT/told,
 * and what our listener answers to what DUO would not say in OUT/answers. With PORT another
 * stand-in, of others, answers there in plain HTTP: then nothing is told, and what it answers
 * must be believed. exit: 0 all went as DUO specifies it.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "codecs/duo/operation.h"
#include "codecs/uuid.h"
#include "gateway/duo_exchange.h"
#include "gateway/home.h"
#include "tests/conformance/tap.h"
#include "tests/standin.h"

#define BSN "999990019"
#define SCHOOL "0000000101" /* one of the stand-in's institutions */

static struct town almelo = { .oin = "00000001002220647000",
                              .code = "0141",
                              .naam = "Almelo" };
static struct standin duo = { .oin = "00000004000000044000" };

/* clang-format off */
static const char PERSON[] =
    "person {\"bsn\":\"" BSN "\",\"vNummer\":2812345678,\"gemeentecode\":\"0141\",\"vestiging\":\"2024-01-10\","
    "\"inburgeringsplicht\":{\"indicatorInburgeringsplicht\":true,\"begindatum\":\"2024-01-15\"},"
    "\"inburgeringsplichtHistorie\":[{\"indicatorInburgeringsplicht\":true,\"begindatum\":\"2024-01-15\"}],"
    "\"doelgroep\":{\"indeling\":\"Asielstatushouder\",\"begindatum\":\"2024-01-15\"},"
    "\"doelgroepHistorie\":[{\"indeling\":\"Asielstatushouder\",\"begindatum\":\"2024-01-15\"}],"
    "\"inburgeringstermijnHistorie\":[{\"einddatum\":\"2027-03-02\",\"wijzigingsdatum\":\"2025-03-02\"}],"
    "\"examennummer\":{\"examennummer\":\"123456789012\"},"
    "\"lbtResultaten\":[{\"resultaat\":\"B1-route haalbaar\",\"behaaldeScore\":\"71,50\",\"benodigdeScore\":\"64,00\",\"datumAfname\":\"2024-02-20\"}],"
    "\"verlengingen\":[{\"beoordelingAanvraag\":\"InBehandeling\",\"ontvangstdatum\":\"2026-02-01\"}],"
    "\"vrijstellingen\":[{\"GedeeltelijkeVrijstelling\":{\"oordeel\":\"Toekenning\",\"reden\":\"GED\",\"examenonderdeel\":\"LE\",\"examenniveau\":\"A2\"}}],"
    "\"ontheffingen\":[{\"GedeeltelijkeOntheffing\":{\"oordeel\":\"Toekenning\",\"datumOordeel\":\"2025-01-01\",\"grond\":\"MED\",\"examenonderdeel\":\"KNM\"}}],"
    "\"examenresultaten\":[{\"examendatum\":\"2025-06-01\",\"resultaat\":\"Geslaagd\",\"onderdeel\":\"KNM\"}],"
    "\"gratispogingen\":[{\"onderdeel\":\"LE\",\"gratisPogingenTegoed\":2}],"
    "\"boetes\":[{\"bedrag\":340,\"datum\":\"2025-12-01\"}]}";

#define CONTACT "{\"naam\":\"Ren\xc3\xa9 d'Arnaud - de Vries\",\"email\":\"team@almelo.test\",\"telefoonnummer\":\"+31 (0)546 123456\"}"

/* In this order: each stands on those before it. say: to the stand-in, first. */
static const struct {
    const char *operation, *body, *say;
    int status; /* 0: success */
} STEPS[] = {
    { "pip.lezen", NULL, NULL, 404 },
    { "inburgeringsplicht.lezen", NULL, NULL, 0 },
    { "inburgeringsplicht-historie.lezen", NULL, NULL, 0 },
    { "doelgroep.lezen", NULL, NULL, 0 },
    { "doelgroep-historie.lezen", NULL, NULL, 0 },
    { "lbt-examennummer.lezen", NULL, NULL, 0 },
    { "lbt-examennummer.intrekken", NULL, NULL, 0 },
    { "lbt-resultaten.lezen", NULL, NULL, 0 },
    { "verlengingsgronden.lezen", NULL, NULL, 0 },
    { "verlengingen.lezen", NULL, NULL, 0 },
    { "vrijstellingen.lezen", NULL, NULL, 0 },
    { "ontheffingen.lezen", NULL, NULL, 0 },
    { "examenresultaten.lezen", NULL, NULL, 0 },
    { "gratispogingen.lezen", NULL, NULL, 0 },
    { "boetes.lezen", NULL, NULL, 0 },
    { "instellingen.lezen", NULL, NULL, 0 },
    { "aanbod.melden", "{\"datumInburgeringsaanbod\":\"2024-04-01\",\"indicatorAlfabetiseringsonderwijs\":\"NVT\"}", NULL, 403 }, /* IA-2 */
    { "pip.melden", "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"O\",\"niveau\":\"A2\"}", NULL, 403 }, /* PIP-6 */
    { "pip.melden", "{\"dagtekeningPip\":\"2024-03-01\",\"leerroute\":\"B\",\"niveau\":\"B1\",\"geschatteIntensiteitB1Route\":900,"
                    "\"indicatorMagOpleidingAfmaken\":false,\"indicatorAlfabetiseringsonderwijs\":\"AA\"}", NULL, 0 },
    { "pip.lezen", NULL, NULL, 0 },
    { "inburgeringstermijn.lezen", NULL, NULL, 0 },
    { "inburgeringstermijn-historie.lezen", NULL, NULL, 0 },
    { "gebeurtenissen.lezen", NULL, NULL, 0 },
    { "contactpersoon.melden", CONTACT, NULL, 0 },
    { "contactpersoon.wijzigen", CONTACT, NULL, 0 },
    { "contactpersoon.koppelen", NULL, NULL, 0 },
    { "contactpersoon.ontkoppelen", NULL, NULL, 0 },
    { "contactpersoon.intrekken", NULL, NULL, 0 },
    { "aanbod.melden", "{\"datumInburgeringsaanbod\":\"2024-04-01\",\"verwachteStartdatumOpleiding\":\"2024-04-08\","
                       "\"verwachteEinddatumOpleiding\":\"2025-12-20\",\"indicatorAlfabetiseringsonderwijs\":\"NVT\"}", NULL, 0 },
    { "uren-instelling.melden", "{\"uren\":120,\"urenGeoorloofdVerzuim\":4,\"urenOngeoorloofdVerzuim\":0,\"bekendTot\":\"2026-03-01\"}", NULL, 0 },
    { "uren-bredeintake.melden", "{\"uren\":40}", NULL, 0 },
    { "uren-participatie.melden", "{\"uren\":41}", NULL, 0 },
    { "uren-taalles.melden", "{\"uren\":42}", NULL, 0 },
    { "uren.lezen", NULL, NULL, 0 },
    { "aanbod.intrekken", NULL, NULL, 0 },
    { "map.melden", "{\"datumEindgesprekMap\":\"2027-01-01\"}", NULL, 403 }, /* MAP-6 */
    { "map.melden", "{\"datumEindgesprekMap\":\"2026-02-01\"}", NULL, 0 },
    { "map.lezen", NULL, NULL, 0 },
    { "pvt.melden", "{\"datumOndertekeningPvt\":\"2025-02-01\"}", NULL, 0 },
    { "pvt.lezen", NULL, NULL, 0 },
    { "zroute.melden", "{\"datumAfrondingZroute\":\"2026-03-01\"}", NULL, 0 },
    { "pip.intrekken", NULL, "set " BSN " inburgeringstermijn -", 0 },
};
/* clang-format on */
#define STEP_COUNT (sizeof(STEPS) / sizeof(STEPS[0]))

/* --- the line ---------------------------------------------------------------------------- */

static char out[256]; /* OUT */

static const char *path_of(const char *folder, const char *name, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/%s", folder, name);
    return path;
}

static struct tap_identity town_identity(void)
{
    struct tap_identity who = { .key = "" };

    path_of(almelo.folder, "keys/tls-server.key", who.key);
    path_of(almelo.folder, "certificates/tls-server.pem", who.certificate);
    path_of(out, "trust/anchors/DUO (stand-in).pem", who.anchor);
    return who;
}

static struct tap_identity duo_identity(void)
{
    struct tap_identity who = { .key = "" };

    path_of(duo.folder, "key.pem", who.key);
    path_of(duo.folder, "certificate.pem", who.certificate);
    path_of(out, "trust/anchors/Almelo.pem", who.anchor);
    return who;
}

static void start(struct tap *tap, const char *scripts, const char *name)
{
    char folder[PATH_MAX];

    (void)mkdir(path_of(out, name, folder), 0700);
    tap_start(tap, scripts, folder);
}

/* Where we think DUO is; behind it the stand-in, or on `port` the one of others. */
static void tap_asked(struct tap *tap, const char *scripts, const char *port)
{
    *tap = (struct tap){ .server = duo_identity(), .client = town_identity() };
    (void)snprintf(tap->target, sizeof(tap->target), "https://%s", duo.settings.listen);
    if (port) {
        (void)snprintf(tap->target, sizeof(tap->target), "http://127.0.0.1:%s", port);
        tap->client.key[0] = '\0';
    }
    start(tap, scripts, "asked");
}

/* Where the stand-in thinks we are. */
static void tap_told(struct tap *tap, const char *scripts)
{
    struct sim_gemeente *gemeente = &duo.settings.gemeenten[0];

    *tap = (struct tap){ .server = town_identity(), .client = duo_identity() };
    (void)snprintf(tap->target, sizeof(tap->target), "%s", gemeente->url);
    start(tap, scripts, "told");
    (void)snprintf(gemeente->url, sizeof(gemeente->url), "https://127.0.0.1:%d", tap->port);
}

/* The town is told that DUO is at the tap. */
static void serve_through(const struct tap *tap)
{
    char listen[sizeof(duo.settings.listen)];

    memcpy(listen, duo.settings.listen, sizeof(listen));
    (void)snprintf(duo.settings.listen, sizeof(duo.settings.listen), "127.0.0.1:%d",
                   tap->port);
    standin_serve(&duo, &almelo);
    memcpy(duo.settings.listen, listen, sizeof(listen));
}

static void set_up(const char *scripts, const char *port, struct tap *asked, struct tap *told)
{
    char trust[PATH_MAX];

    town_install();
    (void)mkdir(out, 0700);
    town_build(&almelo);
    standin_build(&duo);
    path_of(out, "trust", trust);
    pki_install(almelo.pki, trust);
    pki_install(duo.pki, trust);
    tap_asked(asked, scripts, port);
    serve_through(asked);
    tap_told(told, scripts);
    standin_start(&duo);
    town_start(&almelo);
    standin_say(&duo, "today 2026-03-02");
    standin_say(&duo, PERSON);
}

static void tear_down(struct tap *asked, struct tap *told)
{
    town_stop(&almelo);
    standin_stop(&duo);
    tap_stop(asked);
    tap_stop(told);
    town_remove(&almelo);
    standin_remove(&duo);
}

/* --- what is asked ----------------------------------------------------------------------- */

/* Did it go as the step says? With a stand-in of others: as DUO specifies success. */
static bool ask(struct deliver *line, size_t i, bool others)
{
    const struct duo_operation *operation = duo_operation_named(STEPS[i].operation);
    const struct duo_address address = { .bsn = BSN, .instellingsnummer = SCHOOL, .id = "1" };
    int expected = STEPS[i].status && !others ? STEPS[i].status : operation->success;
    char id[UUID_SIZE];
    struct fault fault = { .text = "" };
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange = {
        .operation = operation,
        .address = &address,
        .id = id,
        .body = STEPS[i].body,
        .size = STEPS[i].body ? strlen(STEPS[i].body) : 0,
    };

    uuid_v4(id);
    if (STEPS[i].say && !others)
        standin_say(&duo, STEPS[i].say);
    bool good = duo_exchange_run(&almelo.gateway, line, &exchange, &fault);
    if (good && exchange.status == expected && (expected != 403 || exchange.texts.size > 0))
        return true;
    printf("%s: %d, not %d: %s\n", operation->name, exchange.status, expected, fault.text);
    return false;
}

static bool ask_all(bool others)
{
    struct deliver *line = duo_exchange_line(&almelo.gateway.config);
    bool good = true;

    for (size_t i = 0; i < STEP_COUNT; i++)
        good = ask(line, i, others) && good;
    deliver_destroy(line);
    return good;
}

/* The stand-in waits until we took it; then somebody tells us what DUO never would. */
static bool tell_all(const char *scripts)
{
    char script[PATH_MAX], settings[PATH_MAX], folder[PATH_MAX];
    int status = 0;

    standin_say(&duo, "event " BSN " SS131");
    standin_say(&duo, "wait 20000");
    path_of(scripts, "tell.mjs", script);
    path_of(out, "told.settings", settings);
    path_of(out, "answers", folder);
    pid_t pid = fork();
    if (pid == 0) {
        execlp("node", "node", script, settings, folder, (char *)NULL);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

int main(int argc, char **argv)
{
    struct tap asked, told;
    const char *port = argc == 4 ? argv[3] : NULL;

    if (argc < 3 || argc > 4) {
        (void)fprintf(stderr, "usage: conformance_play SCRIPTS OUT [PORT]\n");
        return 64;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)snprintf(out, sizeof(out), "%s", argv[2]);
    set_up(argv[1], port, &asked, &told);
    bool good = ask_all(port != NULL);
    good = (port || tell_all(argv[1])) && good;
    tear_down(&asked, &told);
    return good ? 0 : 1;
}

/* Homes with one common mistake each: `estafette doctor` names it, by the right check, and
 * says what to do. Almelo's home is copied for each case and its daemon does not run; Utrecht,
 * the peer, runs in this process. */
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/clock.h"
#include "peers/card.h"
#include "tests/cli/command.h"
#include "tests/cli/patient.h"
#include "tests/town.h"
#include "tools/cli/output.h"

#define DAY 86400L
#define HOUR 3600L

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};
static int taken = -1; /* a socket on almelo's port */

/* --- the mistakes --------------------------------------------------------------------------
 */

static void home_open_to_all(void)
{
    assert_int_equal(chmod(patient_path(""), 0755), 0);
}

static void key_open_to_all(void)
{
    assert_int_equal(chmod(patient_path("keys/ondertekenen.key"), 0644), 0);
}

static void store_read_only(void)
{
    assert_int_equal(chmod(patient_path("store"), 0500), 0);
}

static void file_of_another(void)
{
    assert_int_equal(chown(patient_path("certificates/verzegelen.pem"), 65534, 65534), 0);
}

static void no_trust_folder(void)
{
    patient_clear("trust/crls");
    assert_int_equal(rmdir(patient_path("trust/crls")), 0);
}

static void copy_of_a_key(void)
{
    patient_write("keys/tls-server.key.old", "x", 1);
}

static void unknown_setting(void)
{
    patient_set("total_seconds", "total_secondes");
}

static void wrong_oin(void)
{
    patient_set(almelo.oin, "00000099000000001999");
}

static void other_port(void)
{
    char from[64], to[64];

    snprintf(from, sizeof(from), "endpoint = https://127.0.0.1:%d", almelo.port);
    snprintf(to, sizeof(to), "endpoint = https://127.0.0.1:%d", almelo.port - 1);
    patient_set(from, to);
}

static void no_home_key(void)
{
    assert_int_equal(remove(patient_path("keys/home.key")), 0);
}

static void no_key(void)
{
    assert_int_equal(remove(patient_path("keys/ondertekenen.key")), 0);
}

static void sealing_key_shared(void)
{
    SCOPED_BUF struct buf key = { 0 };

    patient_read("keys/ondertekenen.key", &key);
    patient_write("keys/verzegelen.key", key.data, key.size);
}

static void no_certificate_yet(void)
{
    assert_int_equal(rename(patient_path("certificates/ondertekenen.pem"),
                            patient_path("certificates/ondertekenen.csr")),
                     0);
}

static void certificate_of_another_key(void)
{
    SCOPED_BUF struct buf pem = { 0 };

    certificate_to_pem(keys_certificate(utrecht.gateway.keys, PURPOSE_ONDERTEKENEN), &pem);
    patient_write("certificates/ondertekenen.pem", pem.data, pem.size);
}

static void certificate_of_another_purpose(void)
{
    SCOPED_BUF struct buf pem = { 0 };

    patient_read("certificates/tls-server.pem", &pem);
    patient_write("certificates/verzegelen.pem", pem.data, pem.size);
}

static void certificate_expired(void)
{
    patient_certify(PURPOSE_ONDERTEKENEN, clock_now() - 300 * DAY,
                    clock_now() - 3 * DAY - HOUR);
}

static void certificate_ends_soon(void)
{
    patient_certify(PURPOSE_ONDERTEKENEN, clock_now() - 300 * DAY,
                    clock_now() + 9 * DAY + HOUR);
}

static void certificates_in_the_future(void)
{
    static const enum purpose ALL[] = { PURPOSE_TLS_SERVER, PURPOSE_ONDERTEKENEN,
                                        PURPOSE_VERZEGELEN };

    for (size_t i = 0; i < sizeof(ALL) / sizeof(ALL[0]); i++)
        patient_certify(ALL[i], clock_now() + DAY, clock_now() + 300 * DAY);
}

static void no_anchor(void)
{
    assert_int_equal(patient_clear("trust/anchors"), 0);
}

static void no_crl(void)
{
    assert_int_equal(patient_clear("trust/crls"), 0);
}

static void stale_crl(void)
{
    patient_crl(&utrecht, clock_now() - 8 * DAY, clock_now() - 2 * HOUR);
}

static void old_crl(void)
{
    patient_crl(&almelo, clock_now() - 6 * DAY, clock_now() + DAY);
}

static void rubbish_in_trust(void)
{
    patient_write("trust/anchors/readme.pem", "no certificate\n", 15);
}

static void clock_behind(void)
{
    patient_rows("INSERT INTO inbox (sender, id, overdracht, soort, code, sealed_digest,"
                 " canonical, receipt, received, signer, tls_client) VALUES ('x', 'x', 'x',"
                 " 'ping', '', x'00', x'00', x'00', unixepoch() + 7200, x'00', x'00')");
}

static void receipt_of_the_future(void)
{
    patient_holds_receipt(clock_now() + HOUR);
}

static void receipt_of_the_past(void)
{
    patient_holds_receipt(clock_now() - HOUR);
}

static void no_database(void)
{
    assert_int_equal(remove(patient_path("store/estafette.db")), 0);
}

static void no_database_but_rubbish(void)
{
    patient_write("store/estafette.db", "this is no database, is it?", 27);
}

static void damaged_database(void)
{
    unsigned char noise[8192];
    int fd = open(patient_path("store/estafette.db"), O_WRONLY | O_CLOEXEC);

    memset(noise, 0x5a, sizeof(noise));
    assert_int_equal(pwrite(fd, noise, sizeof(noise), 8192), sizeof(noise));
    close(fd);
}

static void document_gone(void)
{
    patient_rows("INSERT INTO bijlage (eigenaar, bericht, sha256, omvang, overdracht) VALUES"
                 " ('00000099000000002000', 'b', 'aa', 10, 'o')");
}

static void newer_database(void)
{
    patient_rows("PRAGMA user_version = 999");
}

static void older_database(void)
{
    patient_rows("PRAGMA user_version = 0");
}

static void rewritten_audit(void)
{
    patient_rows("UPDATE audit SET detail = 'nothing' WHERE seq = 1");
}

static void message_stuck(void)
{
    patient_holds_receipt(clock_now());
    patient_rows("UPDATE outbox SET state = 'queued', receipt = NULL, settled = NULL,"
                 " attempts = 9, expires = unixepoch() + 7000");
}

static void peer_failing(void)
{
    patient_rows("UPDATE peer SET failures = 7");
}

static void peer_proposed(void)
{
    patient_rows("UPDATE peer SET state = 'voorgesteld'");
}

static void peer_suspended(void)
{
    patient_rows("UPDATE peer SET state = 'geschorst'");
}

static void to_nowhere(struct card *card)
{
    snprintf(card->endpoint, sizeof(card->endpoint), "https://127.0.0.1:1");
}

static void peer_down(void)
{
    patient_holds_card(to_nowhere);
}

static void to_no_name(struct card *card)
{
    snprintf(card->endpoint, sizeof(card->endpoint), "https://bestaat-niet.invalid:8443");
}

static void peer_without_name(void)
{
    patient_holds_card(to_no_name);
}

static void before_its_renewal(struct card *card)
{
    const struct pki_leaf leaf = { .oin = utrecht.oin,
                                   .purpose = PURPOSE_TLS_SERVER,
                                   .key = pki_key(PKI_P256, 3) };

    X509_free(sk_X509_pop(card->certificates[PURPOSE_TLS_SERVER]));
    sk_X509_push(card->certificates[PURPOSE_TLS_SERVER], pki_issue(utrecht.pki, &leaf));
}

static void peer_card_outdated(void)
{
    patient_holds_card(before_its_renewal);
}

static void until_next_week(struct card *card)
{
    card->geldig_tot = clock_now() + 7 * DAY + HOUR;
}

static void peer_card_ends_soon(void)
{
    patient_holds_card(until_next_week);
}

/* Good in itself, but utrecht holds the card that was made before. */
static void peer_does_not_know_us(void)
{
    patient_certify(PURPOSE_TLS_SERVER, clock_now() - DAY, clock_now() + 300 * DAY);
}

static void take(in_port_t port)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr = { htonl(INADDR_LOOPBACK) } };
    const int yes = 1;

    taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(taken, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    assert_int_equal(bind(taken, (const void *)&address, sizeof(address)), 0);
    assert_int_equal(listen(taken, 1), 0);
}

static void port_taken(void)
{
    take((in_port_t)almelo.port);
}

static void address_of_another(void)
{
    patient_set("address = 127.0.0.1", "address = 192.0.2.1");
}

static void nothing(void)
{
}

static void dismiss(void)
{
    if (taken >= 0)
        close(taken);
    taken = -1;
    patient_dismiss();
}

/* --- the table -----------------------------------------------------------------------------
 */

/* clang-format off */
/* Subject "@": any. */
static const struct {
    const char *what;
    void (*make)(void);
    const char *id, *verdict, *subject, *says, *action;
    bool as_root;
} CASES[] = {
    { "home mode 0755",            home_open_to_all,       "home.folder",        "FAIL", "", "open to others (mode 0755)", "chmod 0700 /", false },
    { "key mode 0644",             key_open_to_all,        "home.private",       "FAIL", "keys/ondertekenen.key", "mode 0644", "chmod 0600 /", false },
    { "store folder read-only",    store_read_only,        "home.folders",       "FAIL", "store", "closed to its owner (mode 0500)", "chmod 0700 /", false },
    { "file of another user",      file_of_another,        "home.owner",         "FAIL", "certificates/verzegelen.pem", "belongs to uid 65534", "chown -R", true },
    { "folder for CRLs is gone",   no_trust_folder,        "home.folders",       "FAIL", "trust/crls", "No such file", "install -d -m 0700 /", false },
    { "copy of a key",             copy_of_a_key,          "home.leftovers",     "WARN", "keys/tls-server.key.old", "a copy?", "shred -u", false },
    { "unknown setting",           unknown_setting,        "config.file",        "FAIL", "", "there is no such setting", "correct the configuration", false },
    { "endpoint of another port",  other_port,             "config.endpoint",    "WARN", "", "peers connect to port", "make [listen] endpoint and address agree", false },
    { "wrong OIN",                 wrong_oin,              "certificate.oin",    "FAIL", "ondertekenen", "carries OIN 00000099000000001000, the configuration 00000099000000001999", "correct [organisatie] oin", false },
    { "home key lost",             no_home_key,            "key.home",           "FAIL", "", "No such file", "put it back from the backup", false },
    { "key lost",                  no_key,                 "key.file",           "FAIL", "ondertekenen", "there is no key", "estafette certificate request ondertekenen", false },
    { "sealing key shared",        sealing_key_shared,     "key.separate",       "FAIL", "verzegelen", "shares one key with ondertekenen", "estafette certificate request verzegelen", false },
    { "request not signed yet",    no_certificate_yet,     "certificate.file",   "FAIL", "ondertekenen", "but a request for one", "signed by your authority", false },
    { "certificate of another key", certificate_of_another_key, "certificate.key", "FAIL", "ondertekenen", "of another key", "estafette certificate install", false },
    { "certificate of another purpose", certificate_of_another_purpose, "certificate.purpose", "FAIL", "verzegelen", "key usage", "right key usage", false },
    { "certificate expired",       certificate_expired,    "certificate.days",   "FAIL", "ondertekenen", "expired 3 days ago", "estafette certificate request ondertekenen", false },
    { "certificate ends soon",     certificate_ends_soon,  "certificate.days",   "WARN", "ondertekenen", "expires in 9 days", "estafette certificate request ondertekenen", false },
    { "anchor missing",            no_anchor,              "trust.anchor",       "FAIL", "", "there is no anchor", "estafette trust add", false },
    { "CRL missing",               no_crl,                 "trust.crl",          "FAIL", "Almelo", "there is no CRL", "estafette trust crl", false },
    { "CRL of the peer missing",   no_crl,                 "peer.chain",         "FAIL", "Utrecht", "unable to get certificate CRL", "estafette trust crl", false },
    { "CRL stale",                 stale_crl,              "trust.crl-age",      "FAIL", "Utrecht", "stale since 2 hours", "estafette trust crl", false },
    { "CRL past half its time",    old_crl,                "trust.crl-age",      "WARN", "Almelo", "past half its time", "estafette trust crl", false },
    { "rubbish in trust",          rubbish_in_trust,       "trust.files",        "FAIL", "", "trust/anchors/readme.pem", "", false },
    { "clock behind, by certificates", certificates_in_the_future, "clock.certificates", "FAIL", "", "the clock is behind", "timedatectl", false },
    { "clock behind, by the store", clock_behind,          "clock.store",        "FAIL", "", "the clock is behind: a message that was received", "timedatectl", false },
    { "clock behind, by a receipt", receipt_of_the_future, "clock.store",        "FAIL", "", "the clock is behind: the receipt of a peer", "timedatectl", false },
    { "clock of a peer behind",    receipt_of_the_past,    "clock.receipts",     "WARN", "Utrecht", "59 minutes behind ours", "compare both clocks", false },
    { "daemon not running",        nothing,                "daemon.answers",     "WARN", "", "not running", "start it: estafetted -C", false },
    { "port taken",                port_taken,             "listen.address",     "FAIL", "@", "something else listens", "ss -ltnp", false },
    { "address of another machine", address_of_another,    "listen.address",     "FAIL", "@", "not an address of this machine", "ip address", false },
    { "no database",               no_database,            "store.file",         "WARN", "", "there is none", "backup", false },
    { "database is rubbish",       no_database_but_rubbish, "store.file",        "FAIL", "", "not a database", "restore the last backup", false },
    { "database damaged",          damaged_database,       "store.whole",        "FAIL", "", "damaged", "restore the last backup", false },
    { "database of a newer program", newer_database,       "store.schema",       "FAIL", "", "version 999", "use the newer program", false },
    { "database of an older program", older_database,      "store.schema",       "WARN", "", "version 0", "make a backup, then start the daemon", false },
    { "audit rewritten",           rewritten_audit,        "store.audit",        "FAIL", "", "audit", "compare with the last backup", false },
    { "document gone",             document_gone,          "store.documents",    "FAIL", "", "1 of 1 documents are not on disk", "last backup", false },
    { "message stuck",             message_stuck,          "store.queue",        "WARN", "Utrecht", "waiting: 1, tried up to 9 times; the first expires in 1 h", "estafette outbox list", false },
    { "peer fails in a row",       peer_failing,           "store.peers",        "WARN", "Utrecht", "7 connections in a row failed", "estafette doctor", false },
    { "peer proposed",             peer_proposed,          "peer.state",         "WARN", "Utrecht", "voorgesteld", "estafette peer ping", false },
    { "peer suspended",            peer_suspended,         "peer.state",         "WARN", "Utrecht", "geschorst", "estafette peer activate", false },
    { "peer's card ends soon",     peer_card_ends_soon,    "peer.card",          "WARN", "Utrecht", "expires in 7 days", "ask for their new card", false },
    { "peer's name does not exist", peer_without_name,     "peer.name",          "FAIL", "Utrecht", "resolve", "getent hosts", false },
    { "peer down",                 peer_down,              "peer.connect",       "FAIL", "Utrecht", "connect", "theirs to start", false },
    { "peer's card outdated",      peer_card_outdated,     "peer.server",        "FAIL", "Utrecht", "not on the card", "ask for their new card", false },
    { "peer does not know us",     peer_does_not_know_us,  "peer.known",         "FAIL", "Utrecht", "does not recognise us, or has suspended us (HTTP 400)", "estafette peer card", false },
};
/* clang-format on */

static bool says(const json_t *check, const char *member, const char *part)
{
    return strstr(output_text(check, member), part) != NULL;
}

static const json_t *find(const json_t *report, const char *id, const char *subject)
{
    size_t i;
    json_t *check;

    json_array_foreach (json_object_get(report, "checks"), i, check)
        if (strcmp(output_text(check, "id"), id) == 0
            && (strcmp(subject, "@") == 0
                || strcmp(output_text(check, "subject"), subject) == 0))
            return check;
    return NULL;
}

/* cmocka cuts long messages. */
static void fail_saying(const char *what, const char *id)
{
    fputs(command_run("-C %s doctor", patient_path(""))->out, stderr);
    fail_msg("%s: %s does not say so", what, id);
}

static void each_mistake_is_named_with_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        if (CASES[i].as_root && geteuid() != 0) {
            print_message("SKIPPED: %s: only root can make it\n", CASES[i].what);
            continue;
        }
        patient_admit();
        CASES[i].make();
        int exit = command_run("-C %s --json doctor", patient_path(""))->exit;
        json_auto_t *report = command_json();
        const json_t *check = find(report, CASES[i].id, CASES[i].subject);
        if (!check || strcmp(output_text(check, "verdict"), CASES[i].verdict) != 0
            || !says(check, "why", CASES[i].says) || !says(check, "action", CASES[i].action))
            fail_saying(CASES[i].what, CASES[i].id);
        print_message("%-32s %-4s %-19s %s\n", CASES[i].what, CASES[i].verdict, CASES[i].id,
                      output_text(check, "why"));
        if (exit != (json_integer_value(json_object_get(report, "fail")) > 0))
            fail_msg("%s: exit %d", CASES[i].what, exit);
        if (strcmp(CASES[i].verdict, "FAIL") == 0)
            assert_int_equal(exit, 1);
        dismiss();
    }
}

/* One broken thing does not hide another. */
static void mistakes_together_are_all_named(void **state)
{
    static const char *const IDS[] = { "home.folder",     "config.file",   "key.separate",
                                       "certificate.key", "trust.crl-age", "store.audit" };

    (void)state;
    patient_admit();
    home_open_to_all();
    unknown_setting();
    sealing_key_shared();
    stale_crl();
    rewritten_audit();
    assert_int_equal(command_run("-C %s doctor", patient_path(""))->exit, 1);
    const char *out = command_run("-C %s doctor", patient_path(""))->out;
    for (size_t i = 0; i < sizeof(IDS) / sizeof(IDS[0]); i++) {
        char line[64];
        snprintf(line, sizeof(line), "FAIL  %-19s  ", IDS[i]);
        if (!strstr(out, line))
            fail_msg("%s is hidden\n%s", IDS[i], out);
    }
    assert_non_null(strstr(out, "not checked: see config.file"));
    dismiss();
}

static void a_folder_that_is_not_there_is_no_home(void **state)
{
    (void)state;
    command_expect(78, "estafette init", "-C %s/nowhere doctor", almelo.folder);
}

static int build(void **state)
{
    (void)state;
    umask(077);
    output_install();
    town_build(&almelo);
    town_build(&utrecht);
    town_trust(&almelo, &utrecht);
    town_trust(&utrecht, &almelo);
    town_open(&almelo);
    town_start(&utrecht);
    town_know(&almelo, &utrecht, PEER_ACTIEF);
    town_know(&utrecht, &almelo, PEER_ACTIEF);
    town_stop(&almelo);
    patient_begin(&almelo, &utrecht);
    return 0;
}

static int demolish(void **state)
{
    (void)state;
    dismiss();
    town_stop(&utrecht);
    town_remove(&utrecht);
    town_remove(&almelo);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_named_with_what_to_do),
        cmocka_unit_test(mistakes_together_are_all_named),
        cmocka_unit_test(a_folder_that_is_not_there_is_no_home),
    };

    town_install();
    return cmocka_run_group_tests(tests, build, demolish);
}

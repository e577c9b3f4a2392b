/* The built estafette where no daemon is needed: what it refuses, and the way from nothing to
 * a home with certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "codecs/base/mem.h"
#include "peers/file.h"
#include "tests/cli/command.h"
#include "tests/pki.h"
#include "tests/sample.h"
#include "tools/cli/output.h"

#define OIN "00000001001234567000"
#define GOLDEN SOURCE_DIR "/tests/golden/dossiers/"
#define INIT                                                                                  \
    "init --oin " OIN " --naam Utrecht --gemeentecode 0344 --omgeving test"                   \
    " --endpoint https://localhost:8443 --key ec"

static char FOLDER[] = "/tmp/estafette-cli-XXXXXX";
static struct pki *AUTHORITY;

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", FOLDER, name);
    return path;
}

static void put(const char *name, const void *bytes, size_t size)
{
    struct fault fault = { 0 };

    if (!file_write(in_folder(name), 0600, bytes, size, &fault))
        fail_msg("%s", fault.text);
}

static void put_certificate(const char *name, X509 *certificate)
{
    SCOPED_BUF struct buf pem = { 0 };

    certificate_to_pem(certificate, &pem);
    put(name, pem.data, pem.size);
}

static void put_crl(const char *name, X509_CRL *crl)
{
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());

    assert_true(PEM_write_bio_X509_CRL(bio, crl));
    long size = BIO_get_mem_data(bio, &text);
    put(name, text, (size_t)size);
    BIO_free(bio);
    X509_CRL_free(crl);
}

/* What the authority answers to a request of the home. */
static void issue(struct pki *authority, const char *purpose, struct pki_leaf leaf)
{
    SCOPED_BUF struct buf pem = { 0 };
    struct fault fault = { 0 };
    char name[64];

    snprintf(name, sizeof(name), "home/certificates/%s.csr", purpose);
    if (!file_read(in_folder(name), 65536, &pem, &fault))
        fail_msg("%s", fault.text);
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509_REQ *request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
    assert_non_null(request);
    leaf.key = X509_REQ_get_pubkey(request);
    assert_int_equal(X509_REQ_verify(request, leaf.key), 1);
    assert_true(purpose_from_name(purpose, &leaf.purpose));
    X509 *certificate = pki_issue(authority, &leaf);
    put_certificate("issued.pem", certificate);
    X509_free(certificate);
    EVP_PKEY_free(leaf.key);
    X509_REQ_free(request);
    BIO_free(bio);
}

/* --- the command line ----------------------------------------------------------------------
 */

static void mistakes_end_with_64_and_say_what_to_do(void **state)
{
    static const struct {
        const char *line, *says;
    } CASES[] = {
        { "", "which command?" },
        { "per list", "did you mean 'peer'?" },
        { "peer", "what shall be done?" },
        { "peer lst", "did you mean 'list'?" },
        { "peer show", "an argument is missing; usage: estafette peer show GEMEENTE" },
        { "peer list x", "too many arguments" },
        { "outbox retry", "usage: estafette outbox retry ID" },
        { "overdracht send x.xml --two 0344", "did you mean '--to'?" },
        { "overdracht send x.xml", "--to GEMEENTE is missing" },
        { "overdracht save 0193", "--out DIR is missing" },
        { "overdracht list --bsn=123456782", "unknown option --bsn" },
        { "certificate request signing", "unknown purpose 'signing'" },
        { "init", "--oin is missing" },
        { "init --oin " OIN, "--naam is missing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        command_expect(64, CASES[i].says, "%s", CASES[i].line);
        command_expect(64, "what to do: ", "%s", CASES[i].line);
    }
}

static void nothing_goes_to_stdout_when_it_fails(void **state)
{
    (void)state;
    const struct command_result *got = command_run("peer lst");
    assert_string_equal(got->out, "");
    assert_null(strstr(command_run("overdracht list --bsn=123456782")->err, "123456782"));
}

static void a_failure_with_json_is_one_object(void **state)
{
    json_error_t error;

    (void)state;
    const struct command_result *got = command_run("--json dossier check /nowhere.xml");
    assert_int_equal(got->exit, 66);
    assert_string_equal(got->out, "");
    json_auto_t *object = json_loads(got->err, 0, &error);
    assert_non_null(object);
    assert_string_equal(output_text(object, "code"), "input");
    assert_non_null(strstr(output_text(object, "text"), "/nowhere.xml: No such file"));
    assert_true(output_text(object, "action")[0]);
    assert_int_equal(json_object_size(object), 3);
}

static void every_verb_explains_itself_with_an_example(void **state)
{
    char all[COMMAND_TEXT_MAX], *rest = all, *line;
    int count = 0;

    (void)state;
    snprintf(all, sizeof(all), "%s", command_run("--help")->out);
    while ((line = strsep(&rest, "\n"))) {
        char noun[32], verb[32];
        int words = sscanf(line, "  estafette %31[a-z] %31[a-z]", noun, verb);
        if (words < 1)
            continue;
        const struct command_result *got =
            command_run("%s %s--help", noun, words == 2 ? strcat(verb, " ") : "");
        assert_int_equal(got->exit, 0);
        assert_string_equal(got->err, "");
        if (!strstr(got->out, "\nExamples:\n  ") || !strstr(got->out, noun))
            fail_msg("%s: %s", line, got->out);
        count++;
    }
    assert_in_range(count, 23, 100);
}

static void version_and_help_need_no_home(void **state)
{
    (void)state;
    assert_int_equal(command_run("--version -C /nowhere")->exit, 0);
    assert_int_equal(strncmp(command_run("--version")->out, "estafette 0.", 12), 0);
    assert_non_null(strstr(command_run("help")->err, "unknown command"));
}

static void a_full_disk_is_not_success(void **state)
{
    (void)state;
    const struct command_result *got =
        command_run_to("/dev/full", "dossier show " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 74);
    assert_non_null(strstr(got->err, "standard output: No space left"));
}

static void files_that_are_not_there_end_with_66(void **state)
{
    static const char *const LINES[] = {
        "dossier check /nowhere.xml",
        "dossier show /nowhere.xml",
        "overdracht send /nowhere.xml --to 0344",
        "peer add /nowhere.xml",
        "-C %s/home trust add /nowhere.pem",
        "-C %s/home trust crl /nowhere.crl",
        "-C %s/home certificate install /nowhere.pem",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        char line[256];
        const char *marker = strstr(LINES[i], "%s");
        snprintf(line, sizeof(line), "%.*s%s%s", marker ? (int)(marker - LINES[i]) : 0,
                 LINES[i], marker ? FOLDER : "", marker ? marker + 2 : LINES[i]);
        command_expect(66, "/nowhere.", "%s", line);
    }
}

static void without_a_daemon_it_says_how_to_start_one(void **state)
{
    static const char *const LINES[] = {
        "status",
        "peer list",
        "peer card",
        "peer show 0307",
        "peer ping 0307",
        "peer suspend 0307",
        "outbox list",
        "outbox show 0193",
        "overdracht list",
        "overdracht accept 0193",
        "dossier show 0193e2b4",
        "overdracht send " GOLDEN "gezinsmigrant.xml --to 0307",
    };
    char start[128];

    (void)state;
    snprintf(start, sizeof(start), "start it: estafetted -C %s/home", FOLDER);
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
        command_expect(69, "the daemon is not running", "-C %s/home %s", FOLDER, LINES[i]);
        command_expect(69, start, "-C %s/home %s", FOLDER, LINES[i]);
    }
}

static void a_home_that_is_not_in_order_ends_with_78(void **state)
{
    (void)state;
    command_expect(78, "No such file", "-C /nowhere status");
    mkdir(in_folder("open"), 0777);
    chmod(in_folder("open"), 0755);
    command_expect(78, "open to others", "-C %s/open certificate list", FOLDER);
    mkdir(in_folder("empty"), 0700);
    command_expect(78, "estafette.ini: there is no such file", "-C %s/empty status", FOLDER);
}

/* --- dossiers ------------------------------------------------------------------------------
 */

static void golden_dossiers_are_ok(void **state)
{
    (void)state;
    const struct command_result *got =
        command_run("dossier check " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "gezinsmigrant.xml: OK\n"));
    got = command_run_with(GOLDEN "asielstatushouder.xml", "--json dossier check -");
    assert_int_equal(got->exit, 0);
    json_auto_t *value = command_json();
    assert_true(json_is_true(json_object_get(value, "ok")));
    assert_int_equal(json_array_size(json_object_get(value, "findings")), 0);
}

static void broken_dossiers_are_told_by_file_line_and_rule(void **state)
{
    static const struct {
        const char *from, *to, *says;
    } CASES[] = {
        { "<bsn>999900031</bsn>", "<bsn>999900032</bsn>", ": elfproef: " },
        { "<bsn>999900031</bsn>", "<bsn>x</bsn>", ": schema: " },
        { "<cohort>Wi2021</cohort>", "<cohort>Wi1999</cohort>", "dossier/persoon/cohort" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *golden = sample_dossier("gezinsmigrant.xml");
        SCOPED_MEM char *text = sample_replace(golden, CASES[i].from, CASES[i].to);
        put("broken.xml", text, strlen(text));
        const struct command_result *got = command_run("dossier check %s/broken.xml", FOLDER);
        assert_int_equal(got->exit, 65);
        assert_non_null(strstr(got->out, "broken.xml:"));
        if (!strstr(got->out, CASES[i].says))
            fail_msg("%s", got->out);
        assert_null(strstr(got->out, ": OK"));
        assert_null(strstr(got->err, "99990003"));
        got =
            command_run("overdracht send %s/broken.xml --to 0307 -C %s/home", FOLDER, FOLDER);
        assert_int_equal(got->exit, 65); /* before any daemon is asked */
        assert_non_null(strstr(got->err, "nothing was sent"));
        assert_non_null(strstr(got->err, "broken.xml:"));
    }
}

static void what_is_no_dossier_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } CASES[] = {
        { "", "junk.xml: " },
        { "hello", "junk.xml: " },
        { "<!DOCTYPE x><x/>", "junk.xml: line 1" },
        { "<x/>", "junk.xml" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        put("junk.xml", CASES[i].text, strlen(CASES[i].text));
        command_expect(65, CASES[i].says, "dossier check %s/junk.xml", FOLDER);
        command_expect(65, "", "dossier show %s/junk.xml", FOLDER);
    }
}

static void findings_are_json_on_stdout(void **state)
{
    SCOPED_MEM char *golden = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text =
        sample_replace(golden, "<bsn>999900031</bsn>", "<bsn>999900032</bsn>");

    (void)state;
    put("broken.xml", text, strlen(text));
    assert_int_equal(command_run("--json dossier check %s/broken.xml", FOLDER)->exit, 65);
    json_auto_t *value = command_json();
    const json_t *finding = json_array_get(json_object_get(value, "findings"), 0);
    assert_true(json_is_false(json_object_get(value, "ok")));
    assert_true(json_integer_value(json_object_get(finding, "line")) > 0);
    assert_non_null(strstr(output_text(finding, "path"), "bsn"));
    assert_true(output_text(finding, "says")[0]);
}

static void a_dossier_is_shown_as_a_page(void **state)
{
    (void)state;
    const struct command_result *got = command_run("dossier show " GOLDEN "gezinsmigrant.xml");
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "INBURGERINGSDOSSIER"));
    assert_null(strchr(got->out, '\x1b'));
}

/* --- a home --------------------------------------------------------------------------------
 */

static void init_refuses_what_would_not_work_and_makes_nothing(void **state)
{
    static const struct {
        const char *change, *says;
    } CASES[] = {
        { "--oin 123 --endpoint https://x", "[organisatie] oin" },
        { "--oin " OIN " --endpoint http://x:1", "endpoint: https://" },
        { "--oin " OIN " --endpoint https://x/path", "endpoint: https://" },
        { "--oin " OIN " --endpoint https://x --gemeentecode 34", "gemeentecodes" },
        { "--oin " OIN " --endpoint https://x --omgeving acceptatie", "omgeving" },
        { "--oin " OIN " --endpoint https://x --key dsa", "--key: rsa or ec" },
        { "--oin " OIN " --endpoint https://x --contact-naam Jansen", "all three or none" },
        { "--oin " OIN " --endpoint https://x --naam A\tB", "control characters" },
        { "--oin " OIN " --endpoint https://bad_host!", "host" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const char *change = CASES[i].change;
        command_expect(64, CASES[i].says, "-C %s/never init %s%s%s%s", FOLDER, change,
                       strstr(change, "--naam") ? "" : " --naam Utrecht",
                       strstr(change, "--gemeente") ? "" : " --gemeentecode 0344",
                       strstr(change, "--omgeving") ? "" : " --omgeving test");
        assert_false(file_exists(in_folder("never")));
    }
}

static void init_makes_a_home_once(void **state)
{
    static const char *const FILES[] = {
        "second/estafette.ini",
        "second/keys/home.key",
        "second/keys/tls-server.key",
        "second/keys/ondertekenen.key",
        "second/keys/verzegelen.key",
        "second/certificates/tls-server.csr",
        "second/certificates/ondertekenen.csr",
        "second/certificates/verzegelen.csr",
    };

    (void)state;
    assert_int_equal(
        command_run("--json -C %s/second " INIT " --gemeentecode 0345", FOLDER)->exit, 0);
    json_auto_t *value = command_json();
    assert_int_equal(json_array_size(json_object_get(value, "requests")), 3);
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
        struct stat status;
        assert_int_equal(stat(in_folder(FILES[i]), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    SCOPED_BUF struct buf ini = { 0 };
    struct fault fault = { 0 };
    assert_true(file_read(in_folder("second/estafette.ini"), 65536, &ini, &fault));
    assert_non_null(strstr(buf_text(&ini), "gemeentecodes = 0344, 0345\n"));
    command_expect(1, "is a home already", "-C %s/second " INIT, FOLDER);
}

static void init_says_what_comes_next(void **state)
{
    (void)state;
    const struct command_result *got = command_run("-C %s/third " INIT, FOLDER);
    assert_int_equal(got->exit, 0);
    assert_non_null(strstr(got->out, "third/certificates/verzegelen.csr"));
    assert_non_null(strstr(got->err, "third certificate install FILE"));
}

static void a_request_is_made_again_for_the_same_key(void **state)
{
    (void)state;
    command_expect(0, "Send the request",
                   "-C %s/home certificate request ondertekenen --key ec", FOLDER);
    command_expect(1, "not rsa", "-C %s/home certificate request ondertekenen", FOLDER);
    command_expect(64, "rsa or ec", "-C %s/home certificate request tls-client --key dsa",
                   FOLDER);
}

static void certificates_that_do_not_fit_are_not_installed(void **state)
{
    static const struct {
        const char *purpose, *options;
        struct pki_leaf leaf;
        int exit;
        const char *says;
    } CASES[] = {
        { "ondertekenen", "", { .oin = "00000001009999999000" }, 76, "this home is of OIN" },
        { "ondertekenen", "", { .oin = NULL }, 76, "serialNumber" },
        { "ondertekenen", "", { .oin = OIN, .not_before = 1, .not_after = 86400 }, 76, "" },
        { "ondertekenen", "", { .oin = OIN, .key_usage = "critical,keyAgreement" }, 76, "" },
        { "ondertekenen", "", { .oin = OIN, .basic = "critical,CA:TRUE" }, 76, "" },
        { "ondertekenen",
          " --purpose verzegelen",
          { .oin = OIN },
          76,
          "belongs to the key for ondertekenen, not for verzegelen" },
        { "ondertekenen", " --purpose sign", { .oin = OIN }, 64, "unknown purpose" },
        { "tls-server",
          "",
          { .oin = OIN, .ext_usage = "serverAuth" },
          76,
          "certificate request tls-client" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        issue(AUTHORITY, CASES[i].purpose, CASES[i].leaf);
        command_expect(CASES[i].exit, CASES[i].says, "-C %s/home certificate install %s%s",
                       FOLDER, in_folder("issued.pem"), CASES[i].options);
    }
    assert_false(file_exists(in_folder("home/certificates/ondertekenen.pem")));
}

static void a_certificate_of_another_key_is_not_installed(void **state)
{
    const struct pki_leaf leaf = { .oin = OIN,
                                   .purpose = PURPOSE_ONDERTEKENEN,
                                   .key = pki_key(PKI_P256, 7) };
    X509 *certificate = pki_issue(AUTHORITY, &leaf);

    (void)state;
    put_certificate("other.pem", certificate);
    X509_free(certificate);
    command_expect(76, "", "-C %s/home certificate install %s/other.pem", FOLDER, FOLDER);
    put("junk.pem", "hello", 5);
    command_expect(76, "junk.pem", "-C %s/home certificate install %s/junk.pem", FOLDER,
                   FOLDER);
}

static void only_authorities_are_trusted(void **state)
{
    struct pki *below = pki_create_under(AUTHORITY, PKI_P256, "Below");

    (void)state;
    put_certificate("root.pem", pki_root(AUTHORITY));
    put_certificate("below.pem", pki_root(below));
    issue(AUTHORITY, "ondertekenen", (struct pki_leaf){ .oin = OIN });
    command_expect(76, "not a certificate of an authority", "-C %s/home trust add %s", FOLDER,
                   in_folder("issued.pem"));
    command_expect(76, "no anchor", "-C %s/home trust add %s", FOLDER, in_folder("below.pem"));
    command_expect(76, "no intermediate", "-C %s/home trust add --intermediate %s", FOLDER,
                   in_folder("root.pem"));
    SCOPED_BUF struct buf both = { 0 };
    certificate_to_pem(pki_root(AUTHORITY), &both);
    certificate_to_pem(pki_root(below), &both);
    put("both.pem", both.data, both.size);
    command_expect(76, "holds 2 certificates", "-C %s/home trust add %s", FOLDER,
                   in_folder("both.pem"));
    put_crl("root.crl", pki_crl(AUTHORITY, NULL, 0, 0, 0));
    command_expect(76, "authority that is known", "-C %s/home trust crl %s", FOLDER,
                   in_folder("root.crl"));
    command_expect(0, "none", "-C %s/home trust list", FOLDER);
    pki_destroy(below);
}

static void a_home_gets_its_certificates(void **state)
{
    static const char *const MADE[] = { "tls-server", "ondertekenen", "verzegelen" };

    (void)state;
    issue(AUTHORITY, "verzegelen", (struct pki_leaf){ .oin = OIN });
    command_expect(0, "there is no anchor yet", "-C %s/home certificate install %s", FOLDER,
                   in_folder("issued.pem"));
    command_expect(0, "", "-C %s/home trust add %s/root.pem", FOLDER, FOLDER);
    command_expect(0, "", "-C %s/home trust add %s/root.pem", FOLDER, FOLDER); /* again */
    command_expect(0, "", "-C %s/home trust crl %s/root.crl", FOLDER, FOLDER);
    for (size_t i = 0; i < sizeof(MADE) / sizeof(MADE[0]); i++) {
        issue(AUTHORITY, MADE[i], (struct pki_leaf){ .oin = OIN });
        command_expect(0, "", "-C %s/home certificate install %s --purpose %s", FOLDER,
                       in_folder("issued.pem"), MADE[i]);
    }
    assert_int_equal(command_run("--json -C %s/home certificate list", FOLDER)->exit, 0);
    json_auto_t *value = command_json();
    const json_t *first = json_array_get(json_object_get(value, "certificates"), 0);
    assert_string_equal(output_text(first, "doel"), "tls-server");
    assert_string_equal(output_text(first, "state"), "installed");
    assert_string_equal(output_text(first, "sleutel"), "EC P-256");
    assert_int_equal(strlen(output_text(first, "fingerprint")), 64);
    assert_in_range(json_integer_value(json_object_get(first, "dagen")), 300, 366);
    const struct command_result *got = command_run("-C %s/home trust list", FOLDER);
    assert_non_null(strstr(got->out, "anchor "));
    assert_non_null(strstr(got->out, "crl "));
}

static void a_certificate_of_a_stranger_is_not_installed_behind_anchors(void **state)
{
    struct pki *stranger = pki_create(PKI_P256, "Stranger");

    (void)state;
    issue(stranger, "ondertekenen", (struct pki_leaf){ .oin = OIN });
    command_expect(76, "", "-C %s/home certificate install %s", FOLDER,
                   in_folder("issued.pem"));
    put_crl("stranger.crl", pki_crl(stranger, NULL, 0, 0, 0));
    command_expect(76, "authority that is known", "-C %s/home trust crl %s", FOLDER,
                   in_folder("stranger.crl"));
    pki_destroy(stranger);
}

static void a_crl_is_never_replaced_by_an_older_one(void **state)
{
    time_t now = time(NULL);

    (void)state;
    put_crl("older.crl", pki_crl(AUTHORITY, NULL, 0, now - 86400, now + 86400));
    command_expect(76, "older than the one that is here", "-C %s/home trust crl %s", FOLDER,
                   in_folder("older.crl"));
    put_crl("newer.crl", pki_crl(AUTHORITY, NULL, 0, now - 60, now + 86400));
    command_expect(0, "", "-C %s/home trust crl %s", FOLDER, in_folder("newer.crl"));
    put("junk.crl", "hello", 5);
    command_expect(76, "not a CRL", "-C %s/home trust crl %s", FOLDER, in_folder("junk.crl"));
}

static int make_folder(void **state)
{
    (void)state;
    mem_install();
    output_install();
    unsetenv("ESTAFETTE_HOME");
    AUTHORITY = pki_create(PKI_P256, "Root");
    if (!mkdtemp(FOLDER))
        return -1;
    return command_run("-C %s/home " INIT, FOLDER)->exit;
}

static int drop_folder(void **state)
{
    (void)state;
    pki_destroy(AUTHORITY);
    return command_drop(FOLDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_end_with_64_and_say_what_to_do),
        cmocka_unit_test(nothing_goes_to_stdout_when_it_fails),
        cmocka_unit_test(a_failure_with_json_is_one_object),
        cmocka_unit_test(every_verb_explains_itself_with_an_example),
        cmocka_unit_test(version_and_help_need_no_home),
        cmocka_unit_test(a_full_disk_is_not_success),
        cmocka_unit_test(files_that_are_not_there_end_with_66),
        cmocka_unit_test(without_a_daemon_it_says_how_to_start_one),
        cmocka_unit_test(a_home_that_is_not_in_order_ends_with_78),
        cmocka_unit_test(golden_dossiers_are_ok),
        cmocka_unit_test(broken_dossiers_are_told_by_file_line_and_rule),
        cmocka_unit_test(what_is_no_dossier_is_refused),
        cmocka_unit_test(findings_are_json_on_stdout),
        cmocka_unit_test(a_dossier_is_shown_as_a_page),
        cmocka_unit_test(init_refuses_what_would_not_work_and_makes_nothing),
        cmocka_unit_test(init_makes_a_home_once),
        cmocka_unit_test(init_says_what_comes_next),
        cmocka_unit_test(a_request_is_made_again_for_the_same_key),
        cmocka_unit_test(certificates_that_do_not_fit_are_not_installed),
        cmocka_unit_test(a_certificate_of_another_key_is_not_installed),
        cmocka_unit_test(only_authorities_are_trusted),
        cmocka_unit_test(a_home_gets_its_certificates),
        cmocka_unit_test(a_certificate_of_a_stranger_is_not_installed_behind_anchors),
        cmocka_unit_test(a_crl_is_never_replaced_by_an_older_one),
    };

    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}

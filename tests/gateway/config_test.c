/* The settings: what is refused and with which words, what is filled in, and that the file we
 * write is one we read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "gateway/config.h"
#include "tests/sample.h"

static const char GOOD[] = "[organisatie]\n"
                           "oin = 00000099000000001000\n"
                           "naam = Gemeente Utrecht\n"
                           "gemeentecodes = 0344, 0310\n"
                           "omgeving = test\n"
                           "[contact]\n"
                           "naam = Loket\n"
                           "telefoon = 030-2860000\n"
                           "email = loket@utrecht.example\n"
                           "[listen]\n"
                           "endpoint = https://utrecht.example:8443\n"
                           "[deliver]\n"
                           "couriers = 3\n";

static bool parse(const char *text, struct config *config, struct fault *fault)
{
    SCOPED_BUF struct buf bytes = { 0 };

    buf_add_text(&bytes, text);
    return config_parse("estafette.ini", &bytes, config, fault);
}

static void what_is_set_is_read_and_the_rest_has_its_default(void **state)
{
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    if (!parse(GOOD, &config, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(config.oin, "00000099000000001000");
    assert_string_equal(config.naam, "Gemeente Utrecht");
    assert_int_equal(config.gemeentecode_count, 2);
    assert_true(config_serves(&config, "0344") && config_serves(&config, "0310"));
    assert_false(config_serves(&config, "0141"));
    assert_int_equal(config.omgeving, OMGEVING_TEST);
    assert_string_equal(config.contact.email, "loket@utrecht.example");
    assert_int_equal(config.couriers, 3);
    assert_int_equal(config.retry_first_seconds, 5);
    assert_int_equal(config.retry_longest_seconds, 3600);
    assert_int_equal(config.expire_days, 5);
    assert_string_equal(config.address, "0.0.0.0:8443");
}

static void amounts_and_terms_are_the_law_s_unless_set(void **state)
{
    SCOPED_MEM char *text =
        sample_replace(GOOD, "[deliver]", "[regels]\nboete_totaal = 3000\n[deliver]");
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    assert_true(parse(GOOD, &config, &fault));
    assert_memory_equal(&config.regels, &RULES_LAW, sizeof(RULES_LAW));
    assert_true(parse(text, &config, &fault));
    assert_int_equal(config.regels.boete_totaal, 3000);
    assert_int_equal(config.regels.boete_pip, 800);
}

static void an_api_of_duo_is_at_its_own_address_or_at_that_of_the_rest(void **state)
{
    SCOPED_MEM char *text = sample_replace(GOOD, "[deliver]",
                                           "[duo]\noin = 00000099000000009000\n"
                                           "base = https://duo.example:8443\n"
                                           "base_gevolgdeuren = https://uren.example\n"
                                           "[deliver]");
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    assert_true(parse(GOOD, &config, &fault));
    assert_string_equal(config.duo.oin, "");
    assert_true(parse(text, &config, &fault));
    assert_string_equal(config_duo_base(&config, "PIP"), "https://duo.example:8443");
    assert_string_equal(config_duo_base(&config, "GevolgdeUren"), "https://uren.example");
    assert_int_equal(config.duo.per_duo, 2);
    assert_int_equal(config.duo.scope_days, 14);
    assert_string_equal(config.duo.toegang_vanaf, "dagtekening");
    assert_int_equal(config.bewaar_dagen, 7);
    assert_string_equal(config.gebruiker, "");
    assert_string_equal(config.wacht_op_duo, "ja");
}

/* clang-format off */
static const struct {
    const char *what, *from, *to, *says;
} REFUSED[] = {
    { "unknown key", "couriers = 3", "courier = 3",
      "estafette.ini:13: [deliver] courier: there is no such setting" },
    { "key of another section", "couriers = 3", "omgeving = test",
      "estafette.ini:13: [deliver] omgeving: there is no such setting" },
    { "unknown section", "[contact]", "[kontakt]",
      "estafette.ini:7: [kontakt] naam: there is no such setting" },
    { "key twice", "naam = Gemeente Utrecht", "oin = 00000099000000001000",
      "estafette.ini:3: [organisatie] oin is set twice" },
    { "line that is nothing", "omgeving = test", "omgeving",
      "estafette.ini:5: not a section, a setting or a comment" },
    { "section without end", "[contact]", "[contact",
      "estafette.ini:6: not a section, a setting or a comment" },
    { "number below its bound", "couriers = 3", "couriers = 0",
      "estafette.ini:13: [deliver] couriers must be a number from 1 to 64" },
    { "number above its bound", "couriers = 3", "couriers = 65",
      "estafette.ini:13: [deliver] couriers must be a number from 1 to 64" },
    { "number past all numbers", "couriers = 3", "couriers = 99999999999999999999",
      "estafette.ini:13: [deliver] couriers must be a number from 1 to 64" },
    { "number with a tail", "couriers = 3", "couriers = 3s",
      "estafette.ini:13: [deliver] couriers must be a number from 1 to 64" },
    { "no number", "couriers = 3", "couriers =",
      "estafette.ini:13: [deliver] couriers must be a number from 1 to 64" },
    { "retry out of order", "couriers = 3",
      "retry_first_seconds = 60\nretry_longest_seconds = 59",
      "estafette.ini: [deliver] retry_first_seconds is more than retry_longest_seconds" },
    { "OIN too short", "oin = 00000099000000001000", "oin = 0000009900000000100",
      "estafette.ini:2: [organisatie] oin must have 20 characters" },
    { "OIN too long", "oin = 00000099000000001000", "oin = 000000990000000010000",
      "estafette.ini:2: [organisatie] oin must have 20 characters" },
    { "OIN with a letter", "oin = 00000099000000001000", "oin = 0000009900000000100O",
      "estafette.ini: [organisatie] oin: 20 digits" },
    { "gemeentecode with a letter", "0344, 0310", "0344, 031O",
      "estafette.ini: [organisatie] gemeentecodes: four digits each, with commas" },
    { "only commas", "0344, 0310", ",, , ,",
      "estafette.ini: [organisatie] gemeentecodes is empty" },
    { "omgeving of another kind", "omgeving = test", "omgeving = acceptatie",
      "estafette.ini: [organisatie] omgeving: test or productie" },
    { "endpoint without TLS", "https://utrecht.example:8443", "http://utrecht.example:8443",
      "estafette.ini: [listen] endpoint: https://host[:port]" },
    { "DUO with our own OIN", "couriers = 3",
      "[duo]\noin = 00000099000000001000\nbase = https://duo.example",
      "estafette.ini: [duo] oin: 20 digits, DUO's, not ours" },
    { "DUO without an address", "couriers = 3", "[duo]\noin = 00000099000000009000",
      "estafette.ini: [duo] base must be set too" },
    { "an address without DUO", "couriers = 3", "[duo]\nbase = https://duo.example",
      "estafette.ini: [duo] oin must be set too" },
    { "an address of DUO with a path", "couriers = 3",
      "[duo]\noin = 00000099000000009000\nbase = https://duo.example/v1",
      "estafette.ini: [duo] base: https://host[:port]" },
    { "an address of one API without TLS", "couriers = 3",
      "[duo]\noin = 00000099000000009000\nbase = https://duo.example\nbase_boete = http://duo",
      "estafette.ini: [duo] base: https://host[:port]" },
    { "an API that is not called", "couriers = 3", "[duo]\nbase_notificatie = https://duo.example",
      "estafette.ini:14: [duo] base_notificatie: there is no such setting" },
    { "dossiers that are kept for ever", "couriers = 3", "[aanlevering]\nbewaar_dagen = 91",
      "estafette.ini:14: [aanlevering] bewaar_dagen must be a number from 1 to 90" },
    { "or for no time at all", "couriers = 3", "[aanlevering]\nbewaar_dagen = 0",
      "estafette.ini:14: [aanlevering] bewaar_dagen must be a number from 1 to 90" },
    { "DUO is waited for, perhaps", "couriers = 3", "[aanlevering]\nwacht_op_duo = nu",
      "estafette.ini: [aanlevering] wacht_op_duo: ja or nee" },
    { "access that counts from nothing", "couriers = 3", "[duo]\ntoegang_vanaf = verhuizing",
      "estafette.ini:14: [duo] toegang_vanaf must have 11 to 12 characters" },
    { "access that counts from another word", "couriers = 3", "[duo]\ntoegang_vanaf = verhuisdatum",
      "estafette.ini: [duo] toegang_vanaf: dagtekening or registratie" },
    { "mail without TLS", "couriers = 3", "[mail]\nsmtp = http://mail.example",
      "estafette.ini: [mail] smtp: smtps://host[:port] or smtp://host[:port], and no command "
      "beside it" },
    { "mail to a server with a path", "couriers = 3", "[mail]\nsmtp = smtps://mail.example/x",
      "estafette.ini: [mail] smtp: smtps://host[:port] or smtp://host[:port], and no command "
      "beside it" },
    { "mail two ways", "couriers = 3",
      "[mail]\nsmtp = smtps://mail.example\ncommand = /bin/true",
      "estafette.ini: [mail] smtp: smtps://host[:port] or smtp://host[:port], and no command "
      "beside it" },
    { "mail to nobody", "couriers = 3",
      "[mail]\nsmtp = smtps://mail.example\nfrom = a@oud.example",
      "estafette.ini: [mail] from and to_klantregisseur or to_beheer must be set" },
    { "mail from nobody", "couriers = 3",
      "[mail]\nsmtp = smtps://mail.example\nto_beheer = a@oud.example",
      "estafette.ini: [mail] from and to_klantregisseur or to_beheer must be set" },
    { "mail to two at once", "couriers = 3", "[mail]\nto_beheer = a@b.example,c@d.example",
      "estafette.ini: [mail] from, to: one address each" },
    { "mail to no address", "couriers = 3", "[mail]\nto_beheer = beheer",
      "estafette.ini: [mail] from, to: one address each" },
    { "mail with a user and no password", "couriers = 3", "[mail]\nuser = estafette",
      "estafette.ini: [mail] user and password_file: both or neither" },
    { "endpoint with a path", "https://utrecht.example:8443", "https://utrecht.example/v1",
      "estafette.ini: [listen] endpoint: https://host[:port]" },
    { "unknown level", "[deliver]\ncouriers = 3", "[log]\nlevel = verbose",
      "estafette.ini: [log] level: error, warning, info or debug" },
    { "half a contact", "email = loket@utrecht.example", "",
      "estafette.ini: [contact]: set all three or none" },
    { "contact without name", "naam = Loket", "",
      "estafette.ini: [contact]: set all three or none" },
    { "OIN missing", "oin = 00000099000000001000", "",
      "estafette.ini: [organisatie] oin must be set (OIN, 20 digits, as in our certificates)" },
    { "endpoint missing", "endpoint = https://utrecht.example:8443", "",
      "estafette.ini: [listen] endpoint must be set"
      " (the same as peers see it: https://host[:port])" },
    { "naam empty", "naam = Gemeente Utrecht", "naam =",
      "estafette.ini:3: [organisatie] naam must have 1 to 180 characters" },
};
/* clang-format on */

static void what_is_wrong_is_refused_with_file_line_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
        SCOPED_MEM char *text = sample_replace(GOOD, REFUSED[i].from, REFUSED[i].to);
        struct config config;
        struct fault fault = { 0 };
        if (parse(text, &config, &fault))
            fail_msg("%s: was read", REFUSED[i].what);
        assert_int_equal(fault.code, FAULT_CONFIG);
        if (strcmp(fault.text, REFUSED[i].says) != 0)
            fail_msg("%s: %s", REFUSED[i].what, fault.text);
    }
}

/* The reader of INI files cuts a line at 199 bytes and goes on with the rest as a new line. */
static void a_line_that_would_be_cut_is_refused_and_named(void **state)
{
    static const size_t LENGTHS[] = { 192, 193, 194, 250, 400, 1000 };

    (void)state;
    for (size_t i = 0; i < sizeof(LENGTHS) / sizeof(LENGTHS[0]); i++) {
        SCOPED_BUF struct buf naam = { 0 };
        struct config config;
        struct fault fault = { 0 };
        buf_addf(&naam, "%0*d; voorheen Utrecht", (int)LENGTHS[i], 0);
        SCOPED_MEM char *text = sample_replace(GOOD, "Gemeente Utrecht", buf_text(&naam));
        assert_false(parse(text, &config, &fault));
        assert_string_equal(fault.text, "estafette.ini:3: longer than 198 characters");
    }
}

static void the_longest_name_fits(void **state)
{
    SCOPED_BUF struct buf naam = { 0 };
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    buf_addf(&naam, "%0180d", 7);
    SCOPED_MEM char *text = sample_replace(GOOD, "Gemeente Utrecht", buf_text(&naam));
    if (!parse(text, &config, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(config.naam, buf_text(&naam));
    buf_add_text(&naam, "8");
    SCOPED_MEM char *longer = sample_replace(GOOD, "Gemeente Utrecht", buf_text(&naam));
    assert_false(parse(longer, &config, &fault));
    assert_string_equal(fault.text,
                        "estafette.ini:3: [organisatie] naam must have 1 to 180 characters");
}

static void more_municipalities_than_a_card_holds_are_refused(void **state)
{
    SCOPED_BUF struct buf codes = { 0 };
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    for (int i = 0; i < PEER_GEMEENTECODES_MAX; i++)
        buf_addf(&codes, "%s%04d", i ? "," : "", i);
    SCOPED_MEM char *most = sample_replace(GOOD, "0344, 0310", buf_text(&codes));
    assert_true(parse(most, &config, &fault));
    assert_int_equal(config.gemeentecode_count, PEER_GEMEENTECODES_MAX);
    buf_add_text(&codes, ",0999");
    SCOPED_MEM char *text = sample_replace(GOOD, "0344, 0310", buf_text(&codes));
    assert_false(parse(text, &config, &fault));
    assert_string_equal(fault.text, "estafette.ini: [organisatie] gemeentecodes: at most 32");
}

static void without_a_contact_none_goes_along(void **state)
{
    SCOPED_MEM char *text = sample_replace(GOOD,
                                           "[contact]\nnaam = Loket\ntelefoon = 030-2860000\n"
                                           "email = loket@utrecht.example\n",
                                           "");
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    assert_true(parse(text, &config, &fault));
    assert_string_equal(config.contact.naam, "");
}

static const char *const VALUES[] = { "organisatie.oin=00000099000000001000",
                                      "organisatie.naam=Gemeente 's-Hertogenbosch (\xC3\xA9)",
                                      "organisatie.gemeentecodes=0796",
                                      "organisatie.omgeving=productie",
                                      "listen.endpoint=https://den-bosch.example",
                                      "deliver.expire_days=7",
                                      NULL };

static void what_is_written_for_a_new_home_reads_back(void **state)
{
    SCOPED_BUF struct buf text = { 0 };
    struct config config;
    struct fault fault = { 0 };

    (void)state;
    config_write(VALUES, &text);
    if (!config_parse("new", &text, &config, &fault))
        fail_msg("%s", fault.text);
    assert_string_equal(config.naam, "Gemeente 's-Hertogenbosch (\xC3\xA9)");
    assert_int_equal(config.omgeving, OMGEVING_PRODUCTIE);
    assert_int_equal(config.expire_days, 7);
    assert_int_equal(config.couriers, 4);
}

/* Takes away the semicolon before each setting that is not set; explanations have a blank
 * behind theirs. */
static void uncomment(const struct buf *shown, struct buf *text)
{
    for (const char *at = buf_text(shown); *at; at++) {
        bool starts = at == buf_text(shown) || at[-1] == '\n';
        if (!starts || at[0] != ';' || at[1] == ' ')
            buf_add(text, at, 1);
    }
}

static void the_defaults_that_are_shown_are_the_defaults(void **state)
{
    SCOPED_BUF struct buf shown = { 0 }, text = { 0 };
    struct config left_out, written_out;
    struct fault fault = { 0 };

    (void)state;
    config_write(VALUES, &shown);
    uncomment(&shown, &text);
    assert_true(text.size < shown.size - 20);
    assert_true(config_parse("new", &shown, &left_out, &fault));
    if (!config_parse("new", &text, &written_out, &fault))
        fail_msg("%s", fault.text);
    assert_memory_equal(&left_out, &written_out, sizeof(left_out));
}

static void a_socket_path_that_does_not_fit_is_refused_with_a_way_out(void **state)
{
    struct config config = { 0 };
    struct home home = { 0 };
    struct fault fault = { 0 };
    char url[128];

    (void)state;
    snprintf(home.path, sizeof(home.path), "/%0120d", 1);
    assert_false(config_socket(&config, &home, "control", url, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_non_null(strstr(fault.text, "too long for a socket"));
    assert_non_null(strstr(fault_action(&fault), "[local] sockets"));
    snprintf(config.sockets, sizeof(config.sockets), "/run/estafette/utrecht");
    assert_true(config_socket(&config, &home, "control", url, &fault));
    assert_string_equal(url, "ipc:///run/estafette/utrecht/control.sock");
}

static void a_home_without_settings_says_how_to_make_one(void **state)
{
    struct config config;
    struct home home = { .path = "/nonexistent" };
    struct fault fault = { 0 };

    (void)state;
    assert_false(config_load(&home, &config, &fault));
    assert_string_equal(fault.text, "/nonexistent/estafette.ini: there is no such file");
    assert_non_null(strstr(fault_action(&fault), "init"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_set_is_read_and_the_rest_has_its_default),
        cmocka_unit_test(amounts_and_terms_are_the_law_s_unless_set),
        cmocka_unit_test(an_api_of_duo_is_at_its_own_address_or_at_that_of_the_rest),
        cmocka_unit_test(what_is_wrong_is_refused_with_file_line_and_reason),
        cmocka_unit_test(a_line_that_would_be_cut_is_refused_and_named),
        cmocka_unit_test(the_longest_name_fits),
        cmocka_unit_test(more_municipalities_than_a_card_holds_are_refused),
        cmocka_unit_test(without_a_contact_none_goes_along),
        cmocka_unit_test(what_is_written_for_a_new_home_reads_back),
        cmocka_unit_test(the_defaults_that_are_shown_are_the_defaults),
        cmocka_unit_test(a_socket_path_that_does_not_fit_is_refused_with_a_way_out),
        cmocka_unit_test(a_home_without_settings_says_how_to_make_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

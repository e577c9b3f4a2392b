/* Mail: over TLS or not at all, to one address, and nothing readable in the faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/deliver.h"
#include "gateway/mail.h"
#include "peers/file.h"
#include "tests/gateway/postbus.h"
#include "tests/pki.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define GOOD_HOST "IP:127.0.0.1"

static struct config_mail settings_for(const struct postbus *postbus, const char *scheme)
{
    struct config_mail settings = { .from = "estafette@oud.example",
                                    .klantregisseur = "regie@oud.example" };

    snprintf(settings.smtp, sizeof(settings.smtp), "%s://127.0.0.1:%d", scheme,
             postbus_port(postbus));
    snprintf(settings.ca, sizeof(settings.ca), "%s", postbus_ca(postbus));
    return settings;
}

static bool send(const struct config_mail *settings, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    const struct mail mail = { .to = settings->klantregisseur,
                               .subject = "Estafette 0344: 1 vragen aandacht",
                               .text = &text,
                               .at = 1790000000 };

    buf_add_text(&text, "eerste regel\n.\n..punt\nlaatste");
    return mail_send(settings, NULL, &mail, fault);
}

static bool heard(struct postbus *postbus, const char *words)
{
    SCOPED_BUF struct buf text = { 0 };

    postbus_heard(postbus, &text);
    return strstr(buf_text(&text), words) != NULL;
}

static void it_goes_over_tls_from_the_first_byte_or_from_starttls(void **state)
{
    static const struct {
        enum postbus_kind kind;
        const char *scheme;
    } CASES[] = { { POSTBUS_TLS, "smtps" }, { POSTBUS_STARTTLS, "smtp" } };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct postbus *postbus = postbus_start(CASES[i].kind, GOOD_HOST);
        const struct config_mail settings = settings_for(postbus, CASES[i].scheme);
        struct fault fault = { 0 };
        if (!send(&settings, &fault))
            fail_msg("%s: %s", CASES[i].scheme, fault.text);
        assert_int_equal(postbus_count(postbus), 1);
        assert_true(heard(postbus, "EHLO estafette\r\n"));
        assert_true(heard(postbus, "MAIL FROM:<estafette@oud.example>"));
        assert_true(heard(postbus, "RCPT TO:<regie@oud.example>"));
        assert_true(heard(postbus, "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"));
        assert_true(heard(postbus, "\r\n\r\neerste regel\r\n..\r\n"
                                   "...punt\r\nlaatste\r\n.\r\n"));
        postbus_stop(postbus);
    }
}

static void without_tls_to_the_right_server_nothing_leaves(void **state)
{
    static const struct {
        enum postbus_kind kind;
        const char *scheme, *host;
        bool trusts;
    } CASES[] = {
        { POSTBUS_PLAIN, "smtp", GOOD_HOST, true },
        { POSTBUS_STRIPPED, "smtp", GOOD_HOST, true },
        { POSTBUS_TLS, "smtps", "DNS:elders.example", true },
        { POSTBUS_STARTTLS, "smtp", "DNS:elders.example", true },
        { POSTBUS_TLS, "smtps", GOOD_HOST, false },
        { POSTBUS_STARTTLS, "smtp", GOOD_HOST, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct postbus *postbus = postbus_start(CASES[i].kind, CASES[i].host);
        struct config_mail settings = settings_for(postbus, CASES[i].scheme);
        struct fault fault = { 0 };
        if (!CASES[i].trusts)
            settings.ca[0] = '\0';
        if (send(&settings, &fault))
            fail_msg("case %zu", i);
        assert_true(fault.text[0]);
        assert_int_equal(postbus_count(postbus), 0);
        assert_false(heard(postbus, "MAIL FROM"));
        assert_false(heard(postbus, "AUTH"));
        postbus_stop(postbus);
    }
}

static void a_refusal_names_nobody(void **state)
{
    struct postbus *postbus = postbus_start(POSTBUS_TLS, GOOD_HOST);
    const struct config_mail settings = settings_for(postbus, "smtps");
    struct fault fault = { 0 };

    (void)state;
    postbus_refuse(postbus, true);
    assert_false(send(&settings, &fault));
    assert_int_equal(postbus_count(postbus), 0);
    assert_null(strstr(fault.text, "regie"));
    assert_null(strstr(fault.text, "mailbox"));
    assert_non_null(strstr(fault.text, "550"));
    postbus_stop(postbus);
}

static void nobody_there_is_a_fault_that_passes(void **state)
{
    struct postbus *postbus = postbus_start(POSTBUS_TLS, GOOD_HOST);
    struct config_mail settings = settings_for(postbus, "smtps");
    struct fault fault = { 0 };

    (void)state;
    snprintf(settings.smtp, sizeof(settings.smtp), "smtps://127.0.0.1:1");
    assert_false(send(&settings, &fault));
    assert_int_equal(fault.code, FAULT_UNREACHABLE);
    postbus_stop(postbus);
}

/* --- the password ---------------------------------------------------------------------- */

static void write_password(const char *path, const char *text, mode_t mode)
{
    struct fault fault = { 0 };

    assert_true(file_write(path, 0600, text, strlen(text), &fault));
    assert_int_equal(chmod(path, mode), 0);
}

static void the_password_is_the_first_line_of_a_closed_file(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        bool good;
    } CASES[] = {
        { "geheim\n", 0600, true },     { "geheim", 0400, true },
        { "geheim\n", 0640, false },    { "geheim\n", 0604, false },
        { "iets anders", 0600, false },
    };
    char path[64];

    (void)state;
    snprintf(path, sizeof(path), "/tmp/postbus-%d.password", (int)getpid());
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct postbus *postbus = postbus_start(POSTBUS_TLS, GOOD_HOST);
        struct config_mail settings = settings_for(postbus, "smtps");
        struct fault fault = { 0 };
        unlink(path);
        write_password(path, CASES[i].text, CASES[i].mode);
        snprintf(settings.user, sizeof(settings.user), "user");
        snprintf(settings.password_file, sizeof(settings.password_file), "%s", path);
        if (send(&settings, &fault) != CASES[i].good)
            fail_msg("case %zu: %s", i, fault.text);
        assert_int_equal(postbus_count(postbus), CASES[i].good);
        assert_true(CASES[i].good || fault.code == FAULT_CONFIG);
        assert_null(strstr(fault.text, "geheim"));
        postbus_stop(postbus);
    }
    unlink(path);
}

static void a_password_that_is_not_there_is_a_fault_of_the_settings(void **state)
{
    struct postbus *postbus = postbus_start(POSTBUS_TLS, GOOD_HOST);
    struct config_mail settings = settings_for(postbus, "smtps");
    struct fault fault = { 0 };

    (void)state;
    snprintf(settings.user, sizeof(settings.user), "user");
    snprintf(settings.password_file, sizeof(settings.password_file), "/nonexistent/x");
    assert_false(send(&settings, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    postbus_stop(postbus);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(it_goes_over_tls_from_the_first_byte_or_from_starttls),
        cmocka_unit_test(without_tls_to_the_right_server_nothing_leaves),
        cmocka_unit_test(a_refusal_names_nobody),
        cmocka_unit_test(nobody_there_is_a_fault_that_passes),
        cmocka_unit_test(the_password_is_the_first_line_of_a_closed_file),
        cmocka_unit_test(a_password_that_is_not_there_is_a_fault_of_the_settings),
    };

    deliver_install();
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}

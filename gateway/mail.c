/* mail -- see mail.h. */
#include "gateway/mail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <curl/curl.h>

#include "gateway/helper.h"
#include "peers/file.h"

enum { CONNECT_MS = 5000, TOTAL_MS = 30000, PASSWORD_MAX = 512, COMMAND_SECONDS = 30 };

bool mail_is_used(const struct config_mail *settings)
{
    return settings->smtp[0] || settings->command[0];
}

/* --- the bytes ------------------------------------------------------------------------ */

static void add_date(time_t at, struct buf *bytes)
{
    char date[64];
    struct tm utc;

    gmtime_r(&at, &utc);
    if (strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &utc) > 0)
        buf_addf(bytes, "Date: %s\r\n", date);
}

static void add_lines(const char *text, struct buf *bytes)
{
    for (size_t size; *text; text += size + (text[size] == '\n')) {
        size = strcspn(text, "\n");
        buf_add(bytes, text, size);
        buf_add_text(bytes, "\r\n");
    }
}

void mail_compose(const struct config_mail *settings, const struct mail *mail,
                  struct buf *bytes)
{
    buf_addf(bytes, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n", settings->from, mail->to,
             mail->subject);
    add_date(mail->at, bytes);
    buf_add_text(bytes, "Auto-Submitted: auto-generated\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: 8bit\r\n\r\n");
    add_lines(buf_text(mail->text), bytes);
}

bool mail_password(const struct config_mail *settings, struct buf *password,
                   struct fault *fault)
{
    struct stat file;

    if (!settings->password_file[0])
        return true;
    if (stat(settings->password_file, &file) == 0 && (file.st_mode & 077) != 0)
        return fault_set(fault, FAULT_CONFIG, "[mail] password_file is open to others");
    if (!file_read(settings->password_file, PASSWORD_MAX, password, fault)) {
        struct fault why = *fault;
        return fault_set(fault, FAULT_CONFIG, "[mail] password_file: %s", why.text);
    }
    buf_add(password, "", 1);
    password->data[strcspn((const char *)password->data, "\r\n")] = '\0';
    return true;
}

/* --- SMTP ----------------------------------------------------------------------------- */

struct sending {
    struct buf bytes, password;
    size_t at;
    CURL *curl;
    struct curl_slist *to;
};

static void sending_finish(struct sending *s)
{
    buf_finish(&s->bytes);
    if (s->password.data)
        explicit_bzero(s->password.data, s->password.size);
    buf_finish(&s->password);
    curl_slist_free_all(s->to);
    curl_easy_cleanup(s->curl);
}

static size_t give(char *to, size_t one, size_t room, void *argument)
{
    struct sending *s = argument;
    size_t size = s->bytes.size - s->at;

    room *= one;
    if (size > room)
        size = room;
    memcpy(to, s->bytes.data + s->at, size);
    s->at += size;
    return size;
}

/* clang-format off */
static const struct {
    CURLoption option;
    long value;
} NUMBERS[] = {
    { CURLOPT_USE_SSL,                  CURLUSESSL_ALL }, /* no TLS, no mail */
    { CURLOPT_SSL_VERIFYPEER,           1 },
    { CURLOPT_SSL_VERIFYHOST,           2 },
    { CURLOPT_SSLVERSION,               CURL_SSLVERSION_TLSv1_2 },
    { CURLOPT_SSL_SESSIONID_CACHE,      0 },
    { CURLOPT_UPLOAD,                   1 },
    { CURLOPT_NOSIGNAL,                 1 },
    { CURLOPT_QUICK_EXIT,               1 },
    { CURLOPT_NETRC,                    CURL_NETRC_IGNORED },
    { CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
    { CURLOPT_CONNECTTIMEOUT_MS,        CONNECT_MS },
    { CURLOPT_TIMEOUT_MS,               TOTAL_MS },
};
/* clang-format on */

/* The path is the name by which we say EHLO. */
static void set_server(const struct config_mail *settings, struct sending *s)
{
    SCOPED_BUF struct buf url = { 0 };

    for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
        curl_easy_setopt(s->curl, NUMBERS[i].option, NUMBERS[i].value);
    buf_addf(&url, "%s/estafette", settings->smtp);
    curl_easy_setopt(s->curl, CURLOPT_URL, buf_text(&url));
    curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(s->curl, CURLOPT_REDIR_PROTOCOLS_STR, "smtps");
    curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
    if (settings->ca[0]) {
        curl_easy_setopt(s->curl, CURLOPT_CAINFO, settings->ca);
        curl_easy_setopt(s->curl, CURLOPT_CAPATH, NULL);
    }
    if (settings->user[0]) {
        curl_easy_setopt(s->curl, CURLOPT_USERNAME, settings->user);
        curl_easy_setopt(s->curl, CURLOPT_PASSWORD, (const char *)s->password.data);
    }
}

static void set_mail(const struct config_mail *settings, const struct mail *mail,
                     struct sending *s)
{
    char address[200];

    snprintf(address, sizeof(address), "<%s>", settings->from);
    curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, address);
    snprintf(address, sizeof(address), "<%s>", mail->to);
    s->to = curl_slist_append(NULL, address);
    if (!s->to)
        abort(); /* no memory */
    curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, s->to);
    curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
}

/* What the server says may name somebody: only its number goes into the log. */
static bool refuse(CURL *curl, CURLcode code, struct fault *fault)
{
    long status = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    bool ours = code == CURLE_LOGIN_DENIED || code == CURLE_SSL_CACERT_BADFILE
                || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED;
    return fault_set(fault, ours ? FAULT_CONFIG : FAULT_UNREACHABLE,
                     "the mail server: %s (%ld)", curl_easy_strerror(code), status);
}

static bool send_smtp(const struct config_mail *settings, const struct mail *mail,
                      struct fault *fault)
{
    __attribute__((cleanup(sending_finish))) struct sending s = { .curl = curl_easy_init() };

    if (!s.curl)
        abort(); /* no memory */
    if (!mail_password(settings, &s.password, fault))
        return false;
    mail_compose(settings, mail, &s.bytes);
    set_server(settings, &s);
    set_mail(settings, mail, &s);
    CURLcode code = curl_easy_perform(s.curl);
    return code == CURLE_OK || refuse(s.curl, code, fault);
}

/* --- a command ------------------------------------------------------------------------ */

static bool send_by_command(const struct config_mail *settings, struct helper *helper,
                            const struct mail *mail, struct fault *fault)
{
    SCOPED_BUF struct buf bytes = { 0 }, output = { 0 }, errors = { 0 };

    mail_compose(settings, mail, &bytes);
    const struct helper_task task = { .command = settings->command,
                                      .input = bytes.data,
                                      .input_size = bytes.size,
                                      .seconds = COMMAND_SECONDS,
                                      .output_max = 4096 };
    return helper_may_run(task.command, fault)
           && helper_run(helper, &task, &output, &errors, fault);
}

bool mail_send(const struct config_mail *settings, struct helper *helper,
               const struct mail *mail, struct fault *fault)
{
    return settings->command[0] ? send_by_command(settings, helper, mail, fault)
                                : send_smtp(settings, mail, fault);
}

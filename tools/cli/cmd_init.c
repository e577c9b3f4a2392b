/* init -- a new home: its folder, its keys, the requests for certificates, its configuration.
 *
 * Every question is an option. When one that must be known is missing, a person at a terminal
 * is asked, all of them; a script gets 64 and the name of the option. Nothing is made before
 * all answers hold.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "gateway/config.h"
#include "gateway/home.h"
#include "gateway/keys.h"
#include "peers/file.h"
#include "tools/cli/cli.h"
#include "tools/cli/output.h"
#include "tools/cli/request.h"

#define INI "estafette.ini"

static const struct question {
    const char *option, *setting; /* of estafette.ini: "section.key" */
    bool must;
    const char *asks;
} QUESTIONS[] = {
    { "--oin", "organisatie.oin", true, "OIN, 20 digits" },
    { "--naam", "organisatie.naam", true, "name of the organisation" },
    { "--gemeentecode", "organisatie.gemeentecodes", true, "its gemeentecodes, with commas" },
    { "--omgeving", "organisatie.omgeving", true, "environment: test or productie" },
    { "--endpoint", "listen.endpoint", true, "address for peers: https://host[:port]" },
    { "--listen", "listen.address", false, "address to listen on (0.0.0.0:8443)" },
    { "--contact-naam", "contact.naam", false, "who can be called about a handover" },
    { "--contact-telefoon", "contact.telefoon", false, "their telephone number" },
    { "--contact-email", "contact.email", false, "their mail address" },
    { "--duo-oin", "duo.oin", false, "OIN of DUO, when it is used" },
    { "--duo-base", "duo.base", false, "where DUO is: https://host[:port]" },
    { "--duo-listen", "duo.listen", false, "address for DUO's notifications" },
};
#define QUESTION_COUNT (sizeof(QUESTIONS) / sizeof(QUESTIONS[0]))

static const enum purpose PURPOSES_MADE[] = { PURPOSE_TLS_SERVER, PURPOSE_ONDERTEKENEN,
                                              PURPOSE_VERZEGELEN };
#define MADE_COUNT (sizeof(PURPOSES_MADE) / sizeof(PURPOSES_MADE[0]))

static const struct field FIELDS[] = {
    { "home", "home", FIELD_TEXT },
    { "configuration", "configuration", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field REQUESTS[] = {
    { "PURPOSE", "doel", FIELD_TEXT },
    { "REQUEST", "request", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};

/* --- answers ------------------------------------------------------------------------- */

struct answers {
    struct buf values[QUESTION_COUNT];  /* empty: not given */
    struct buf written[QUESTION_COUNT]; /* "section.key=value" */
    const char *kind;                   /* of keys */
    struct config config;               /* what they come to */
    struct buf ini;
};

static void answers_finish(struct answers *answers)
{
    for (size_t i = 0; i < QUESTION_COUNT; i++) {
        buf_finish(&answers->values[i]);
        buf_finish(&answers->written[i]);
    }
    buf_finish(&answers->ini);
}

static void take_options(const struct arguments *arguments, struct answers *answers)
{
    const char *value;

    for (size_t i = 0; i < QUESTION_COUNT; i++)
        for (int n = 0; (value = option_nth(arguments, QUESTIONS[i].option, n)); n++)
            buf_addf(&answers->values[i], "%s%s", n > 0 ? ", " : "", value);
    answers->kind = option(arguments, "--key");
    if (!answers->kind)
        answers->kind = REQUEST_KEY;
}

static const struct question *first_missing(const struct answers *answers)
{
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (QUESTIONS[i].must && answers->values[i].size == 0)
            return &QUESTIONS[i];
    return NULL;
}

static bool ask_one(const struct question *question, struct buf *value, struct fault *fault)
{
    SCOPED_MEM char *line = NULL;
    size_t room = 0;

    fprintf(stderr, "%s%s: ", question->asks, question->must ? "" : ", or nothing");
    if (getline(&line, &room, stdin) < 0)
        return fault_set(fault, FAULT_USAGE, "%s: no answer", question->option);
    line[strcspn(line, "\r\n")] = '\0';
    buf_add_text(value, line);
    if (value->size == 0 && question->must)
        return ask_one(question, value, fault);
    return true;
}

static bool ask(struct answers *answers, struct fault *fault)
{
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (answers->values[i].size == 0
            && !ask_one(&QUESTIONS[i], &answers->values[i], fault))
            return false;
    return true;
}

static bool complete(struct answers *answers, struct fault *fault)
{
    const struct question *missing = first_missing(answers);

    if (!missing)
        return true;
    if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
        return ask(answers, fault);
    fault_set(fault, FAULT_USAGE, "%s is missing (%s)", missing->option, missing->asks);
    return fault_advise(fault, "see estafette init --help");
}

/* --- do they hold? ------------------------------------------------------------------- */

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static bool write_settings(struct answers *answers, struct fault *fault)
{
    const char *values[QUESTION_COUNT + 1] = { 0 };
    size_t count = 0;

    for (size_t i = 0; i < QUESTION_COUNT; i++) {
        if (answers->values[i].size == 0)
            continue;
        if (has_control(buf_text(&answers->values[i])))
            return fault_set(fault, FAULT_USAGE, "%s: control characters are not allowed",
                             QUESTIONS[i].option);
        buf_addf(&answers->written[i], "%s=%s", QUESTIONS[i].setting,
                 buf_text(&answers->values[i]));
        values[count++] = buf_text(&answers->written[i]);
    }
    config_write(values, &answers->ini);
    return true;
}

/* Spaces around it, or " ;" which begins a comment, would not come back as they were given. */
static bool reads_back(const struct answers *answers, struct fault *fault)
{
    const struct config *config = &answers->config;
    const char *const parsed[QUESTION_COUNT] = {
        config->oin,
        config->naam,
        config->gemeentecodes_text,
        config->omgeving_text,
        config->endpoint,
        config->address,
        config->contact.naam,
        config->contact.telefoon,
        config->contact.email,
        config->duo.oin,
        config->duo.base,
        config->duo.listen,
    };

    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (answers->values[i].size > 0
            && strcmp(buf_text(&answers->values[i]), parsed[i]) != 0)
            return fault_set(fault, FAULT_USAGE, "%s: cannot be written like that in %s",
                             QUESTIONS[i].option, INI);
    return true;
}

/* The configuration judges its own settings; here a mistake in them is one in the options. */
static bool settings_hold(struct answers *answers, struct fault *fault)
{
    struct fault why = { 0 };

    if (strcmp(answers->kind, "rsa") != 0 && strcmp(answers->kind, "ec") != 0)
        return fault_set(fault, FAULT_USAGE, "--key: rsa or ec");
    if (!config_parse(INI, &answers->ini, &answers->config, &why)
        || !request_possible(&answers->config, &why)) {
        fault_set(fault, FAULT_USAGE, "%s", why.text);
        return fault_advise(fault, "correct the option; see estafette init --help");
    }
    return reads_back(answers, fault);
}

/* --- making it ----------------------------------------------------------------------- */

static bool make_requests(const struct answers *answers, const struct home *home,
                          json_t *requests, struct fault *fault)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < MADE_COUNT; i++) {
        if (!request_make(home, &answers->config, PURPOSES_MADE[i], answers->kind, path,
                          fault))
            return false;
        json_array_append_new(requests,
                              json_pack("{s:s, s:o}", "doel", purpose_name(PURPOSES_MADE[i]),
                                        "request", output_string(path)));
    }
    return true;
}

static bool make(const struct cli *cli, const struct answers *answers, struct home *home,
                 json_t *requests, struct fault *fault)
{
    char path[PATH_MAX];

    return home_create(cli->home, home, fault) && keys_make_home(home, fault)
           && file_create(home_path(home, INI, path), 0600, answers->ini.data,
                          answers->ini.size, fault)
           && make_requests(answers, home, requests, fault);
}

static void say_next(const char *home)
{
    fputs("\nNext:\n  1. send the requests to your certificate authority\n"
          "  2. trust it:              estafette -C ",
          stderr);
    output_print(stderr, home);
    fputs(" trust add ROOT.pem   (and its CRL: trust crl FILE)\n"
          "  3. install what you get:  estafette -C ",
          stderr);
    output_print(stderr, home);
    fputs(" certificate install FILE\n"
          "  4. check and start:       estafetted -C ",
          stderr);
    output_print(stderr, home);
    fputs(" -n, then without -n\n"
          "  5. meet your peers:       estafette -C ",
          stderr);
    output_print(stderr, home);
    fputs(" peer card\n", stderr);
}

static bool make_and_tell(const struct cli *cli, const struct answers *answers,
                          struct fault *fault)
{
    struct home home;
    char path[PATH_MAX];
    json_auto_t *result = json_pack("{s:[]}", "requests");
    json_t *requests = json_object_get(result, "requests");

    if (!make(cli, answers, &home, requests, fault))
        return false;
    json_object_set_new(result, "home", output_string(home.path));
    json_object_set_new(result, "configuration", output_string(home_path(&home, INI, path)));
    output_answer(cli->json, result, FIELDS);
    if (!cli->json)
        output_table(requests, REQUESTS);
    say_next(home.path);
    return true;
}

static bool init(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    struct answers answers = { 0 };

    take_options(arguments, &answers);
    bool good = complete(&answers, fault) && write_settings(&answers, fault)
                && settings_hold(&answers, fault) && make_and_tell(cli, &answers, fault);
    answers_finish(&answers);
    return good;
}

static const char *const OPTIONS[] = {
    "--oin=",           "--naam=",   "--gemeentecode=*", "--omgeving=",
    "--endpoint=",      "--listen=", "--contact-naam=",  "--contact-telefoon=",
    "--contact-email=", "--key=",    "--duo-oin=",       "--duo-base=",
    "--duo-listen=",    NULL,
};

static const struct verb VERBS[] = {
    { "",
      "--oin OIN --naam NAME --gemeentecode CODE... --omgeving test|productie\n"
      "    --endpoint https://HOST[:PORT] [--listen ADDRESS:PORT] [--key rsa|ec]\n"
      "    [--contact-naam NAME --contact-telefoon NUMBER --contact-email ADDRESS]\n"
      "    [--duo-oin OIN --duo-base https://HOST[:PORT] [--duo-listen ADDRESS:PORT]]",
      "Makes a home: keys, certificate requests, configuration. At a terminal it asks what is "
      "missing.",
      "  estafette init\n"
      "  estafette -C /var/lib/estafette init --oin 00000001001234567000 --naam Utrecht \\\n"
      "      --gemeentecode 0344 --omgeving test --endpoint "
      "https://estafette.utrecht.nl:8443\n",
      OPTIONS, 0, 0, init },
    { 0 },
};

const struct command CMD_INIT = { "init", "make a home", VERBS };

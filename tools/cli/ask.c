/* ask -- see ask.h. */
#include "tools/cli/ask.h"

#include <stdio.h>
#include <string.h>

#include "codecs/toelichting.h"
#include "tools/cli/daemon.h"
#include "tools/cli/nearest.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"

#define INPUT_BYTES_MAX (4 * TOELICHTING_MAX + 64) /* UTF-8, and the lines of the numbers */

const char *const ASK_OPTIONS[] = { "--bsn=", "--vnummer=", "--from=",
                                    "--for=", "--reason=",  "--settled=",
                                    "--pip=", "--text=",    NULL };

/* clang-format off */
static const struct field ASKED[] = {
    { "handover",     "overdracht",   FIELD_TEXT },
    { "state",        "state",        FIELD_TEXT },
    { "message",      "bericht",      FIELD_TEXT },
    { "to",           "peer.naam",    FIELD_TEXT },
    { "OIN",          "peer.oin",     FIELD_TEXT },
    { "gemeentecode", "gemeentecode", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};

/* What is read from standard input, in this order. */
static const struct input {
    const char *option, *argument, *asks;
    bool whole; /* all the lines that are left */
} INPUTS[] = {
    { "--bsn",     "bsn",     "The BSN, on one line",                   false },
    { "--vnummer", "vnummer", "The v-nummer, on one line",              false },
    { "--text",    "text",    "What the other municipality must know",  true },
};
/* clang-format on */
#define INPUT_COUNT (sizeof(INPUTS) / sizeof(INPUTS[0]))

/* A line, or all that is left, without blank space around it: it goes on behind *at. */
static void take_input(const struct input *input, const char **at, json_t *request)
{
    size_t size = input->whole ? strlen(*at) : strcspn(*at, "\n");
    const char *from = *at;

    *at += size + (!input->whole && (*at)[size] == '\n');
    for (; size > 0 && strchr(" \t\r\n", *from); from++)
        size--;
    while (size > 0 && strchr(" \t\r\n", from[size - 1]))
        size--;
    json_object_set_new(request, input->argument, json_stringn(from, size));
}

/* Each that is given must be "-"; they share standard input, which is read once. */
bool ask_inputs(const struct arguments *arguments, json_t *request, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    bool read = false;

    for (size_t i = 0; i < INPUT_COUNT; i++) {
        const char *value = option(arguments, INPUTS[i].option);
        if (!value || (read && strcmp(value, "-") == 0))
            continue;
        if (!personal_read(INPUTS[i].option, value, INPUTS[i].asks, INPUT_BYTES_MAX, &content,
                           fault))
            return false;
        read = true;
    }
    const char *at = buf_text(&content);
    for (size_t i = 0; i < INPUT_COUNT; i++)
        if (option(arguments, INPUTS[i].option))
            take_input(&INPUTS[i], &at, request);
    bool all = at[strspn(at, " \t\r\n")] == '\0';
    explicit_bzero(content.data, content.size);
    return all || fault_set(fault, FAULT_USAGE, "standard input: more than was asked for");
}

static bool check_reason(const char *name, struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };
    struct nearest nearest = { .word = name };
    char hint[NEAREST_TEXT_SIZE];

    if (!*name || dossierverzoek_grond(name))
        return true;
    for (const struct verzoek_grond *grond = DOSSIERVERZOEK_GRONDEN; grond->name; grond++) {
        nearest_offer(&nearest, grond->name, strlen(grond->name));
        buf_addf(&names, " %s", grond->name);
    }
    return fault_set(fault, FAULT_USAGE, "--reason '%.40s' is none of:%s%s", name,
                     buf_text(&names), nearest_text(&nearest, hint));
}

static const char *given(const struct arguments *arguments, const char *name)
{
    const char *value = option(arguments, name);

    return value ? value : "";
}

static bool check_options(const struct arguments *arguments, struct fault *fault)
{
    const char *pip = given(arguments, "--pip");

    if (!option(arguments, "--bsn") && !option(arguments, "--vnummer"))
        return fault_set(fault, FAULT_USAGE, "--bsn - or --vnummer - is missing");
    if (!option(arguments, "--from"))
        return fault_set(fault, FAULT_USAGE, "--from GEMEENTE is missing: who is asked");
    if (*pip && strcmp(pip, "ja") != 0 && strcmp(pip, "nee") != 0)
        return fault_set(fault, FAULT_USAGE, "--pip is ja or nee: have you made a PIP");
    return check_reason(given(arguments, "--reason"), fault);
}

static void tell(const json_t *result)
{
    if (*output_text(result, "bericht"))
        fprintf(stderr, "Asked. Follow it: estafette overdracht show %s\n",
                output_text(result, "overdracht"));
    else if (strcmp(output_text(result, "state"), "verzocht") == 0)
        fputs("It had been asked already: nothing was sent.\n", stderr);
    else
        fputs("The dossier is here already: nothing was sent.\n", stderr);
}

bool ask_overdracht(const struct cli *cli, const struct arguments *arguments,
                    struct fault *fault)
{
    json_auto_t *result = NULL, *request = NULL;

    if (!check_options(arguments, fault))
        return false;
    request =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "gemeente", given(arguments, "--from"), "from",
                  given(arguments, "--for"), "reason", given(arguments, "--reason"), "settled",
                  given(arguments, "--settled"), "pip", given(arguments, "--pip"));
    if (!ask_inputs(arguments, request, fault)
        || !daemon_ask(cli, "overdracht.request", json_incref(request), CLIENT_SOON, &result,
                       fault))
        return false;
    output_answer(cli->json, result, ASKED);
    tell(result);
    return true;
}

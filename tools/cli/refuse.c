/* refuse -- see refuse.h. */
#include "tools/cli/refuse.h"

#include <stdio.h>
#include <string.h>

#include "codecs/toelichting.h"
#include "tools/cli/daemon.h"
#include "tools/cli/nearest.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"

#define TEXT_BYTES_MAX                                                                        \
    (4 * TOELICHTING_MAX + 16) /* UTF-8, and the end of the last line                         \
                                */

/* clang-format off */
static const struct field REFUSED[] = {
    { "handover", "overdracht", FIELD_TEXT },
    { "state",    "state",      FIELD_TEXT },
    { "reason",   "reden",      FIELD_TEXT },
    { "message",  "bericht",    FIELD_TEXT },
    { "to",       "peer.naam",  FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static bool no_such_name(const char *what, const char *names, const struct nearest *nearest,
                         struct fault *fault)
{
    char hint[NEAREST_TEXT_SIZE];

    fault_set(fault, FAULT_USAGE, "%s '%.40s' is none of:%s%s", what, nearest->word, names,
              nearest_text(nearest, hint));
    return fault_advise(fault, "see estafette overdracht refuse --help");
}

/* *code NULL: one for a request. */
static bool check_code(const char *name, const struct weigering_code **code,
                       struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };
    struct nearest nearest = { .word = name };

    *code = weigering_code(name);
    if (*code || afwijzing_code(name))
        return true;
    for (const struct weigering_code *at = WEIGERING_CODES; at->name; at++) {
        nearest_offer(&nearest, at->name, strlen(at->name));
        buf_addf(&names, " %s", at->name);
    }
    for (const struct afwijzing_code *at = AFWIJZING_CODES; at->name; at++) {
        nearest_offer(&nearest, at->name, strlen(at->name));
        buf_addf(&names, " %s", at->name);
    }
    return no_such_name("--code", buf_text(&names), &nearest, fault);
}

static bool check_part(const char *name, struct fault *fault)
{
    SCOPED_BUF struct buf names = { 0 };
    struct nearest nearest = { .word = name };

    for (const char *const *part = ONDERDELEN; *part; part++) {
        if (strcmp(*part, name) == 0)
            return true;
        nearest_offer(&nearest, *part, strlen(*part));
        buf_addf(&names, " %s", *part);
    }
    return no_such_name("--part", buf_text(&names), &nearest, fault);
}

/* "pip voortgang", as the daemon reads them. */
static bool collect_parts(const struct arguments *arguments, const struct weigering_code *code,
                          struct buf *parts, struct fault *fault)
{
    const char *name;

    for (int n = 0; (name = option_nth(arguments, "--part", n)); n++) {
        if (!check_part(name, fault))
            return false;
        buf_addf(parts, "%s%s", parts->size > 0 ? " " : "", name);
    }
    if (!code)
        return parts->size == 0
               || fault_set(fault, FAULT_USAGE, "--part does not belong to that code");
    if (code->needs_parts && parts->size == 0)
        return fault_set(fault, FAULT_USAGE,
                         "code %s: --part is missing: say which parts lack", code->name);
    if (!code->needs_parts && parts->size > 0)
        return fault_set(fault, FAULT_USAGE, "--part does not belong to code %s", code->name);
    return true;
}

static bool read_text(const struct arguments *arguments, const struct weigering_code *code,
                      struct buf *text, struct fault *fault)
{
    const char *value = option(arguments, "--text");

    if (!value && (!code || !code->needs_text))
        return true;
    if (!value && !personal_can_ask()) {
        fault_set(fault, FAULT_USAGE, "code %s: --text - is missing: say why", code->name);
        return fault_advise(fault, "give --text - and the text on standard input");
    }
    return personal_read("--text", value ? value : "-",
                         "Why it is refused, for the other municipality", TEXT_BYTES_MAX, text,
                         fault);
}

/* What one code brings, and no other. */
static bool check_option(const struct arguments *arguments, const char *name,
                         enum afwijzing_brings brings, const char *says, struct fault *fault)
{
    const char *given = option(arguments, "--code");
    const struct afwijzing_code *code = afwijzing_code(given);
    bool needed = code && code->brings == brings;

    if (needed && !option(arguments, name))
        return fault_set(fault, FAULT_USAGE, "code %s: %s is missing: %s", given, name, says);
    return needed || !option(arguments, name)
           || fault_set(fault, FAULT_USAGE, "%s does not belong to code %s", name, given);
}

/* code NULL: a request was refused, by this name. */
static void tell(const struct weigering_code *code, const char *name, const json_t *result)
{
    const struct afwijzing_code *of_request = afwijzing_code(name);

    output_print(stderr, output_text(result, "peer.naam"));
    if (code && code->needs_parts)
        fputs(" is asked to send the dossier again; this handover waits for it.\n", stderr);
    else if (!of_request)
        fputs(" is told. This handover has ended here.\n", stderr);
    else if (afwijzing_ends(of_request))
        fputs(" is told. The handover ends here when they have received it.\n", stderr);
    else
        fputs(" is told. The dossier is still asked for.\n", stderr);
}

static json_t *pack(const struct arguments *arguments, const char *code,
                    const struct buf *parts, const struct buf *text)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*}", "id", argument(arguments, 0), "code",
                     code, "parts", buf_text(parts), "text", buf_text(text), "to",
                     option(arguments, "--to"), "expected", option(arguments, "--expected"));
}

bool refuse_overdracht(const struct cli *cli, const struct arguments *arguments,
                       struct fault *fault)
{
    SCOPED_BUF struct buf parts = { 0 }, text = { 0 };
    json_auto_t *result = NULL;
    const char *name = option(arguments, "--code");
    const struct weigering_code *code;

    if (!name)
        return fault_set(fault, FAULT_USAGE, "--code CODE is missing");
    if (!check_code(name, &code, fault) || !collect_parts(arguments, code, &parts, fault)
        || !check_option(arguments, "--to", AFWIJZING_GEMEENTE, "where did they go", fault)
        || !check_option(arguments, "--expected", AFWIJZING_DATUM, "when will it follow",
                         fault)
        || !read_text(arguments, code, &text, fault)
        || !daemon_ask(cli, "overdracht.refuse", pack(arguments, name, &parts, &text),
                       CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, REFUSED);
    tell(code, name, result);
    return true;
}

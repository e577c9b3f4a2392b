/* note -- see note.h. */
#include "tools/cli/note.h"

#include <stdio.h>
#include <string.h>

#include "codecs/toelichting.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"
#include "tools/cli/user.h"

#define TEXT_BYTES_MAX (4 * TOELICHTING_MAX + 16)

const char *const NOTE_OPTIONS[] = { "--text=", "--talk", NULL };
const char *const NOTE_ASSIGN_OPTIONS[] = { "--mine", NULL };

/* clang-format off */
static const struct field NOTED[] = {
    { "handover", "overdracht", FIELD_TEXT },
    { "kind",     "soort",      FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field ASSIGNED[] = {
    { "handover",    "overdracht", FIELD_TEXT },
    { "assigned to", "toegewezen", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* "with whom\nwhat was said": the first line of a conversation names who was talked with. */
static bool split(const struct buf *text, bool talk, struct buf *met, struct buf *words,
                  struct fault *fault)
{
    const char *all = buf_text(text);
    size_t line = talk ? strcspn(all, "\r\n") : 0;

    buf_add(met, all, line);
    buf_add_text(words, all + line + strspn(all + line, "\r\n"));
    return !talk || line > 0
           || fault_set(fault, FAULT_USAGE, "--talk: the first line says with whom");
}

bool note_overdracht(const struct cli *cli, const struct arguments *arguments,
                     struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 }, met = { 0 }, words = { 0 };
    json_auto_t *result = NULL;
    const char *value = option(arguments, "--text");
    bool talk = option(arguments, "--talk");

    if (!value && !personal_can_ask())
        return fault_set(fault, FAULT_USAGE, "--text - is missing");
    if (!personal_read("--text", value ? value : "-", "What is to be remembered",
                       TEXT_BYTES_MAX, &text, fault)
        || !split(&text, talk, &met, &words, fault)
        || !daemon_ask(cli, "overdracht.note",
                       json_pack("{s:s, s:s, s:s}", "id", argument(arguments, 0), "text",
                                 buf_text(&words), "met", buf_text(&met)),
                       CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, NOTED);
    return true;
}

/* Whoever takes something over from another should know. */
static void tell_assigned(const json_t *result)
{
    const char *who = output_text(result, "toegewezen"), *was = output_text(result, "was");

    if (!*who)
        fputs("Nobody sees to it now.\n", stderr);
    if (*was && strcmp(was, who) != 0) {
        fputs("Until now it was assigned to ", stderr);
        output_print(stderr, was);
        fputs(".\n", stderr);
    }
}

bool note_assign(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;
    const char *user;

    if (!user_find(arguments, argument(arguments, 1), &user, fault)
        || !daemon_ask(cli, "overdracht.assign",
                       json_pack("{s:s, s:s*}", "id", argument(arguments, 0), "user", user),
                       CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, ASSIGNED);
    tell_assigned(result);
    return true;
}

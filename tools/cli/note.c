/* note -- see note.h. */
#include "tools/cli/note.h"

#include <string.h>

#include "codecs/toelichting.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"

#define TEXT_BYTES_MAX (4 * TOELICHTING_MAX + 16)

const char *const NOTE_OPTIONS[] = { "--text=", "--talk", NULL };

/* clang-format off */
static const struct field NOTED[] = {
    { "handover", "overdracht", FIELD_TEXT },
    { "kind",     "soort",      FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field ASSIGNED[] = {
    { "handover", "overdracht", FIELD_TEXT },
    { "assigned", "toegewezen", FIELD_TEXT },
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

bool note_assign(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;
    const char *user = argument(arguments, 1);

    if (!daemon_ask(
            cli, "overdracht.assign",
            json_pack("{s:s, s:s}", "id", argument(arguments, 0), "user", user ? user : ""),
            CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, ASSIGNED);
    return true;
}

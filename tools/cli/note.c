/* note -- see note.h. */
#include "tools/cli/note.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codecs/datum.h"
#include "codecs/toelichting.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"
#include "tools/cli/personal.h"
#include "tools/cli/share.h"
#include "tools/cli/user.h"

#define TEXT_BYTES_MAX (4 * TOELICHTING_MAX + 16)

const char *const NOTE_OPTIONS[] = { "--text=", "--talk", "--share", NULL };
const char *const NOTE_ASSIGN_OPTIONS[] = { "--mine", NULL };

/* clang-format off */
static const struct field NOTED[] = {
    { "handover",  "overdracht", FIELD_TEXT },
    { "kind",      "soort",      FIELD_TEXT },
    { "shared in", "bericht",    FIELD_TEXT },
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

struct noting {
    const char *id;
    struct buf met, words;
};

static void noting_finish(struct noting *n)
{
    buf_finish(&n->met);
    buf_finish(&n->words);
}

static bool read_note(const struct arguments *arguments, struct noting *n, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 }, words = { 0 };
    const char *value = option(arguments, "--text");
    bool talk = option(arguments, "--talk");

    if (option(arguments, "--share") && !talk)
        return fault_set(fault, FAULT_USAGE,
                         "--share: only a conversation (--talk) is shared");
    if (!value && !personal_can_ask())
        return fault_set(fault, FAULT_USAGE, "--text - is missing");
    n->id = argument(arguments, 0);
    return personal_read("--text", value ? value : "-",
                         talk ? "With whom you talked, and behind that line what was said"
                              : "What is to be remembered",
                         TEXT_BYTES_MAX, &text, fault)
           && split(&text, talk, &n->met, &words, fault)
           && toelichting_parse(buf_text(&words), &n->words, fault);
}

/* First: when it cannot be shared, nothing is noted as if it were. */
static bool share(struct client *client, const struct noting *n, json_t **result,
                  struct fault *fault)
{
    char datum[sizeof("2026-11-23")];
    const struct talk talk = { buf_text(&n->met), buf_text(&n->words), datum };

    if (!n->words.size)
        return fault_set(fault, FAULT_USAGE, "--share: say what was talked about");
    datum_format(datum_today(time(NULL)), datum);
    if (share_talk(client, n->id, &talk, result, fault))
        return true;
    return fault->code == FAULT_STATE
               ? fault_advise(fault, "nothing was noted: leave out --share to note it here")
               : false;
}

bool note_overdracht(const struct cli *cli, const struct arguments *arguments,
                     struct fault *fault)
{
    __attribute__((cleanup(noting_finish))) struct noting n = { 0 };
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *result = NULL, *shared = NULL;

    if (!read_note(arguments, &n, fault) || !daemon_open(cli, &client, fault)
        || (option(arguments, "--share") && !share(client, &n, &shared, fault))
        || !client_ask(client, "overdracht.note",
                       json_pack("{s:s, s:s, s:s}", "id", n.id, "text", buf_text(&n.words),
                                 "met", buf_text(&n.met)),
                       CLIENT_SOON, &result, fault))
        return false;
    if (shared)
        json_object_set(result, "bericht", json_object_get(shared, "bericht"));
    output_answer(cli->json, result, NOTED);
    if (shared) {
        output_print(stderr, output_text(shared, "peer.naam"));
        fputs(" gets the dossier with this conversation in it.\n", stderr);
    }
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

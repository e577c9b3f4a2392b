/* overdracht -- handovers: send a dossier, follow it, accept or refuse one, keep its proof. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/xmldoc.h"
#include "tools/cli/ask.h"
#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/enclose.h"
#include "tools/cli/findings.h"
#include "tools/cli/note.h"
#include "tools/cli/output.h"
#include "tools/cli/overview.h"
#include "tools/cli/preview.h"
#include "tools/cli/push.h"
#include "tools/cli/refuse.h"
#include "tools/cli/release.h"
#include "tools/cli/save.h"
#include "tools/cli/supplement.h"
#include "tools/cli/tasks.h"
#include "tools/cli/withdraw.h"

/* clang-format off */
static const struct field SHOW[] = {
    { "handover",      "id",            FIELD_TEXT },
    { "role",          "rol",           FIELD_TEXT },
    { "state",         "state",         FIELD_TEXT },
    { "reason",        "reden",         FIELD_TEXT },
    { "peer",          "peer.naam",     FIELD_TEXT },
    { "OIN",           "peer.oin",      FIELD_TEXT },
    { "gemeentecode",  "gemeentecode",  FIELD_TEXT },
    { "gemeente",      "gemeente",      FIELD_TEXT },
    { "begun by",      "oorzaak",       FIELD_TEXT },
    { "settled",       "vestiging",     FIELD_TEXT },
    { "asked on after", "na",           FIELD_TEXT },
    { "person",        "naam",          FIELD_TEXT },
    { "born",          "geboortedatum", FIELD_TEXT },
    { "assigned to",   "toegewezen",    FIELD_TEXT },
    { "begun",         "created",       FIELD_MOMENT },
    { "changed",       "changed",       FIELD_MOMENT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field MESSAGE[] = {
    { "message",          "id",                                  FIELD_TEXT },
    { "direction",        "richting",                            FIELD_TEXT },
    { "kind",             "soort",                               FIELD_TEXT },
    { "state",            "state",                               FIELD_TEXT },
    { "reason",           "reason",                              FIELD_TEXT },
    { "at",               "at",                                  FIELD_MOMENT },
    { "canonical digest", "canoniek",                            FIELD_TEXT },
    { "sealed digest",    "verzegeld",                           FIELD_TEXT },
    { "signed by",        "ondertekenaar",                       FIELD_TEXT },
    { "receipt",          "ontvangstbevestiging.uitkomst",       FIELD_TEXT },
    { "receipt code",     "ontvangstbevestiging.code",           FIELD_TEXT },
    { "receipt text",     "ontvangstbevestiging.tekst",          FIELD_TEXT },
    { "receipt means",    "ontvangstbevestiging.betekenis",      FIELD_TEXT },
    { "receipt at",       "ontvangstbevestiging.tijd",           FIELD_MOMENT },
    { "receipt signed by", "ontvangstbevestiging.ondertekenaar", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field SAID[] = { /* of a request, a refusal of one, or of a dossier */
    { "code",         "code",                    FIELD_TEXT },
    { "BSN",          "bsn",                     FIELD_TEXT },
    { "v-nummer",     "vnummer",                 FIELD_TEXT },
    { "person",       "naam",                    FIELD_TEXT },
    { "born",         "geboortedatum",           FIELD_TEXT },
    { "ground",       "grond",                   FIELD_TEXT },
    { "meaning",      "betekenis",               FIELD_TEXT },
    { "parts",        "onderdelen",              FIELD_LIST },
    { "moved to",     "gemeentecode",            FIELD_TEXT },
    { "",             "gemeente",                FIELD_TEXT },
    { "expected",     "verwachtOp",              FIELD_TEXT },
    { "settled",      "vestiging",               FIELD_TEXT },
    { "has a PIP",    "pip",                     FIELD_TEXT },
    { "about",        "betreft",                 FIELD_TEXT },
    { "deleted",      "verwijderdOp",            FIELD_MOMENT },
    { "contact",      "contactpersoon.naam",     FIELD_TEXT },
    { "telephone",    "contactpersoon.telefoon", FIELD_TEXT },
    { "mail",         "contactpersoon.email",    FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field FAMILY[] = {
    { "ID",       "id",            FIELD_TEXT },
    { "STATE",    "state",         FIELD_TEXT },
    { "PERSON",   "naam",          FIELD_TEXT },
    { "BORN",     "geboortedatum", FIELD_TEXT },
    { "ASSIGNED", "toegewezen",    FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field NOTE[] = {
    { "at",        "at",    FIELD_MOMENT },
    { "by",        "actor", FIELD_ACTOR },
    { "kind",      "soort", FIELD_TEXT },
    { "talked to", "met",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field CHANGED[] = {
    { "PART", "onderdeel", FIELD_TEXT },
    { "WHAT", "wat",       FIELD_TEXT },
    { "OF",   "label",     FIELD_TEXT },
    { "FROM", "van",       FIELD_TEXT },
    { "TO",   "naar",      FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field AT[] = {
    { "message", "id", FIELD_TEXT },
    { "at",      "at", FIELD_MOMENT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field COURSE[] = {
    { "SEQ",    "seq",    FIELD_TEXT },
    { "AT",     "at",     FIELD_MOMENT },
    { "WHO",    "actor",  FIELD_ACTOR },
    { "WHAT",   "action", FIELD_TEXT },
    { "DETAIL", "detail", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field DUO_ROW[] = {
    { "AT",        "at",       FIELD_MOMENT },
    { "OPERATION", "operatie", FIELD_TEXT },
    { "STATE",     "state",    FIELD_TEXT },
    { "STATUS",    "status",   FIELD_TEXT },
    { "TRIES",     "attempts", FIELD_TEXT },
    { "REASON",    "reason",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field SUPPLY[] = { /* of our own system, or to it */
    { "AT",     "at",       FIELD_MOMENT },
    { "BY",     "bron",     FIELD_TEXT },
    { "STATE",  "state",    FIELD_TEXT },
    { "TRIES",  "attempts", FIELD_TEXT },
    { "REASON", "reason",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field DELIVERY[] = {
    { "AT",      "at",       FIELD_MOMENT },
    { "MESSAGE", "bericht",  FIELD_TEXT },
    { "STATE",   "state",    FIELD_TEXT },
    { "TRIES",   "attempts", FIELD_TEXT },
    { "REASON",  "reason",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field SENT[] = {
    { "handover",         "overdracht",             FIELD_TEXT },
    { "message",          "bericht",                FIELD_TEXT },
    { "to",               "ontvanger.naam",         FIELD_TEXT },
    { "OIN",              "ontvanger.oin",          FIELD_TEXT },
    { "gemeentecode",     "ontvanger.gemeentecode", FIELD_TEXT },
    { "sealed bytes",     "size",                   FIELD_TEXT },
    { "sealed digest",    "verzegeld",              FIELD_TEXT },
    { "canonical digest", "canoniek",               FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field ACCEPTED[] = {
    { "handover", "overdracht", FIELD_TEXT },
    { "state",    "state",      FIELD_TEXT },
    { "message",  "bericht",    FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* --- send ---------------------------------------------------------------------------- */

/* What the other side would refuse does not leave this desk; warnings are told. */
static bool is_in_order(const struct cli *cli, const char *file, const struct buf *content,
                        struct fault *fault)
{
    json_auto_t *findings = json_array();
    bool good = findings_collect(cli, file, content, findings, fault);

    if (!cli->json)
        findings_print(stderr, file, findings);
    if (good)
        return true;
    return fault_advise(fault,
                        "nothing was sent: correct what is named, see estafette dossier "
                        "check, then send it again");
}

/* Hands over the documents and the dossier, then asks `request`: to send, or to preview. */
static bool post(struct client *client, const struct arguments *arguments, const char *request,
                 const struct buf *content, json_t **result, struct fault *fault)
{
    SCOPED_BUF struct buf documents = { 0 };
    char file[UUID_SIZE];

    return enclose_documents(client, arguments, &documents, fault)
           && client_upload(client, content, file, fault)
           && client_ask(client, request,
                         json_pack("{s:s, s:s, s:s*, s:s, s:s*}", "file", file, "to",
                                   option(arguments, "--to"), "from",
                                   option(arguments, "--from"), "documents",
                                   buf_text(&documents), "reply_to",
                                   option(arguments, "--reply-to")),
                         CLIENT_LATER, result, fault);
}

static void warn_of(const json_t *taken)
{
    size_t open = 0;

    for (size_t i = 0; i < json_array_size(taken); i++)
        open += !*output_text(json_array_get(taken, i), "done_by");
    if (open == 0)
        return;
    fputs("warning: in this handover something is still to be done:\n", stderr);
    tasks_print(stderr, taken, false);
}

/* Whoever sends is told of what should come first; it is no reason not to. */
static void warn_of_tasks(struct client *client, const char *overdracht)
{
    json_auto_t *result = NULL;
    struct fault fault = { 0 };

    if (client_ask(client, "taak.list", json_pack("{s:s}", "id", overdracht), CLIENT_SOON,
                   &result, &fault))
        warn_of(json_object_get(result, "taken"));
}

static bool tell_sent(const struct cli *cli, const json_t *result)
{
    output_answer(cli->json, result, SENT);
    if (!cli->json)
        preview_documents(result);
    fprintf(stderr, "On its way. Follow it: estafette overdracht show %s\n",
            output_text(result, "overdracht"));
    return true;
}

static bool tell_preview(const struct cli *cli, const json_t *result,
                         const struct buf *content, struct fault *fault)
{
    warn_of(json_object_get(result, "taken"));
    if (!cli->json)
        return preview_print(result, content, fault);
    cli_print_json(result);
    return true;
}

static bool send_file(const struct cli *cli, const struct arguments *arguments,
                      struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    SCOPED_BUF struct buf content = { 0 };
    json_auto_t *result = NULL;
    const char *file = argument(arguments, 0);
    bool dry = option(arguments, "--dry-run");

    if (!option(arguments, "--to"))
        return fault_set(fault, FAULT_USAGE, "--to GEMEENTE is missing");
    if (!cli_read(file, XMLDOC_BYTES_MAX, &content, fault)
        || !is_in_order(cli, file, &content, fault) || !daemon_open(cli, &client, fault))
        return false;
    if (option(arguments, "--reply-to") && !dry)
        warn_of_tasks(client, option(arguments, "--reply-to"));
    if (!post(client, arguments, dry ? "overdracht.preview" : "overdracht.send", &content,
              &result, fault))
        return false;
    return dry ? tell_preview(cli, result, &content, fault) : tell_sent(cli, result);
}

/* --- follow -------------------------------------------------------------------------- */

/* Words of the other side: indented, so that they cannot pass for ours. */
static void print_quoted(const char *text)
{
    for (;;) {
        SCOPED_BUF struct buf line = { 0 };
        size_t size = strcspn(text, "\n");
        buf_add(&line, text, size);
        fputs("  ", stdout);
        cli_print_text(buf_text(&line));
        putchar('\n');
        if (!text[size])
            return;
        text += size + 1;
    }
}

/* clang-format off */
static const struct said {
    const char *member, *theirs, *ours;
} SAIDS[] = {
    { "verzoek",   "Asked by them",            "Asked by us" },
    { "afwijzing", "The request was refused by them", "The request was refused by us" },
    { "weigering", "Refused by them",          "Refused by us" },
    { "aanvulling", "Supplemented by them",    "Supplemented by us" },
    { "intrekking", "Withdrawn by them",       "Withdrawn by us" },
    { "bevestiging", "Deleted by them",        "Deleted by us" },
};
/* clang-format on */

/* The words of a message that was opened; "in": theirs. */
static void print_said(const json_t *message, const struct said *said)
{
    const json_t *content = json_object_get(message, said->member);
    const char *text = output_text(content, "toelichting");

    if (!content)
        return;
    printf("\n%s\n",
           strcmp(output_text(message, "richting"), "in") == 0 ? said->theirs : said->ours);
    output_fields(message, AT);
    output_fields(content, SAID);
    if (*text) {
        puts("text");
        print_quoted(text);
    }
    if (json_object_get(message, "verschil"))
        output_table(json_object_get(message, "verschil"), CHANGED);
}

/* What was told to DUO in whole, and DUO's own words; what was asked stands in the table. */
static void print_duo(const json_t *rows)
{
    if (json_array_size(rows) == 0)
        return;
    puts("DUO");
    output_table(rows, DUO_ROW);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_t *body = json_object_get(row, "verzonden");
        const char *words = output_text(row, "woorden");
        char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        if (text)
            printf("%s: told %s\n", output_text(row, "operatie"), text);
        free(text);
        if (!*words)
            continue;
        printf("%s: DUO says\n", output_text(row, "operatie"));
        print_quoted(words);
    }
    putchar('\n');
}

static void print_table(const char *title, const json_t *rows, const struct field *fields)
{
    if (json_array_size(rows) == 0)
        return;
    puts(title);
    output_table(rows, fields);
    putchar('\n');
}

/* Our own, of this municipality. */
static void print_notes(const json_t *notes)
{
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const json_t *note = json_array_get(notes, i);
        puts("\nNote");
        output_fields(note, NOTE);
        print_quoted(output_text(note, "tekst"));
    }
}

static void print_family(const json_t *members)
{
    if (json_array_size(members) == 0)
        return;
    puts("\nOf the same household");
    output_table(members, FAMILY);
}

static void print_whole(const json_t *result)
{
    const json_t *messages = json_object_get(result, "messages");

    output_fields(result, SHOW);
    print_family(json_object_get(result, "gezinsleden"));
    if (json_array_size(json_object_get(result, "taken")) > 0)
        puts("\nTasks");
    tasks_print(stdout, json_object_get(result, "taken"), true);
    for (size_t i = 0; i < json_array_size(messages); i++)
        for (size_t k = 0; k < sizeof(SAIDS) / sizeof(SAIDS[0]); k++)
            print_said(json_array_get(messages, i), &SAIDS[k]);
    print_notes(json_object_get(result, "notities"));
    printf("\nProof\n");
    for (size_t i = 0; i < json_array_size(messages); i++) {
        output_fields(json_array_get(messages, i), MESSAGE);
        putchar('\n');
    }
    print_table("Supplied by our own system", json_object_get(result, "aanlevering"), SUPPLY);
    print_table("To our own system", json_object_get(result, "aflevering"), DELIVERY);
    print_duo(json_object_get(result, "duo"));
    printf("Course\n");
    output_table(json_object_get(result, "audit"), COURSE);
}

static bool is_supplied(const json_t *result)
{
    const json_t *rows = json_object_get(result, "aanlevering");
    const json_t *last = json_array_get(rows, json_array_size(rows) - 1);

    return last && strcmp(output_text(last, "state"), "klaar") == 0;
}

/* What the other side waits for. */
static void tell_next(const json_t *result)
{
    if (strcmp(output_text(result, "rol"), "verstrekker") != 0
        || strcmp(output_text(result, "state"), "gevraagd") != 0)
        return;
    if (is_supplied(result))
        fprintf(stderr, "Next: estafette overdracht release %s\n", output_text(result, "id"));
    else
        fprintf(stderr,
                "Next: estafette overdracht send FILE --to %s --reply-to %s\n"
                "  or: estafette overdracht refuse %s --code CODE\n",
                output_text(result, "gemeentecode"), output_text(result, "id"),
                output_text(result, "id"));
}

static bool show(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "overdracht.show", json_pack("{s:s}", "id", argument(arguments, 0)),
                    CLIENT_SOON, &result, fault))
        return false;
    if (cli->json)
        cli_print_json(result);
    else
        print_whole(result);
    tell_next(result);
    return true;
}

static bool accept_dossier(const struct cli *cli, const struct arguments *arguments,
                           struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    json_auto_t *result = NULL;
    json_t *with = NULL;

    if (!daemon_open(cli, &client, fault) || !push_arguments(client, arguments, &with, fault))
        return false;
    if (option(arguments, "--push"))
        json_object_set_new(with, "push", json_string("ja"));
    if (!client_ask(client, "overdracht.accept", with, CLIENT_LATER, &result, fault))
        return false;
    output_answer(cli->json, result, ACCEPTED);
    if (!cli->json && option(arguments, "--push"))
        push_print(result);
    output_print(stderr, output_text(result, "peer.naam"));
    fputs(" is told that you took it over.\n", stderr);
    return true;
}

static const char *const SEND_OPTIONS[] = { "--to=",       "--from=",   "--document=*",
                                            "--reply-to=", "--dry-run", NULL };
static const char *const ACCEPT_OPTIONS[] = { "--push", "--dagtekening=", "--dossier=", NULL };
static const char *const REFUSE_OPTIONS[] = { "--code=",     "--part=*", "--to=",
                                              "--expected=", "--text=",  NULL };
static const char *const SAVE_OPTIONS[] = { "--out=", NULL };

static const struct verb VERBS[] = {
    { "request", ASK_USAGE, ASK_SUMMARY, ASK_EXAMPLES, ASK_OPTIONS, 0, 0, ask_overdracht },
    { "send",
      "FILE --to GEMEENTE [--from GEMEENTECODE] [--reply-to ID] [--document FILE]... "
      "[--dry-run]",
      "Checks a dossier, seals it for one municipality and sends it until it has been\n"
      "received. Documents (PDF, JPEG, PNG or TIFF) go along: one that the dossier names by\n"
      "its SHA-256, or one that is added to it. --dry-run shows what would leave, and to\n"
      "whom. --reply-to answers what is asked for in handover ID: a request, or a dossier "
      "that\n"
      "was refused as `onvolledig`; without it a dossier answers what its receiver asks for.",
      "  estafette overdracht send dossier.xml --to 0307 --dry-run\n"
      "  estafette overdracht send dossier.xml --to 0307 --document pip.pdf\n"
      "  estafette overdracht send dossier.xml --to Amersfoort --from 0344\n"
      "  estafette overdracht send dossier.xml --to Amersfoort --reply-to 0193e2b4\n",
      SEND_OPTIONS, 1, 1, send_file },
    { "list", OVERVIEW_USAGE, OVERVIEW_SUMMARY, OVERVIEW_EXAMPLES, OVERVIEW_OPTIONS, 0, 0,
      overview_overdracht },
    { "show", "ID", "One handover: its messages with their proof, and its course.",
      "  estafette overdracht show 0193e2b4\n", NULL, 1, 1, show },
    { "tasks", "[ID]", TASKS_SUMMARY, TASKS_EXAMPLES, NULL, 0, 1, tasks_list },
    { "done", "TAAK", "Closes a task that was done; it does not come back for the same cause.",
      "  estafette overdracht done 12\n", NULL, 1, 1, tasks_done },
    { "accept", "ID [--push [--dagtekening DATE] [--dossier FILE]]",
      "Takes a received dossier over; the sender is told. With --push in one decision with\n"
      "what `duo push` reports: when DUO would refuse the PIP, nothing is done.",
      "  estafette overdracht accept 0193e2b4\n"
      "  estafette overdracht accept 0193e2b4 --push --dagtekening 2026-11-30\n",
      ACCEPT_OPTIONS, 1, 1, accept_dossier },
    { "refuse", "ID --code CODE [--part NAME]... [--to GEMEENTE] [--expected DATE] [--text -]",
      REFUSE_SUMMARY, REFUSE_EXAMPLES, REFUSE_OPTIONS, 1, 1, refuse_overdracht },
    { "release", RELEASE_USAGE, RELEASE_SUMMARY, RELEASE_EXAMPLES, RELEASE_OPTIONS, 1, 1,
      release_overdracht },
    { "supplement", SUPPLEMENT_USAGE, SUPPLEMENT_SUMMARY, SUPPLEMENT_EXAMPLES,
      SUPPLEMENT_OPTIONS, 2, 2, supplement_overdracht },
    { "withdraw", WITHDRAW_USAGE, WITHDRAW_SUMMARY, WITHDRAW_EXAMPLES, WITHDRAW_OPTIONS, 1, 1,
      withdraw_overdracht },
    { "note", NOTE_USAGE, NOTE_SUMMARY, NOTE_EXAMPLES, NOTE_OPTIONS, 1, 1, note_overdracht },
    { "assign", NOTE_ASSIGN_USAGE, NOTE_ASSIGN_SUMMARY, NOTE_ASSIGN_EXAMPLES,
      NOTE_ASSIGN_OPTIONS, 1, 2, note_assign },
    { "save", "ID --out DIR",
      "Writes the message (signed, and as it was sealed), the dossier (also as a page to "
      "read),\n"
      "its documents and the receipt to files; overwrites nothing.",
      "  estafette overdracht save 0193e2b4 --out ./0193e2b4\n"
      "  sha256sum ./0193e2b4/bericht.xml     # the canonical digest of the receipt\n",
      SAVE_OPTIONS, 1, 1, save_overdracht },
    { 0 },
};

const struct command CMD_OVERDRACHT = { "overdracht", "handovers of a dossier", VERBS };

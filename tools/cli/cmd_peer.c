/* peer -- the other gateways: our card for them, theirs for us, and how they stand with us. */
#include <stdio.h>
#include <string.h>

#include "codecs/base64.h"
#include "codecs/moment.h"
#include "peers/card.h"
#include "peers/file.h"
#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

#define CARD_MODE 0644 /* a card is for others to read */

/* clang-format off */
static const struct field LIST[] = {
    { "NAME",          "naam",          FIELD_TEXT },
    { "OIN",           "oin",           FIELD_TEXT },
    { "GEMEENTECODES", "gemeentecodes", FIELD_LIST },
    { "STATE",         "state",         FIELD_TEXT },
    { "ENVIRONMENT",   "omgeving",      FIELD_TEXT },
    { "ENDPOINT",      "endpoint",      FIELD_TEXT },
    { "CARD UNTIL",    "geldig_tot",    FIELD_MOMENT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field SHOW[] = {
    { "name",          "naam",          FIELD_TEXT },
    { "OIN",           "oin",           FIELD_TEXT },
    { "gemeentecodes", "gemeentecodes", FIELD_LIST },
    { "state",         "state",         FIELD_TEXT },
    { "environment",   "omgeving",      FIELD_TEXT },
    { "endpoint",      "endpoint",      FIELD_TEXT },
    { "card until",    "geldig_tot",    FIELD_MOMENT },
    { "failures now",  "failures",      FIELD_TEXT },
    { "our supply",    "aanlevering",   FIELD_TEXT },
    { "fingerprint",   "fingerprint",   FIELD_GROUPS },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field CERTIFICATES[] = {
    { "CERTIFICATE", "doel",        FIELD_TEXT },
    { "KEY",         "sleutel",     FIELD_TEXT },
    { "UNTIL",       "tot",         FIELD_MOMENT },
    { "FINGERPRINT", "fingerprint", FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field STATE[] = {
    { "name",        "naam",         FIELD_TEXT },
    { "OIN",         "oin",          FIELD_TEXT },
    { "state",       "state",        FIELD_TEXT },
    { "answered in ms", "milliseconds", FIELD_TEXT },
    { "message",     "bericht",      FIELD_TEXT },
    { "our supply",  "aanlevering",  FIELD_TEXT },
    { "fingerprint", "fingerprint",  FIELD_GROUPS },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* --- our card ------------------------------------------------------------------------ */

static void say_fingerprint(FILE *out, const char *hex)
{
    SCOPED_BUF struct buf groups = { 0 };

    output_groups(hex, &groups);
    fputs("fingerprint: ", out);
    output_print(out, buf_text(&groups));
    fputc('\n', out);
}

static bool put_card(const struct cli *cli, json_t *result, const char *out,
                     struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };

    if (!base64_decode(output_text(result, "card"), &xml, fault))
        return false;
    if (out && !file_create(out, CARD_MODE, xml.data, xml.size, fault))
        return false;
    if (cli->json)
        cli_print_json(result);
    else if (!out)
        fwrite(xml.data, 1, xml.size, stdout);
    return true;
}

static bool card(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "peer.card", NULL, CLIENT_SOON, &result, fault)
        || !put_card(cli, result, option(arguments, "--out"), fault))
        return false;
    say_fingerprint(stderr, output_text(result, "fingerprint"));
    fputs("Send the card by mail; read the fingerprint aloud by telephone.\n", stderr);
    return true;
}

/* --- their card ---------------------------------------------------------------------- */

static void print_card(const struct cli *cli, const struct card *card,
                       const struct digest *fingerprint)
{
    char hex[DIGEST_HEX], until[MOMENT_SIZE];
    json_t *codes = json_array();

    digest_hex(fingerprint, hex);
    moment_format(card->geldig_tot, until);
    for (size_t i = 0; i < card->gemeentecode_count; i++)
        json_array_append_new(codes, json_string(card->gemeentecodes[i]));
    json_auto_t *value =
        json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "naam", card->naam, "oin", card->oin,
                  "gemeentecodes", codes, "omgeving", omgeving_name(card->omgeving),
                  "endpoint", card->endpoint, "geldig_tot", until, "fingerprint", hex);
    output_answer(cli->json, value, SHOW);
}

/* Whoever only mailed the card could have made it: people must hear the number. */
static bool ask_to_compare(const struct cli *cli, const struct buf *xml, const char *file,
                           struct fault *fault)
{
    struct card card = { 0 };
    struct digest fingerprint;
    struct fault why;

    if (!card_read(xml->data, xml->size, &card, &fingerprint, &why)) {
        fault_set(fault, why.code, "%.120s: %s", file, why.text);
        return fault_advise(fault, "ask for the card anew: this is none, or it was damaged");
    }
    print_card(cli, &card, &fingerprint);
    card_finish(&card);
    fault_set(fault, FAULT_USAGE, "nothing was added: --fingerprint is missing");
    return fault_advise(fault,
                        "call them on a number you know, let them read the fingerprint aloud, "
                        "then: estafette peer add %.100s --fingerprint \"WHAT YOU HEARD\"",
                        file);
}

static bool send_card(const struct cli *cli, const struct buf *xml, const char *fingerprint,
                      json_t **result, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    struct digest given;
    char hex[DIGEST_HEX];

    if (!digest_from_hex(fingerprint, &given))
        return fault_set(fault, FAULT_USAGE, "--fingerprint: not 64 hexadecimal digits");
    digest_hex(&given, hex);
    base64_encode(xml->data, xml->size, &text);
    return daemon_ask(cli, "peer.add",
                      json_pack("{s:s, s:s}", "card", buf_text(&text), "fingerprint", hex),
                      CLIENT_SOON, result, fault);
}

static bool add(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };
    json_auto_t *result = NULL;
    const char *file = argument(arguments, 0),
               *fingerprint = option(arguments, "--fingerprint");

    if (!cli_read(file, CARD_BYTES_MAX, &xml, fault))
        return false;
    if (!fingerprint)
        return ask_to_compare(cli, &xml, file, fault);
    if (!send_card(cli, &xml, fingerprint, &result, fault))
        return false;
    output_answer(cli->json, result, STATE);
    if (strcmp(output_text(result, "state"), peer_state_name(PEER_VOORGESTELD)) == 0)
        fprintf(stderr, "Next: estafette peer ping %s\n", output_text(result, "oin"));
    return true;
}

/* --- what we know of them ------------------------------------------------------------ */

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    (void)arguments;
    if (!daemon_ask(cli, "peer.list", NULL, CLIENT_SOON, &result, fault))
        return false;
    output_list(cli->json, result, "peers", LIST);
    return true;
}

static bool show(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "peer.show", json_pack("{s:s}", "gemeente", argument(arguments, 0)),
                    CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, SHOW);
    if (!cli->json) {
        putchar('\n');
        output_table(json_object_get(result, "certificates"), CERTIFICATES);
    }
    return true;
}

static bool ping(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "peer.ping", json_pack("{s:s}", "gemeente", argument(arguments, 0)),
                    CLIENT_LATER, &result, fault))
        return false;
    output_answer(cli->json, result, STATE);
    return true;
}

static bool move(const struct cli *cli, const struct arguments *arguments,
                 enum peer_state state, struct fault *fault)
{
    json_auto_t *result = NULL;

    if (!daemon_ask(cli, "peer.state",
                    json_pack("{s:s, s:s}", "gemeente", argument(arguments, 0), "to",
                              peer_state_name(state)),
                    CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, STATE);
    return true;
}

static bool suspend(const struct cli *cli, const struct arguments *arguments,
                    struct fault *fault)
{
    return move(cli, arguments, PEER_GESCHORST, fault);
}

static bool activate(const struct cli *cli, const struct arguments *arguments,
                     struct fault *fault)
{
    return move(cli, arguments, PEER_ACTIEF, fault);
}

static bool drop(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    return move(cli, arguments, PEER_VERWIJDERD, fault);
}

static bool set(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = NULL;
    const char *policy = option(arguments, "--aanlevering");

    if (!policy)
        return fault_set(fault, FAULT_USAGE, "--aanlevering ask|auto is missing");
    if (!daemon_ask(
            cli, "peer.set",
            json_pack("{s:s, s:s}", "gemeente", argument(arguments, 0), "aanlevering", policy),
            CLIENT_SOON, &result, fault))
        return false;
    output_answer(cli->json, result, STATE);
    return true;
}

static const char *const SET_OPTIONS[] = { "--aanlevering=", NULL };
static const char *const CARD_OPTIONS[] = { "--out=", NULL };
static const char *const ADD_OPTIONS[] = { "--fingerprint=", NULL };

static const struct verb VERBS[] = {
    { "card", "[--out FILE]",
      "Our own signed card, for others to add; its fingerprint goes to standard error.",
      "  estafette peer card > utrecht.xml\n"
      "  estafette peer card --out utrecht.xml\n",
      CARD_OPTIONS, 0, 0, card },
    { "add", "FILE [--fingerprint F]",
      "Registers a peer by its card. Without a fingerprint: shows what to compare by "
      "telephone.",
      "  estafette peer add amersfoort.xml\n"
      "  estafette peer add amersfoort.xml --fingerprint \"3f2a 90c1 ...\"\n",
      ADD_OPTIONS, 1, 1, add },
    { "list", "", "Every peer, its standing and its address.",
      "  estafette peer list\n"
      "  estafette --json peer list | jq -r '.peers[].oin'\n",
      NULL, 0, 0, list },
    { "show", "GEMEENTE", "One peer with its certificates; by gemeentecode, OIN or name.",
      "  estafette peer show 0307\n"
      "  estafette peer show Amersfoort\n",
      NULL, 1, 1, show },
    { "ping", "GEMEENTE",
      "A signed, sealed message there and a signed receipt back; makes a proposed peer "
      "active.",
      "  estafette peer ping 0307\n", NULL, 1, 1, ping },
    { "set", "GEMEENTE --aanlevering ask|auto",
      "Whether a dossier that our own system supplied goes to this peer by itself (auto), or\n"
      "when a person releases it (ask, as at first).",
      "  estafette peer set Amersfoort --aanlevering auto\n", SET_OPTIONS, 1, 1, set },
    { "suspend", "GEMEENTE", "Nothing goes to or comes from this peer until it is activated.",
      "  estafette peer suspend 0307\n", NULL, 1, 1, suspend },
    { "activate", "GEMEENTE", "Messages go and come again.",
      "  estafette peer activate 0307\n", NULL, 1, 1, activate },
    { "remove", "GEMEENTE", "Forgets a peer; what was exchanged stays on record.",
      "  estafette peer remove 0307\n", NULL, 1, 1, drop },
    { 0 },
};

const struct command CMD_PEER = { "peer", "the other gateways, and our card for them", VERBS };

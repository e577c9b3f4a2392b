/* dossier -- checking and reading a dossier, in a file or of a handover. */
#include <stdio.h>
#include <string.h>

#include "codecs/dossier.h"
#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "peers/file.h"
#include "tools/cli/cli.h"
#include "tools/cli/daemon.h"
#include "tools/cli/findings.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field RULE[] = {
    { "rule",       "rule",     FIELD_TEXT },
    { "severity",   "severity", FIELD_TEXT },
    { "tekst",      "tekst",    FIELD_TEXT },
    { "wat te doen", "doen",    FIELD_TEXT },
    { "text",       "says",     FIELD_TEXT },
    { "what to do", "action",   FIELD_TEXT },
    { "source",     "source",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field RULE_LIST[] = {
    { "rule",     "rule",     FIELD_TEXT },
    { "severity", "severity", FIELD_TEXT },
    { "tekst",    "tekst",    FIELD_TEXT },
    { "source",   "source",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* --- check --------------------------------------------------------------------------- */

static void print_verdict(const struct cli *cli, const char *file, const json_t *findings,
                          bool good)
{
    if (cli->json) {
        json_auto_t *value = json_pack("{s:o, s:b, s:O}", "file", output_string(file), "ok",
                                       good, "findings", findings);
        cli_print_json(value);
        return;
    }
    findings_print(stdout, file, findings);
    if (good) {
        cli_print_text(file);
        puts(json_array_size(findings) > 0 ? ": OK, with warnings" : ": OK");
    }
}

static bool check(const struct cli *cli, const struct arguments *arguments,
                  struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    json_auto_t *findings = json_array();
    const char *file = argument(arguments, 0);

    if (!cli_read(file, XMLDOC_BYTES_MAX, &content, fault))
        return false;
    bool good = findings_collect(cli, file, &content, findings, fault);
    print_verdict(cli, file, findings, good);
    return good;
}

/* --- rules --------------------------------------------------------------------------- */

static json_t *rule_object(const struct rule *rule)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "rule", rule->id, "severity",
                     rules_severity_name(rule->severity), "source", rule->source, "says",
                     rule->en, "action", rule->todo, "tekst", rule->nl, "doen", rule->doen);
}

/* For docs/rules.md: tools/rules-page. */
static void print_page(void)
{
    const struct rule *rule;

    puts("| rule | | what is wrong; what to do | source |\n|---|---|---|---|");
    for (size_t i = 0; (rule = rules_row(i)); i++)
        printf("| `%s` | %s | %s; %s<br>*%s; %s* | %s |\n", rule->id,
               rules_severity_name(rule->severity), rule->nl, rule->doen, rule->en, rule->todo,
               rule->source);
}

static bool rules(const struct cli *cli, const struct arguments *arguments,
                  struct fault *fault)
{
    const char *id = argument(arguments, 0);
    const struct rule *rule = id ? rules_find(id) : NULL;

    if (id && !rule) {
        fault_set(fault, FAULT_UNKNOWN, "there is no rule %s", id);
        return fault_advise(fault, "estafette dossier rules lists them");
    }
    if (option(arguments, "--markdown")) {
        print_page();
        return true;
    }
    if (rule) {
        json_auto_t *one = rule_object(rule);
        output_answer(cli->json, one, RULE);
        return true;
    }
    json_auto_t *all = json_pack("{s:[]}", "rules");
    for (size_t i = 0; (rule = rules_row(i)); i++)
        json_array_append_new(json_object_get(all, "rules"), rule_object(rule));
    output_list(cli->json, all, "rules", RULE_LIST);
    return true;
}

/* --- show ---------------------------------------------------------------------------- */

/* An id is four or more of what ids are written with, and not the name of a file that is
 * there. */
static bool is_id(const char *what)
{
    return strlen(what) >= 4 && what[strspn(what, "0123456789abcdef-")] == '\0'
           && !file_exists(what);
}

static bool fetch(const struct cli *cli, const char *id, struct buf *content,
                  struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;

    return daemon_open(cli, &client, fault)
           && client_download(client, id, "dossier", content, fault);
}

static bool print_dossier(const struct cli *cli, const char *what, xmlDoc *doc,
                          struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };

    if (!view_text(doc, &text, fault))
        return false;
    if (cli->json) {
        json_auto_t *value =
            json_pack("{s:o, s:s}", "dossier", output_string(what), "text", buf_text(&text));
        cli_print_json(value);
        return true;
    }
    output_print_page(buf_text(&text));
    return true;
}

/* The schema, not the rules: what breaks a rule can still be read. */
static bool show(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    const char *what = argument(arguments, 0);

    if (!(is_id(what) ? fetch(cli, what, &content, fault)
                      : cli_read(what, XMLDOC_BYTES_MAX, &content, fault)))
        return false;
    return xmldoc_parse(content.data, content.size, &doc, fault)
           && schema_validate(SCHEMA_DOSSIER, doc, NULL, NULL, fault)
           && print_dossier(cli, what, doc, fault);
}

static const char *const RULES_OPTIONS[] = { "--markdown", NULL };

static const struct verb VERBS[] = {
    { "check", "FILE",
      "Holds a dossier against the schema and the rules; every finding is a line. A "
      "finding that weigert ends with 65, let op does not.",
      "  estafette dossier check dossier.xml\n"
      "  estafette dossier check - < dossier.xml\n",
      NULL, 1, 1, check },
    { "rules", "[ID] [--markdown]",
      "The rules beyond the schema: what refuses, what warns, and why.",
      "  estafette dossier rules\n"
      "  estafette dossier rules elfproef\n",
      RULES_OPTIONS, 0, 1, rules },
    { "show", "FILE|ID", "A dossier as a page of Dutch text; of a file, or of a handover.",
      "  estafette dossier show dossier.xml | less\n"
      "  estafette dossier show 0193e2b4\n",
      NULL, 1, 1, show },
    { 0 },
};

const struct command CMD_DOSSIER = { "dossier", "check and read a dossier", VERBS };

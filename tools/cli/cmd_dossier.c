/* dossier -- checking and reading a dossier, in a file or of a handover. */
#include <stdio.h>

#include "codecs/document.h"
#include "codecs/rules.h"
#include "codecs/xmldoc.h"
#include "tools/cli/cli.h"
#include "tools/cli/differ.h"
#include "tools/cli/findings.h"
#include "tools/cli/output.h"
#include "tools/cli/show.h"

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

/* --- diff ---------------------------------------------------------------------------- */

/* What the gateway added for the road says nothing about the person, and holds keys. */
static bool load_bare(const struct cli *cli, const char *what, xmlDoc **doc,
                      struct fault *fault)
{
    if (!show_load(cli, what, doc, fault))
        return false;
    document_strip(xmlDocGetRootElement(*doc));
    return true;
}

static bool diff(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *van = NULL;
    SCOPED_XMLDOC xmlDoc *naar = NULL;
    bool duo = option(arguments, "--duo");

    if (argument_count(arguments) != (duo ? 1 : 2))
        return fault_set(fault, FAULT_USAGE, "%s",
                         duo ? "--duo takes one dossier" : "which two dossiers?");
    if (!load_bare(cli, argument(arguments, 0), &van, fault))
        return false;
    if (duo)
        return differ_duo(cli, xmlDocGetRootElement(van), fault);
    return load_bare(cli, argument(arguments, 1), &naar, fault)
           && differ_dossiers(cli, xmlDocGetRootElement(van), xmlDocGetRootElement(naar),
                              fault);
}

static const char *const SHOW_OPTIONS[] = { "--html", "--out=", NULL };
static const char *const DIFF_OPTIONS[] = { "--duo", NULL };

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
    { "show", "FILE|ID [--html] [--out FILE]",
      "A dossier as people read it, of a file or of a handover: Dutch text, or with --html "
      "one\n"
      "page that stands alone, for a browser or the printer. --out overwrites nothing.",
      "  estafette dossier show dossier.xml | less\n"
      "  estafette dossier show 0193e2b4\n"
      "  estafette dossier show 0193e2b4 --html --out dossier.html\n"
      "  estafette dossier show dossier.xml --html > dossier.html\n",
      SHOW_OPTIONS, 1, 1, show_dossier },
    { "diff", "A B | --duo A",
      "What is new, gone or changed from dossier A to dossier B, part by part. Each is a "
      "file\n"
      "or a handover. PIPs, fines, hours and documents are known by their date, "
      "municipality,\n"
      "ground, institution or id, not by their place. With --duo: A against what it holds of\n"
      "DUO: term, MAP, PVT, doelgroep and hours. Exit 0: no difference; 1: there are.",
      "  estafette dossier diff vorige.xml dossier.xml\n"
      "  estafette dossier diff 0193e2b4 0193f7c1\n"
      "  estafette dossier diff --duo 0193e2b4\n"
      "  estafette --json dossier diff vorige.xml dossier.xml\n",
      DIFF_OPTIONS, 1, 2, diff },
    { 0 },
};

const struct command CMD_DOSSIER = { "dossier", "check, read and compare dossiers", VERBS };

/* dossier -- checking and reading a dossier, in a file or of a handover. */
#include <stdio.h>

#include "codecs/xmldoc.h"
#include "tools/cli/cli.h"
#include "tools/cli/differ.h"
#include "tools/cli/findings.h"
#include "tools/cli/output.h"
#include "tools/cli/show.h"

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
        puts(": OK");
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
    bool good = findings_collect(file, &content, findings, fault);
    print_verdict(cli, file, findings, good);
    return good;
}

static bool diff(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *van = NULL;
    SCOPED_XMLDOC xmlDoc *naar = NULL;
    bool duo = option(arguments, "--duo");

    if (argument_count(arguments) != (duo ? 1 : 2))
        return fault_set(fault, FAULT_USAGE, "%s",
                         duo ? "--duo takes one dossier" : "which two dossiers?");
    if (!show_load(cli, argument(arguments, 0), &van, fault))
        return false;
    if (duo)
        return differ_duo(cli, xmlDocGetRootElement(van), fault);
    return show_load(cli, argument(arguments, 1), &naar, fault)
           && differ_dossiers(cli, xmlDocGetRootElement(van), xmlDocGetRootElement(naar),
                              fault);
}

static const char *const SHOW_OPTIONS[] = { "--html", "--out=", NULL };
static const char *const DIFF_OPTIONS[] = { "--duo", NULL };

static const struct verb VERBS[] = {
    { "check", "FILE",
      "Holds a dossier against the schema and the rules; every finding is a line.",
      "  estafette dossier check dossier.xml\n"
      "  estafette dossier check - < dossier.xml\n",
      NULL, 1, 1, check },
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

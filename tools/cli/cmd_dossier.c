/* dossier -- checking and reading a dossier, in a file or of a handover. */
#include <stdio.h>

#include "codecs/xmldoc.h"
#include "tools/cli/cli.h"
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

static const char *const SHOW_OPTIONS[] = { "--html", "--out=", NULL };

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
    { 0 },
};

const struct command CMD_DOSSIER = { "dossier", "check and read a dossier", VERBS };

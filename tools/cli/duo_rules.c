/* duo_rules -- see duo_rules.h. */
#include "tools/cli/duo_rules.h"

#include <stdio.h>

#include "codecs/duo/regels.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field RULE[] = {
    { "rule",         "rule",      FIELD_TEXT },
    { "severity",     "severity",  FIELD_TEXT },
    { "operation",    "operation", FIELD_TEXT },
    { "tekst",        "tekst",     FIELD_TEXT },
    { "wat te doen",  "doen",      FIELD_TEXT },
    { "moet bekend",  "nodig",     FIELD_TEXT },
    { "source",       "source",    FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
static const struct field LIST[] = {
    { "rule",      "rule",      FIELD_TEXT },
    { "severity",  "severity",  FIELD_TEXT },
    { "operation", "operation", FIELD_TEXT },
    { "tekst",     "tekst",     FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* What is not held here says so in its own words. */
static const char *severity_of(const struct duo_regel *row)
{
    return row->check ? duo_ernst_name(row->ernst) : "-";
}

static json_t *rule_object(const struct duo_regel *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "rule", row->id, "severity",
                     severity_of(row), "operation", row->operatie, "tekst", row->nl, "doen",
                     row->doen, "nodig", row->nodig ? row->nodig : "", "source", row->bron);
}

static void print_page(void)
{
    const struct duo_regel *row;

    puts("| regel | | bij | wat er dan mis is; wat te doen | moet bekend zijn | bron |");
    puts("|---|---|---|---|---|---|");
    for (size_t i = 0; (row = duo_regel_at(i)); i++)
        printf("| `%s` | %s | %s | %s; *%s* | %s | %s |\n", row->id, severity_of(row),
               row->operatie[0] == '*' ? "alles over een inwoner" : row->operatie, row->nl,
               row->doen, row->nodig ? row->nodig : "", row->bron);
}

static void list_rules(const struct cli *cli)
{
    json_auto_t *all = json_pack("{s:[]}", "rules");
    const struct duo_regel *row;

    for (size_t i = 0; (row = duo_regel_at(i)); i++)
        json_array_append_new(json_object_get(all, "rules"), rule_object(row));
    output_list(cli->json, all, "rules", LIST);
}

bool duo_rules(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    const char *id = argument(arguments, 0);
    const struct duo_regel *row = id ? duo_regel_named(id) : NULL;

    if (id && !row) {
        fault_set(fault, FAULT_UNKNOWN, "DUO has no rule %s", id);
        return fault_advise(fault, "estafette duo rules lists them");
    }
    if (option(arguments, "--markdown"))
        print_page();
    else if (!row)
        list_rules(cli);
    if (row) {
        json_auto_t *one = rule_object(row);
        output_answer(cli->json, one, RULE);
    }
    return true;
}

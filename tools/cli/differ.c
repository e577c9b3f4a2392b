/* differ -- see differ.h. */
#include "tools/cli/differ.h"

#include <stdio.h>
#include <string.h>

#include "codecs/verschil.h"
#include "codecs/xmldoc.h"
#include "tools/cli/output.h"

/* A member is null where that side says nothing. */
static json_t *text_or_null(const char *text)
{
    return text ? output_string(text) : json_null();
}

static void add_difference(void *context, const struct verschil *verschil)
{
    json_array_append_new(
        context,
        json_pack("{s:o, s:o, s:o, s:s, s:o, s:o}", "part", output_string(verschil->part),
                  "path", output_string(verschil->path), "label",
                  output_string(verschil->label), "what", verschil_wat_name(verschil->wat),
                  "van", text_or_null(verschil->van), "naar", text_or_null(verschil->naar)));
}

/* "  gewijzigd  versie 2025-04-07 0344, niveau: B1 -> A2" */
static void print_line(const json_t *difference)
{
    SCOPED_BUF struct buf line = { 0 };
    const char *label = output_text(difference, "label");
    const char *van = output_text(difference, "van"), *naar = output_text(difference, "naar");
    bool changed = strcmp(output_text(difference, "what"), "gewijzigd") == 0;

    buf_addf(&line, "  %-9s  %s%s", output_text(difference, "what"), label,
             label[0] ? ": " : "");
    buf_addf(&line, "%s%s%s", van, changed ? " -> " : "", naar);
    output_print(stdout, buf_text(&line));
    putchar('\n');
}

/* Differences of one part follow each other; the part is said once. */
static void print_differences(const json_t *differences)
{
    const char *part = "";

    for (size_t i = 0; i < json_array_size(differences); i++) {
        const json_t *difference = json_array_get(differences, i);
        if (strcmp(part, output_text(difference, "part")) != 0) {
            char name[VERSCHIL_LABEL_SIZE];
            part = output_text(difference, "part");
            verschil_label(part, name);
            cli_print_text(name);
            putchar('\n');
        }
        print_line(difference);
    }
}

static bool conclude(const struct cli *cli, const json_t *differences, const char *equal,
                     const char *advice, struct fault *fault)
{
    size_t count = json_array_size(differences);

    if (cli->json)
        cli_print_json(differences);
    else if (count == 0)
        puts(equal);
    else
        print_differences(differences);
    if (count == 0)
        return true;
    fault_set(fault, FAULT_NEGATIVE, "%zu %s", count,
              count == 1 ? "difference" : "differences");
    return fault_advise(fault, "%s", advice);
}

bool differ_dossiers(const struct cli *cli, const xmlNode *van, const xmlNode *naar,
                     struct fault *fault)
{
    json_auto_t *differences = json_array();

    (void)verschil_dossiers(van, naar, add_difference, differences);
    return conclude(cli, differences, "De dossiers zijn gelijk.",
                    "read them on standard output", fault);
}

bool differ_duo(const struct cli *cli, const xmlNode *dossier, struct fault *fault)
{
    json_auto_t *differences = json_array();

    if (!xmldoc_at(dossier, "duo/gelezen"))
        return fault_set(fault, FAULT_INPUT, "this dossier holds nothing that was read at DUO")
               || fault_advise(fault, "ask the sender for duo/gelezen, or look at DUO itself");
    (void)verschil_duo(dossier, add_difference, differences);
    return conclude(cli, differences, "Het dossier en DUO zeggen hetzelfde.",
                    "look at DUO, which is the source, and ask the sender", fault);
}

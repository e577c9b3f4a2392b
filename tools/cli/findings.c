/* findings -- see findings.h. */
#include "tools/cli/findings.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include "codecs/datum.h"
#include "codecs/dossier.h"
#include "codecs/rules.h"
#include "codecs/xmldoc.h"
#include "gateway/config.h"
#include "gateway/home.h"
#include "peers/file.h"
#include "tools/cli/output.h"

/* A finding of the schema has English words of its own, of what the schema expects. */
static void add_finding(void *context, const struct dossier_finding *finding)
{
    const struct rule *row = finding->row;
    json_t *object = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "line",
                               (json_int_t)finding->line, "path", finding->path, "rule",
                               finding->rule, "severity", rules_severity_name(row->severity),
                               "source", row->source, "says", finding->says, "action",
                               row->todo, "tekst", row->nl, "doen", row->doen);

    json_array_append_new(context, object);
}

/* A home that cannot be read, as by a caseworker on the gateway's machine, is none. */
static struct rules_limits limits_of(const struct cli *cli)
{
    struct rules_limits limits = RULES_LAW;
    struct config config;
    struct home home;
    struct fault fault = { 0 };
    char path[PATH_MAX];

    if (!home_open(cli->home, &home, &fault)
        || !file_exists(home_path(&home, "estafette.ini", path)))
        return limits;
    if (config_load(&home, &config, &fault))
        return config.regels;
    fprintf(stderr, "the law's own amounts and terms are used: ");
    output_print(stderr, fault.text);
    fputc('\n', stderr);
    return limits;
}

static bool hold(const struct cli *cli, const struct buf *content, json_t *findings,
                 struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct rules_limits limits = limits_of(cli);

    limits.today = datum_today(time(NULL));
    return dossier_read(content->data, content->size, add_finding, findings, &doc, fault)
           && dossier_rules(xmlDocGetRootElement(doc), &limits, add_finding, findings, fault);
}

bool findings_collect(const struct cli *cli, const char *file, const struct buf *content,
                      json_t *findings, struct fault *fault)
{
    struct fault found = { 0 };

    if (hold(cli, content, findings, &found))
        return true;
    fault_set(fault, found.code, "%.120s: %s", file, found.text);
    return found.action[0] ? fault_advise(fault, "%s", found.action) : false;
}

static void add_line(const char *file, const json_t *finding, struct buf *line)
{
    bool refuses = strcmp(output_text(finding, "severity"), "refuse") == 0;
    bool schema = strcmp(output_text(finding, "rule"), "schema") == 0;

    buf_addf(line, "%s:%" JSON_INTEGER_FORMAT ": %s: %s: %s: %s", file,
             json_integer_value(json_object_get(finding, "line")),
             output_text(finding, "path"), output_text(finding, "rule"),
             refuses ? "weigert" : "let op", output_text(finding, "tekst"));
    if (schema)
        buf_addf(line, " (%s)", output_text(finding, "says"));
    buf_addf(line, "; %s", output_text(finding, "doen"));
}

void findings_print(FILE *out, const char *file, const json_t *findings)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        SCOPED_BUF struct buf line = { 0 };
        add_line(file, json_array_get(findings, i), &line);
        output_print(out, buf_text(&line));
        fputc('\n', out);
    }
}

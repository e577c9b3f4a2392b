/* findings -- see findings.h. */
#include "tools/cli/findings.h"

#include "codecs/dossier.h"
#include "tools/cli/output.h"

static void add_finding(void *context, const struct dossier_finding *finding)
{
    json_array_append_new(context, json_pack("{s:I, s:s, s:s, s:s}", "line",
                                             (json_int_t)finding->line, "path", finding->path,
                                             "rule", finding->rule, "says", finding->says));
}

bool findings_collect(const char *file, const struct buf *content, json_t *findings,
                      struct fault *fault)
{
    struct fault found;

    if (dossier_check(content->data, content->size, add_finding, findings, NULL, &found))
        return true;
    return fault_set(fault, found.code, "%.120s: %s", file, found.text);
}

void findings_print(FILE *out, const char *file, const json_t *findings)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        SCOPED_BUF struct buf line = { 0 };
        const json_t *finding = json_array_get(findings, i);
        buf_addf(&line, "%s:%" JSON_INTEGER_FORMAT ": %s: %s: %s", file,
                 json_integer_value(json_object_get(finding, "line")),
                 output_text(finding, "path"), output_text(finding, "rule"),
                 output_text(finding, "says"));
        output_print(out, buf_text(&line));
        fputc('\n', out);
    }
}

/* duo_pull -- see duo_pull.h. */
#include "tools/cli/duo_pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/xmlsave.h>

#include "codecs/duo/operation.h"
#include "codecs/duo/shape.h"
#include "codecs/duo/snapshot.h"
#include "codecs/view.h"
#include "codecs/xmldoc.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

/* --- as people read it ----------------------------------------------------------------------
 */

static xmlDoc *empty_snapshot(void)
{
    char day[16];
    time_t now = time(NULL);
    struct tm there;

    localtime_r(&now, &there); /* Dutch time: output_install() */
    strftime(day, sizeof(day), "%Y-%m-%d", &there);
    return duo_snapshot_create(day);
}

static bool print_snapshot(xmlDoc *snapshot, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };

    if (!view_gelezen(snapshot, &text, fault))
        return false;
    output_print_page(buf_text(&text));
    return true;
}

static void print_json(const json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(2));

    output_print_page(text);
    putchar('\n');
    explicit_bzero(text, strlen(text));
    free(text);
}

static bool is_about_a_person(const struct duo_operation *operation)
{
    return strstr(operation->path, "{bsn}") != NULL;
}

bool duo_pull_print(const json_t *answer, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *snapshot = empty_snapshot();
    const struct duo_operation *operation =
        duo_operation_named(output_text(answer, "operation"));
    const json_t *json = json_object_get(answer, "answer");

    if (!json) {
        printf("%s\n", output_text(answer, "uitkomst"));
        output_print_page(output_text(answer, "fouttekst"));
        return true;
    }
    if (!operation || !is_about_a_person(operation)) {
        print_json(json);
        return true;
    }
    return duo_to_xml(operation, json, xmlDocGetRootElement(snapshot), fault)
           && print_snapshot(snapshot, fault);
}

/* --- all of it
 * -------------------------------------------------------------------------------- */

struct pulling {
    struct client *client;
    const char *bsn, *only;
    xmlDoc *snapshot;
    json_t *asked; /* [{operation uitkomst ...}], each answer as it came */
    int read, refused, failed;
    struct fault last; /* why one could not be read */
};

/* Would the next one fail as well? Then nobody waits for it. */
static bool is_hopeless(const struct fault *fault)
{
    static const enum fault_code CODES[] = { FAULT_DAEMON,      FAULT_CONFIG,
                                             FAULT_USAGE,       FAULT_PERMISSION,
                                             FAULT_UNREACHABLE, FAULT_IDENTITY };

    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++)
        if (fault->code == CODES[i])
            return true;
    return false;
}

static bool take(struct pulling *p, const struct duo_operation *operation, json_t *answer,
                 struct fault *fault)
{
    const json_t *json = json_object_get(answer, "answer");
    const char *uitkomst = output_text(answer, "uitkomst");
    bool no = strcmp(uitkomst, "geweigerd") == 0 || strcmp(uitkomst, "niet van ons") == 0;

    json_array_append(p->asked, answer);
    p->read += !no;
    p->refused += no;
    if (no) {
        fprintf(stderr, "%s: %s\n", operation->name, uitkomst);
        output_print(stderr, output_text(answer, "fouttekst"));
    }
    return !json || duo_to_xml(operation, json, xmlDocGetRootElement(p->snapshot), fault);
}

static bool ask_one(struct pulling *p, const struct duo_operation *operation,
                    struct fault *fault)
{
    json_auto_t *answer = NULL;
    struct fault why = { 0 };

    if (client_ask(p->client, "duo.ask",
                   json_pack("{s:s, s:s}", "operation", operation->name, "bsn", p->bsn),
                   CLIENT_LATER, &answer, &why))
        return take(p, operation, answer, fault);
    if (is_hopeless(&why)) {
        *fault = why;
        return false;
    }
    fprintf(stderr, "%s: %s\n", operation->name, why.text);
    json_array_append_new(p->asked, json_pack("{s:s, s:s, s:s}", "operation", operation->name,
                                              "uitkomst", "niet gelezen", "says", why.text));
    p->last = why;
    p->failed++;
    return true;
}

static bool is_wanted(const struct pulling *p, const struct duo_operation *operation)
{
    return strcmp(operation->method, "GET") == 0 && is_about_a_person(operation)
           && (!p->only || strcmp(p->only, operation->name) == 0);
}

static bool ask_all(struct pulling *p, struct fault *fault)
{
    for (size_t i = 0; i < duo_operation_count(); i++)
        if (is_wanted(p, duo_operation_at(i)) && !ask_one(p, duo_operation_at(i), fault))
            return false;
    return true;
}

static void dump(xmlDoc *snapshot, struct buf *xml)
{
    xmlChar *bytes = NULL;
    int size = 0;

    xmlDocDumpFormatMemoryEnc(snapshot, &bytes, &size, "UTF-8", 1);
    buf_add(xml, bytes, (size_t)size);
    xmlFree(bytes);
}

static bool show(const struct cli *cli, struct pulling *p, bool xml, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };

    if (!xml && !cli->json)
        return p->read == 0 || print_snapshot(p->snapshot, fault);
    dump(p->snapshot, &text);
    if (cli->json) {
        json_auto_t *value =
            json_pack("{s:O, s:s}", "asked", p->asked, "gelezen", buf_text(&text));
        cli_print_json(value);
    } else {
        fwrite(text.data, 1, text.size, stdout);
    }
    return true;
}

static bool conclude(const struct pulling *p, struct fault *fault)
{
    if (p->failed > 0 && p->read + p->refused == 0) {
        *fault = p->last;
        return false;
    }
    if (p->failed > 0)
        return fault_set(fault, FAULT_TEMPORARY, "%d of %d could not be read at DUO",
                         p->failed, p->failed + p->read + p->refused);
    return p->read > 0 || fault_set(fault, FAULT_REFUSED, "DUO says no");
}

bool duo_pull(const struct cli *cli, const char *bsn, const char *only, bool xml,
              struct fault *fault)
{
    SCOPED_CLIENT struct client *client = NULL;
    SCOPED_XMLDOC xmlDoc *snapshot = empty_snapshot();
    json_auto_t *asked = json_array();
    struct pulling p = { .bsn = bsn, .only = only, .snapshot = snapshot, .asked = asked };

    if (!daemon_open(cli, &client, fault))
        return false;
    p.client = client;
    return ask_all(&p, fault) && show(cli, &p, xml, fault) && conclude(&p, fault);
}

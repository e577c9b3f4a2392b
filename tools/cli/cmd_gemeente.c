/* gemeente -- the municipalities this program knows: code, name, and who answers for one that
 * has merged. */
#include <stdio.h>
#include <string.h>

#include "codecs/base/fault.h"
#include "peers/gemeente.h"
#include "tools/cli/cli.h"
#include "tools/cli/output.h"

/* clang-format off */
static const struct field LIST[] = {
    { "CODE",      "code",          FIELD_TEXT },
    { "NAME",      "naam",          FIELD_TEXT },
    { "SUCCESSOR", "opvolger.code", FIELD_TEXT },
    { "",          "opvolger.naam", FIELD_TEXT },
    { "SINCE",     "sinds",         FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

static json_t *gemeente_json(const struct gemeente *gemeente)
{
    json_t *item = json_pack("{s:s, s:s}", "code", gemeente->code, "naam", gemeente->naam);

    if (!gemeente->opvolger)
        return item;
    const struct gemeente *now = gemeente_find(gemeente_successor(gemeente->code, NULL));
    json_object_set_new(item, "opvolger",
                        json_pack("{s:s, s:s}", "code", now->code, "naam", now->naam));
    json_object_set_new(item, "sinds", json_string(gemeente->sinds));
    return item;
}

/* A part of a name, or a code: also what has become it. */
static bool fits(const struct gemeente *gemeente, const char *word)
{
    return !word || strcasestr(gemeente->naam, word)
           || (gemeente_code_valid(word) && gemeente_is(gemeente->code, word, NULL));
}

static bool list(const struct cli *cli, const struct arguments *arguments, struct fault *fault)
{
    json_auto_t *result = json_object();
    json_t *rows = json_array();

    json_object_set_new(result, "gemeenten", rows);
    for (const struct gemeente *at = GEMEENTE_TABEL; at->code; at++)
        if (fits(at, argument(arguments, 0)))
            json_array_append_new(rows, gemeente_json(at));
    output_list(cli->json, result, "gemeenten", LIST);
    return json_array_size(rows) > 0
           || fault_set(fault, FAULT_UNKNOWN, "no gemeente fits '%.40s'",
                        argument(arguments, 0));
}

static const struct verb VERBS[] = {
    { "list", "[NAME|CODE]",
      "The municipalities, or those that fit: code and name of CBS, and of one that ended\n"
      "since 2013 who answers for it now. Needs no daemon.",
      "  estafette gemeente list\n"
      "  estafette gemeente list amersfoort\n"
      "  estafette gemeente list 0457\n",
      NULL, 0, 1, list },
    { 0 },
};

const struct command CMD_GEMEENTE = { "gemeente", "municipalities, and their mergers", VERBS };

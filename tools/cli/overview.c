/* overview -- see overview.h. */
#include "tools/cli/overview.h"

#include <string.h>

#include "tools/cli/attention.h"
#include "tools/cli/daemon.h"
#include "tools/cli/output.h"
#include "tools/cli/user.h"

const char *const OVERVIEW_OPTIONS[] = { "--attention", "--mine",
                                         "--assigned=", "--household=", NULL };

/* What tells one from another comes first: 80 columns hold it. */
/* clang-format off */
static const struct field LIST[] = {
    { "",         "haak",          FIELD_TEXT },
    { "ID",       "id",            FIELD_TEXT },
    { "STATE",    "state",         FIELD_TEXT },
    { "PERSON",   "naam",          FIELD_TEXT },
    { "BORN",     "geboortedatum", FIELD_TEXT },
    { "ROLE",     "rol",           FIELD_TEXT },
    { "PEER",     "peer.naam",     FIELD_TEXT },
    { "ASSIGNED", "toegewezen",    FIELD_TEXT },
    { "CHANGED",  "changed",       FIELD_MOMENT },
    { "TASKS",    "taken",         FIELD_TEXT },
    { "REASON",   "reden",         FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

/* --- who moves together ---------------------------------------------------------------- */

static bool is_same(const json_t *list, size_t one, size_t other)
{
    const char *gezin = output_text(json_array_get(list, one), "gezin");

    return *gezin && strcmp(gezin, output_text(json_array_get(list, other), "gezin")) == 0;
}

static const char *bracket(const json_t *list, size_t i)
{
    bool above = i > 0 && is_same(list, i, i - 1), below = is_same(list, i, i + 1);

    if (above)
        return below ? "|" : "\\";
    if (below)
        return "/";
    return *output_text(json_array_get(list, i), "gezin") ? "+" : " ";
}

static void print(json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        json_object_set_new(json_array_get(list, i), "haak", json_string(bracket(list, i)));
    output_table(list, LIST);
}

bool overview_overdracht(const struct cli *cli, const struct arguments *arguments,
                         struct fault *fault)
{
    json_auto_t *result = NULL;
    const char *user;

    if (!user_find(arguments, option(arguments, "--assigned"), &user, fault)
        || !daemon_ask(cli, "overdracht.list",
                       json_pack("{s:s*, s:s*, s:s*}", "attention",
                                 option(arguments, "--attention") ? "ja" : NULL, "user", user,
                                 "household", option(arguments, "--household")),
                       CLIENT_SOON, &result, fault))
        return false;
    if (cli->json)
        cli_print_json(result);
    else if (option(arguments, "--attention"))
        attention_print(json_object_get(result, "aandacht"));
    else
        print(json_object_get(result, "overdrachten"));
    return true;
}

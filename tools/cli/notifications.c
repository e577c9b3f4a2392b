/* notifications -- see notifications.h. */
#include "tools/cli/notifications.h"

#include "tools/cli/daemon.h"
#include "tools/cli/output.h"

const char *const NOTIFICATIONS_OPTIONS[] = { "--open", "--all", NULL };

/* clang-format off */
static const struct field LIST[] = {
    { "ONTVANGEN",  "received",    FIELD_MOMENT },
    { "CODE",       "gebeurtenis", FIELD_TEXT },
    { "BSN",        "bsn",         FIELD_TEXT },
    { "V-NUMMER",   "vnummer",     FIELD_TEXT },
    { "STAND",      "stand",       FIELD_TEXT },
    { "OVERDRACHT", "overdracht",  FIELD_TEXT },
    { "SOORT",      "soort",       FIELD_TEXT },
    { "BETEKENIS",  "betekenis",   FIELD_TEXT },
    { NULL, NULL, FIELD_TEXT },
};
/* clang-format on */

bool notifications_list(const struct cli *cli, const struct arguments *arguments,
                        struct fault *fault)
{
    json_auto_t *result = NULL;
    json_t *with = json_object();

    if (option(arguments, "--open") && option(arguments, "--all")) {
        json_decref(with);
        return fault_set(fault, FAULT_USAGE, "either --open or --all");
    }
    if (option(arguments, "--open"))
        json_object_set_new(with, "which", json_string("open"));
    if (option(arguments, "--all"))
        json_object_set_new(with, "which", json_string("all"));
    if (!daemon_ask(cli, "duo.notifications", with, CLIENT_SOON, &result, fault))
        return false;
    output_list(cli->json, result, "notificaties", LIST);
    return true;
}

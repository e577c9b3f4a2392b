/* duo -- what goes between us and DUO. */
#include "tools/cli/cli.h"
#include "tools/cli/notifications.h"

static const struct verb VERBS[] = {
    { "notifications", "[--open | --all]",
      "What DUO notified: the newest hundred, what is still open (oldest first), or all.",
      "  estafette duo notifications --open\n"
      "  estafette --json duo notifications | jq '.notificaties[] | select(.attentie)'\n",
      NOTIFICATIONS_OPTIONS, 0, 0, notifications_list },
    { 0 },
};

const struct command CMD_DUO = { "duo", "what goes between us and DUO", VERBS };

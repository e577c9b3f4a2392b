/* notifications -- what DUO notified, as a caseworker reads it. */
#ifndef CLI_NOTIFICATIONS_H
#define CLI_NOTIFICATIONS_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "tools/cli/cli.h"

/* The verb `estafette duo notifications`, and its options. */
bool notifications_list(const struct cli *cli, const struct arguments *arguments,
                        struct fault *fault) MUST_CHECK;
extern const char *const NOTIFICATIONS_OPTIONS[];

#endif

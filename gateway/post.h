/* post -- mails the reminders: one mail with all that is due, a quarter of an hour apart.
 *
 * What is to be mailed is a row of herinnering without a moment; it gets one when the mail
 * server took the mail. So a failed mail is tried again, and a crash may mail twice, never
 * not at all. What was done meanwhile is left out. Who sees to the dossiers and who runs the
 * gateway each get their own, when they have an address of their own. Ids and dates, no
 * personal data.
 */
#ifndef GATEWAY_POST_H
#define GATEWAY_POST_H

#include <stdbool.h>

#include "codecs/base/fault.h"
#include "gateway/gateway.h"

#define POST_BETWEEN_SECONDS 900

/* What is due now, if anything, and if it is time. A mail that failed is a line in the log. */
bool post_run(struct gateway *gateway, struct fault *fault) MUST_CHECK;

#endif

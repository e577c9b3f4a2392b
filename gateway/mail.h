/* mail -- one mail to one address, by [mail] of estafette.ini.
 *
 * By SMTP with TLS always (smtps, or smtp with STARTTLS required), or by a command of the
 * administrator's that gets the whole mail on standard input (helper.h). Blocks until the
 * server took it or did not, half a minute at most. What is mailed holds no personal data.
 */
#ifndef GATEWAY_MAIL_H
#define GATEWAY_MAIL_H

#include <stdbool.h>
#include <time.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "gateway/config.h"

struct helper;

struct mail {
    const char *to, *subject; /* ASCII */
    const struct buf *text;   /* lines that end in \n */
    time_t at;
};

bool mail_is_used(const struct config_mail *settings);

/* The bytes as they are sent. Appends. */
void mail_compose(const struct config_mail *settings, const struct mail *mail,
                  struct buf *bytes);

/* helper is needed for a command only. FAULT_CONFIG: password or authority cannot be read, the
 * command may not be run, or the server refuses us; FAULT_UNREACHABLE, and those of
 * helper_run(). No address is named. */
bool mail_send(const struct config_mail *settings, struct helper *helper,
               const struct mail *mail, struct fault *fault) MUST_CHECK;

/* The password alone; size 0 when none is needed. FAULT_CONFIG. Also for the doctor. */
bool mail_password(const struct config_mail *settings, struct buf *password,
                   struct fault *fault) MUST_CHECK;

#endif

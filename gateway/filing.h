/* filing -- a dossier as it rests, sent or received, for whoever reads it: that of the message
 * that is asked for, or the newest (a supplement counts) of a handover.
 */
#ifndef GATEWAY_FILING_H
#define GATEWAY_FILING_H

#include <stdbool.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"
#include "codecs/digest.h"
#include "gateway/call.h"
#include "gateway/overdracht.h"

struct filing {
    struct call *call;   /* its argument `id` says which handover or message */
    const char *audited; /* what is read, for the audit; NULL: told before */
    struct overdracht o;
    struct buf sealed, receipt;
    struct digest canonical;
};

/* Finds it, with an audit row that it was read. FAULT_UNKNOWN, FAULT_STATE. */
bool filing_find(struct filing *filing, struct fault *fault) MUST_CHECK;
void filing_finish(struct filing *filing);

#endif

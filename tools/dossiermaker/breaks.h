/* breaks -- good dossiers made wrong on purpose: one named rule broken, and nothing else. */
#ifndef DOSSIERMAKER_BREAKS_H
#define DOSSIERMAKER_BREAKS_H

#include <stddef.h>

#include "codecs/base/fault.h"
#include "tools/dossiermaker/maker.h"

/* The rules that can be broken, in the order of the table; NULL past the last. */
const char *breaks_rule(size_t n);

/* A dossier of these wishes, as far as the rule leaves them free, that breaks the rule. *doc
 * is the caller's. FAULT_USAGE: there is no such rule. */
bool breaks_dossier(const char *rule, const struct wishes *wishes, xmlDoc **doc,
                    struct fault *fault) MUST_CHECK;

#endif

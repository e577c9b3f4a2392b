/* toelichting -- free words that travel in a message: personal data, to be sealed or
 * forgotten.
 */
#ifndef CODECS_TOELICHTING_H
#define CODECS_TOELICHTING_H

#include <stdbool.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

#define TOELICHTING_MAX 4000 /* characters, as the schema says */

/* As somebody typed it: lines end with "\n", blank space at the end is left out. Appends.
 * FAULT_USAGE, which never repeats what was given: too long, or a control character. */
bool toelichting_parse(const char *text, struct buf *toelichting,
                       struct fault *fault) MUST_CHECK;

#endif

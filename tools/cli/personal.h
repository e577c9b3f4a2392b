/* personal -- personal data that a command needs: from standard input, or typed when asked.
 *
 * Never the value of an option: every user of the machine sees the arguments of a command, and
 * the shell keeps them.
 */
#ifndef CLI_PERSONAL_H
#define CLI_PERSONAL_H

#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/buf.h"
#include "codecs/base/fault.h"

/* Is somebody there who can be asked? */
bool personal_can_ask(void);

/* Of an option such as "--text", whose `value` must be "-": all of standard input, UTF-8 of at
 * most `max` bytes; on a terminal it `asks` first. Appends. FAULT_USAGE never repeats what was
 * given. */
bool personal_read(const char *name, const char *value, const char *asks, size_t max,
                   struct buf *content, struct fault *fault) MUST_CHECK;

#endif

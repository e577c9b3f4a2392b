/* log -- one line per event on standard error: moment, level, text.
 *
 * Ids, kinds, OINs, states and reasons; never the content of a document, and
 * no path of DUO's (it holds a BSN). What came from outside is escaped:
 * control characters and all beyond ASCII become \xNN.
 */
#ifndef GATEWAY_LOG_H
#define GATEWAY_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* By the name of [log] level; an unknown name means info. Safe at any time. */
void log_set_level(const char *name);
const char *log_level(void); /* its name */

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

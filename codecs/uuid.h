/* uuid -- identifiers (RFC 9562), always written in lower case with dashes.
 *
 * Version 7 for our own messages and handovers: they sort by time. Version 4
 * where DUO asks for a random one.
 */
#ifndef CODECS_UUID_H
#define CODECS_UUID_H

#include <stdbool.h>
#include <stdint.h>

#define UUID_SIZE 37 /* 36 characters and the NUL */

void uuid_v7(int64_t unix_milliseconds, char uuid[UUID_SIZE]);
void uuid_v4(char uuid[UUID_SIZE]);

/* Any version, but exactly the form we write. */
bool uuid_valid(const char *text);

#endif

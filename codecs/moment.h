/* moment -- times as documents write them: UTC, whole seconds, "2026-11-23T18:05:00Z". */
#ifndef CODECS_MOMENT_H
#define CODECS_MOMENT_H

#include <stdbool.h>
#include <time.h>

#define MOMENT_SIZE 21

void moment_format(time_t at, char text[MOMENT_SIZE]);

/* Exactly the form above, a date that exists, years 1970..9999. */
bool moment_parse(const char *text, time_t *at);

#endif

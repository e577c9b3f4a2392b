/* day -- days as numbers (1970-01-01 is 0), so that a life can be reckoned with. */
#ifndef DOSSIERMAKER_DAY_H
#define DOSSIERMAKER_DAY_H

#include <stdbool.h>

#define DAY_SIZE 11 /* "2026-11-23" */

struct day_parts {
    int year, month, day;
};

long day_from(int year, int month, int day);
struct day_parts day_parts(long day);
/* "2026-11-23"; the month alone, "2026-11", is its first seven characters. */
void day_text(long day, char text[DAY_SIZE]);
bool day_read(const char *text, long *day); /* false: no such day in this form */

/* The same day of another month; its last day where there is none (31 January + 1). */
long day_add_months(long day, int months);
long day_month_begin(long day);

#endif

/* sim_day -- days as text again; counting with them is codecs/datum.h. */
#ifndef DUOSIM_SIM_DAY_H
#define DUOSIM_SIM_DAY_H

#include <stdbool.h>

#define SIM_DAY_SIZE 11

/* "2026-03-01"; returns `text`. */
const char *sim_day_text(long day, char text[SIM_DAY_SIZE]);

/* A whole date, as DUO writes it. */
bool sim_day_whole(const char *text);

#endif

/* sim_sample -- somebody to play with: an asielstatushouder with a course that hangs together.
 */
#ifndef DUOSIM_SIM_SAMPLE_H
#define DUOSIM_SIM_SAMPLE_H

#include <jansson.h>

/* Settled there on that day, with duty, doelgroep and LBT. With a leerroute ("B", "O", "Z";
 * "": none) there is a PIP of sixty days later, its term, an offer of a month after it and
 * hours up to a hundred days behind that. The caller's. */
json_t *sim_sample_person(const char *bsn, const char *gemeentecode, long vestiging,
                          const char *leerroute);

#endif

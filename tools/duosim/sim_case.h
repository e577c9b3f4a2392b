/* sim_case -- one request while it is judged: who asks what about whom, and what it comes to.
 */
#ifndef DUOSIM_SIM_CASE_H
#define DUOSIM_SIM_CASE_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/duo/operation.h"

struct sim_case {
    json_t *state;  /* borrowed, under the lock of the sim */
    json_t *person; /* borrowed; NULL: the operation is about nobody */
    const struct duo_operation *operation;
    struct duo_address address;
    const json_t *body;       /* NULL: none */
    const char *gemeentecode; /* of who asks */
    long today;
    bool vanaf_registratie;

    int status;
    json_t *answer; /* the caller's; NULL: none */
};

#endif

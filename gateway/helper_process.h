/* helper_process -- the other end of helper.h: the process itself, and what passes between the
 * two. Both ends are the same program, so what passes is a struct as it lies in memory. */
#ifndef GATEWAY_HELPER_PROCESS_H
#define GATEWAY_HELPER_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/gebruiker.h"
#include "gateway/helper.h"

struct helper_ask { /* then: closed folder, command, arguments, each with its NUL; then input
                     */
    uint32_t words_size;
    uint32_t seconds;
    uint64_t input_size, output_max;
    struct gebruiker as;
};

#define HELPER_UNGUARDED 126 /* exit of a child that could not be kept from what is ours */

enum helper_end { HELPER_EXIT, HELPER_SIGNAL, HELPER_LATE, HELPER_LARGE, HELPER_UNABLE };

struct helper_tell { /* then: output, errors */
    uint32_t end;    /* enum helper_end */
    int32_t value;   /* exit code, signal, or errno */
    uint64_t output_size, errors_size;
};

/* All of it, or false: the other end has gone (or is too late). */
bool helper_put(int fd, const void *bytes, size_t size);
bool helper_get(int fd, void *bytes, size_t size);

/* Serves until the other end is gone; does not return. */
_Noreturn void helper_process(int socket);

#endif

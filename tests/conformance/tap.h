/* tap -- tap.mjs, a program that stands in a line and keeps what passes, as a child.
 *
 * It does not outlive the test. Anything that goes wrong aborts.
 */
#ifndef TESTS_CONFORMANCE_TAP_H
#define TESTS_CONFORMANCE_TAP_H

#include <limits.h>
#include <sys/types.h>

/* Files with PEM: who somebody is, and whose certificates he takes. */
struct tap_identity {
    char key[PATH_MAX], certificate[PATH_MAX], anchor[PATH_MAX];
};

struct tap {
    struct tap_identity server; /* towards who calls */
    struct tap_identity client; /* towards the other end; key "": plain HTTP */
    char target[256];           /* "https://127.0.0.1:1234" */
    pid_t pid;
    int port, line; /* where it listens; its standard input, whose end is its end */
};

/* `scripts` has tap.mjs; exchanges become files in `folder`, which exists. */
void tap_start(struct tap *tap, const char *scripts, const char *folder);
void tap_stop(struct tap *tap);

#endif

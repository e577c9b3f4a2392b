/* progress -- how far long work is, on one line of a terminal; nothing when stderr is none. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

struct progress {
    const char *what;
    int64_t whole; /* bytes */
    int shown;     /* percent; only what is long is shown at all */
};

void progress_show(struct progress *progress, int64_t done);
void progress_end(struct progress *progress);

#endif

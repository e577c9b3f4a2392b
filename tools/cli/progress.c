/* progress -- see progress.h. */
#include "tools/cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "tools/cli/output.h"

#define SHORT (8 << 20) /* bytes that are done before anybody looks */

void progress_show(struct progress *progress, int64_t done)
{
    int percent = (int)(done * 100 / progress->whole);

    if (progress->whole < SHORT || percent == progress->shown || !isatty(STDERR_FILENO))
        return;
    progress->shown = percent;
    fprintf(stderr, "\r  %3d %% of %lld MiB  ", percent, (long long)(progress->whole >> 20));
    output_print(stderr, progress->what);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputc('\n', stderr);
}

/* input -- what a command reads: a file, or standard input. (Declared in cli.h.) */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "peers/file.h"
#include "tools/cli/cli.h"

static bool read_stdin(size_t max, struct buf *content, struct fault *fault)
{
    size_t before = content->size;

    for (;;) {
        ssize_t got = read(STDIN_FILENO, buf_reserve(content, 65536), 65536);
        if (got == 0)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fault_set_errno(fault, FAULT_INPUT, "standard input", errno);
        buf_grown(content, (size_t)got);
        if (content->size - before > max)
            return fault_set(fault, FAULT_SIZE, "standard input: larger than %zu bytes", max);
    }
}

bool cli_read(const char *file, size_t max, struct buf *content, struct fault *fault)
{
    return strcmp(file, "-") == 0 ? read_stdin(max, content, fault)
                                  : file_read(file, max, content, fault);
}

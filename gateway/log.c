/* log -- see log.h. */
#include "gateway/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codecs/moment.h"
#include "gateway/clock.h"

#define LINE_MAX_BYTES 2048

static const char *const NAMES[] = { "error", "warning", "info", "debug" };
static atomic_int LEVEL = LOG_LEVEL_INFO;

void log_set_level(const char *name)
{
    int level = LOG_LEVEL_INFO;

    for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
        if (strcmp(NAMES[i], name) == 0)
            level = i;
    atomic_store(&LEVEL, level);
}

const char *log_level(void)
{
    return NAMES[atomic_load(&LEVEL)];
}

/* Appends text with everything unprintable escaped; stops when the line is full. */
static size_t add_escaped(char *line, size_t used, const char *text)
{
    for (; *text && used < LINE_MAX_BYTES - 6; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c < 0x7f)
            line[used++] = (char)c;
        else
            used += (size_t)snprintf(line + used, 5, "\\x%02x", c);
    }
    return used;
}

__attribute__((format(printf, 2, 0))) static void write_line(enum log_level level,
                                                             const char *format, va_list args)
{
    char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES], at[MOMENT_SIZE];

    if ((int)level > atomic_load(&LEVEL))
        return;
    vsnprintf(text, sizeof(text), format, args);
    moment_format(clock_now(), at);
    size_t used = (size_t)snprintf(line, sizeof(line), "%s %-7s ", at, NAMES[level]);
    used = add_escaped(line, used, text);
    line[used++] = '\n';
    (void)!write(STDERR_FILENO, line, used); /* one write: lines of threads do not mix */
}

#define LOG_FUNCTION(name, level)                                                             \
    void name(const char *format, ...)                                                        \
    {                                                                                         \
        va_list args;                                                                         \
        va_start(args, format);                                                               \
        write_line(level, format, args);                                                      \
        va_end(args);                                                                         \
    }

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

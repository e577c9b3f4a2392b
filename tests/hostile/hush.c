/* hush -- see hush.h. */
#include "tests/hostile/hush.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/log.h"
#include "peers/file.h"

/* tests/golden/dossiers/gezinsmigrant.xml, and what tests write into it. */
static const char *const PERSONAL[] = { "999900031",  "999900032",      "123456782",
                                        "Ana Clara",  "Proefpersoon",   "1996-05-30",
                                        "Bedenksel",  "+31 6 0000",     "Amersfoort",
                                        "Enfermagem", "verpleegkundige" };

static FILE *LOGGED;
static int STDERR = -1;

void hush_start(void)
{
    LOGGED = tmpfile();
    STDERR = dup(STDERR_FILENO);
    if (!LOGGED || STDERR < 0 || dup2(fileno(LOGGED), STDERR_FILENO) < 0)
        abort();
    log_set_level("debug");
}

void hush_stop(struct buf *log)
{
    size_t got;

    if (STDERR < 0)
        return;
    dup2(STDERR, STDERR_FILENO);
    close(STDERR);
    STDERR = -1;
    log_set_level("error");
    rewind(LOGGED);
    while ((got = fread(buf_reserve(log, 65536), 1, 65536, LOGGED)) > 0)
        buf_grown(log, got);
    (void)fclose(LOGGED);
}

const char *hush_broken(const struct buf *bytes)
{
    for (size_t i = 0; i < sizeof(PERSONAL) / sizeof(PERSONAL[0]); i++)
        if (memmem(bytes->data, bytes->size, PERSONAL[i], strlen(PERSONAL[i])))
            return PERSONAL[i];
    return NULL;
}

static bool look_into(void *context, const char *path, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    const char **broken = context;

    if (!file_read(path, 64u << 20, &content, fault))
        abort();
    *broken = hush_broken(&content);
    return !*broken;
}

const char *hush_broken_in_store(const struct town *town)
{
    const char *broken = NULL;
    struct fault fault;
    char path[PATH_MAX];

    if (!file_list(home_path(&town->gateway.home, "store", path), "", look_into, &broken,
                   &fault)
        && !broken)
        abort();
    return broken;
}

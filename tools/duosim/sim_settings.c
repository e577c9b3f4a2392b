/* sim_settings -- see sim_settings.h. */
#include "tools/duosim/sim_settings.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "codecs/base/buf.h"
#include "peers/file.h"
#include "peers/gemeente.h"
#include "peers/oin.h"

#define SECTION_GEMEENTE "gemeente "
#define INI_MAX 65536

static bool is_moment(const char *value, struct sim_settings *settings)
{
    settings->vanaf_registratie = strcmp(value, "registratie") == 0;
    return settings->vanaf_registratie || strcmp(value, "dagtekening") == 0;
}

static bool is_wait(const char *value, struct sim_settings *settings)
{
    char *end;
    long number = strtol(value, &end, 10);

    settings->retry_ms = (int)number;
    return *value && !*end && number > 0 && number <= 3600000;
}

static bool put_text(const char *value, char *place, size_t size)
{
    return snprintf(place, size, "%s", value) < (int)size;
}

static bool is_oin(const char *value, struct sim_settings *settings)
{
    return oin_valid(value) && put_text(value, settings->oin, sizeof(settings->oin));
}

static bool is_listen(const char *value, struct sim_settings *settings)
{
    return put_text(value, settings->listen, sizeof(settings->listen));
}

/* clang-format off */
static const struct {
    const char *name;
    bool (*take)(const char *value, struct sim_settings *settings);
} KNOBS[] = {
    { "oin",           is_oin },
    { "listen",        is_listen },
    { "retry_ms",      is_wait },
    { "toegang_vanaf", is_moment },
};
/* clang-format on */

static struct sim_gemeente *gemeente_of(struct sim_settings *settings, const char *section)
{
    const char *code = section + strlen(SECTION_GEMEENTE);

    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->gemeenten[i].code, code) == 0)
            return &settings->gemeenten[i];
    if (!gemeente_code_valid(code) || settings->count == SIM_GEMEENTEN_MAX)
        return NULL;
    struct sim_gemeente *made = &settings->gemeenten[settings->count++];
    *made = (struct sim_gemeente){ 0 };
    put_text(code, made->code, sizeof(made->code));
    return made;
}

static bool take_gemeente(struct sim_settings *settings, const char *section, const char *name,
                          const char *value)
{
    struct sim_gemeente *gemeente = gemeente_of(settings, section);

    if (gemeente && strcmp(name, "oin") == 0)
        return oin_valid(value) && put_text(value, gemeente->oin, sizeof(gemeente->oin));
    return gemeente && strcmp(name, "url") == 0
           && put_text(value, gemeente->url, sizeof(gemeente->url));
}

static int take_pair(void *argument, const char *section, const char *name, const char *value)
{
    struct sim_settings *settings = argument;

    if (strncmp(section, SECTION_GEMEENTE, strlen(SECTION_GEMEENTE)) == 0)
        return take_gemeente(settings, section, name, value);
    for (size_t i = 0; strcmp(section, "duosim") == 0 && i < sizeof(KNOBS) / sizeof(KNOBS[0]);
         i++)
        if (strcmp(KNOBS[i].name, name) == 0)
            return KNOBS[i].take(value, settings);
    return 0;
}

static bool check(const struct sim_settings *settings, struct fault *fault)
{
    if (!oin_valid(settings->oin))
        return fault_set(fault, FAULT_CONFIG, "duosim.ini: oin is missing or not 20 digits");
    if (!settings->listen[0])
        return fault_set(fault, FAULT_CONFIG, "duosim.ini: listen is missing");
    for (size_t i = 0; i < settings->count; i++)
        if (!oin_valid(settings->gemeenten[i].oin))
            return fault_set(fault, FAULT_CONFIG, "duosim.ini: gemeente %s has no oin",
                             settings->gemeenten[i].code);
    return true;
}

bool sim_settings_read(const char *folder, struct sim_settings *settings, struct fault *fault)
{
    struct sim_settings read = { .retry_ms = 1000 };
    SCOPED_BUF struct buf text = { 0 };
    char path[PATH_MAX];

    if (!put_text(folder, read.folder, sizeof(read.folder)))
        return fault_set(fault, FAULT_CONFIG, "the name of the folder is too long");
    if (!file_read(sim_settings_path(&read, "duosim.ini", path), INI_MAX, &text, fault))
        return false;
    int line = ini_parse_string(buf_text(&text), take_pair, &read);
    if (line != 0)
        return fault_set(fault, FAULT_CONFIG, "duosim.ini:%d: not a setting, or a wrong value",
                         line);
    *settings = read;
    return check(settings, fault);
}

static bool make_folder(const struct sim_settings *settings, const char *name,
                        struct fault *fault)
{
    char path[PATH_MAX];

    sim_settings_path(settings, name, path);
    return mkdir(path, 0700) == 0 || errno == EEXIST
           || fault_set_errno(fault, FAULT_IO, path, errno);
}

static bool make_folders(const struct sim_settings *settings, struct fault *fault)
{
    static const char *const FOLDERS[] = { ".", "trust", "trust/anchors",
                                           "trust/intermediates", "trust/crls" };

    if (mkdir(settings->folder, 0700) != 0 && errno != EEXIST)
        return fault_set_errno(fault, FAULT_IO, settings->folder, errno);
    for (size_t i = 0; i < sizeof(FOLDERS) / sizeof(FOLDERS[0]); i++)
        if (!make_folder(settings, FOLDERS[i], fault))
            return false;
    return true;
}

bool sim_settings_write(const struct sim_settings *settings, struct fault *fault)
{
    SCOPED_BUF struct buf text = { 0 };
    char path[PATH_MAX];

    if (!check(settings, fault) || !make_folders(settings, fault))
        return false;
    buf_addf(&text,
             "; The stand-in for DUO; see duosim --help.\n[duosim]\noin = %s\nlisten = %s\n"
             "; milliseconds between two attempts to notify\nretry_ms = %d\n"
             "; a previous municipality's month counts from dagtekening or registratie\n"
             "toegang_vanaf = %s\n",
             settings->oin, settings->listen, settings->retry_ms ? settings->retry_ms : 1000,
             settings->vanaf_registratie ? "registratie" : "dagtekening");
    for (size_t i = 0; i < settings->count; i++)
        buf_addf(&text, "\n[" SECTION_GEMEENTE "%s]\noin = %s\nurl = %s\n",
                 settings->gemeenten[i].code, settings->gemeenten[i].oin,
                 settings->gemeenten[i].url);
    return file_write(sim_settings_path(settings, "duosim.ini", path), 0600, text.data,
                      text.size, fault);
}

const struct sim_gemeente *sim_settings_by_oin(const struct sim_settings *settings,
                                               const char *oin)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->gemeenten[i].oin, oin) == 0)
            return &settings->gemeenten[i];
    return NULL;
}

const struct sim_gemeente *sim_settings_by_code(const struct sim_settings *settings,
                                                const char *code)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->gemeenten[i].code, code) == 0)
            return &settings->gemeenten[i];
    return NULL;
}

const char *sim_settings_path(const struct sim_settings *settings, const char *name,
                              char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/%s", settings->folder, name);
    return path;
}

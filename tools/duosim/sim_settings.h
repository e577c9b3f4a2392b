/* sim_settings -- who the stand-in says it is, and which municipalities it knows.
 *
 *   DIR/duosim.ini                            these settings
 *   DIR/certificate.pem, key.pem              its own, for both directions of TLS
 *   DIR/trust/{anchors,intermediates,crls}    who issues the municipalities' certificates
 *   DIR/state.json                            the people and what is registered of them
 *   DIR/duosim.sock                           commands (`duosim say DIR`)
 */
#ifndef DUOSIM_SIM_SETTINGS_H
#define DUOSIM_SIM_SETTINGS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "codecs/base/fault.h"
#include "codecs/certificate.h"

#define SIM_GEMEENTEN_MAX 32
#define SIM_CODE_SIZE 5
#define SIM_URL_SIZE 200
#define SIM_FOLDER_SIZE (PATH_MAX - 64)

struct sim_gemeente {
    char code[SIM_CODE_SIZE]; /* gemeentecode */
    char oin[OIN_SIZE];
    char url[SIM_URL_SIZE]; /* of its notification service, without /v1/...; "": none */
};

struct sim_settings {
    char folder[SIM_FOLDER_SIZE]; /* DIR */
    char oin[OIN_SIZE];           /* of "DUO" */
    char listen[128];             /* "127.0.0.1:0" */
    int retry_ms;                 /* between attempts to notify; 0: 1000 */
    bool vanaf_registratie;       /* SCOPE-6 counts from the registration, not dagtekening */
    struct sim_gemeente gemeenten[SIM_GEMEENTEN_MAX];
    size_t count;
};

/* DIR/duosim.ini. FAULT_CONFIG names the line that is wrong. */
bool sim_settings_read(const char *folder, struct sim_settings *settings,
                       struct fault *fault) MUST_CHECK;
/* Checks, makes the folders and writes duosim.ini, which replaces what was there. */
bool sim_settings_write(const struct sim_settings *settings, struct fault *fault) MUST_CHECK;

/* NULL: not known. */
const struct sim_gemeente *sim_settings_by_oin(const struct sim_settings *settings,
                                               const char *oin);
const struct sim_gemeente *sim_settings_by_code(const struct sim_settings *settings,
                                                const char *code);

/* "DIR/NAME"; the text lives in `path`. */
const char *sim_settings_path(const struct sim_settings *settings, const char *name,
                              char path[PATH_MAX]);

#endif

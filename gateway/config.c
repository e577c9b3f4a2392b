/* config -- see config.h. KNOBS is the list of all settings; reading, defaults, bounds and the
 * written file all come from it. */
#include "gateway/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>

#include <ini.h>

#include "codecs/base/mem.h"
#include "peers/file.h"
#include "peers/gemeente.h"
#include "peers/oin.h"

#define CONFIG_BYTES_MAX 65536

struct knob {
    const char *section, *key;
    size_t offset, size; /* size 0: an int */
    const char *value;   /* default; NULL: must be set */
    int min, max;
    const char *about;
};

#define TEXT(member) offsetof(struct config, member), sizeof(((struct config *)0)->member)
#define NUMBER(member) offsetof(struct config, member), 0
#define BASE(api) TEXT(duo.bases[api])

/* clang-format off */
static const struct knob KNOBS[] = {
    { "organisatie", "oin",           TEXT(oin),                NULL,   20,    20, "OIN, 20 digits, as in our certificates" },
    { "organisatie", "naam",          TEXT(naam),               NULL,    1,   180, "name as other municipalities see it" },
    { "organisatie", "gemeentecodes", TEXT(gemeentecodes_text), NULL,    4,   180, "CBS codes we answer for, with commas" },
    { "organisatie", "omgeving",      TEXT(omgeving_text),      NULL,    4,    15, "test or productie; never mixed" },
    { "contact",     "naam",          TEXT(contact.naam),       "",      0,   180, "who can be called about a handover (all three, or none)" },
    { "contact",     "telefoon",      TEXT(contact.telefoon),   "",      0,    22, "telephone number" },
    { "contact",     "email",         TEXT(contact.email),      "",      0,   180, "mail address" },
    { "listen",      "address",       TEXT(address),            "0.0.0.0:8443", 3, 127, "where peers reach us: address:port" },
    { "listen",      "endpoint",      TEXT(endpoint),           NULL,    9,   180, "the same as peers see it: https://host[:port]" },
    { "listen",      "handshake_seconds", NUMBER(handshake_seconds), "5",   1,    60, "deadline of the TLS handshake" },
    { "listen",      "head_seconds",  NUMBER(head_seconds),     "5",     1,    60, "deadline of a request head" },
    { "listen",      "body_seconds",  NUMBER(body_seconds),     "10",    1,   600, "deadline of a body, and a second more per 10 kB" },
    { "listen",      "idle_seconds",  NUMBER(idle_seconds),     "30",    1,   900, "how long a quiet connection is kept" },
    { "listen",      "life_seconds",  NUMBER(life_seconds),     "900",   1,   900, "how long any connection is kept" },
    { "listen",      "connections_max", NUMBER(connections_max), "200",  1, 10000, "connections in total" },
    { "listen",      "per_address_max", NUMBER(per_address_max), "50",   1, 10000, "connections of one address" },
    { "listen",      "workers",       NUMBER(workers),          "2",     1,    64, "threads that check messages" },
    { "deliver",     "couriers",      NUMBER(couriers),         "4",     1,    64, "threads that send" },
    { "deliver",     "per_peer",      NUMBER(per_peer),         "2",     1,    16, "messages in flight to one peer" },
    { "deliver",     "connect_seconds", NUMBER(connect_seconds), "5",    1,    60, "deadline of a connection" },
    { "deliver",     "total_seconds", NUMBER(total_seconds),    "15",    1,   600, "deadline of an exchange, and a second more per 100 kB" },
    { "deliver",     "retry_first_seconds", NUMBER(retry_first_seconds), "5", 1, 3600, "longest wait after the first failure" },
    { "deliver",     "retry_longest_seconds", NUMBER(retry_longest_seconds), "3600", 1, 86400, "longest wait ever" },
    { "deliver",     "expire_days",   NUMBER(expire_days),      "5",     1,    30, "a message not delivered by then has expired" },
    { "limits",      "message_kib",   NUMBER(message_kib),      "4096", 64,  8192, "largest message we send or take" },
    { "limits",      "document_mib",  NUMBER(document_mib),     "250",   1,  2000, "largest document we send or take along" },
    { "limits",      "waiting_mib",   NUMBER(waiting_mib),      "1000",  1, 1000000, "documents of one peer whose message has not come yet" },
    { "limits",      "kaart_days",    NUMBER(kaart_days),       "365",   1,  1100, "how long a card of ours is valid" },
    { "local",       "sockets",       TEXT(sockets),            "",      0,    79, "folder of the local sockets; empty: run in the home" },
    { "rollen",      "klantregisseur", TEXT(rollen[0]),         "",      0,   180, "Unix users and @groups with commas: handovers, dossiers, tasks, DUO; none: only our own user and root" },
    { "rollen",      "beheer",        TEXT(rollen[1]),          "",      0,   180, "the same: peers, trust, what is under way; not persons" },
    { "rollen",      "lezer",         TEXT(rollen[2]),          "",      0,   180, "the same: status, and handovers without persons" },
    { "regels",      "boete_intake",  NUMBER(regels.boete_intake), "250",   0, 100000, "euro, the most a fine for the brede intake may be" },
    { "regels",      "boete_pip",     NUMBER(regels.boete_pip),   "800",   0, 100000, "euro, the most a fine for the PIP may be" },
    { "regels",      "boete_totaal",  NUMBER(regels.boete_totaal), "2400",  0, 100000, "euro, the most all fines within the term may be" },
    { "regels",      "pip_weken",     NUMBER(regels.pip_weken),   "10",    1, 104, "weeks from settlement to the first PIP" },
    { "regels",      "termijn_jaren", NUMBER(regels.termijn_jaren), "3",     1, 20, "years to integrate" },
    { "regels",      "zroute_uren",   NUMBER(regels.zroute_uren), "800",   0, 9999, "hours of language of the Z-route, at least" },
    { "regels",      "afschalen_uren", NUMBER(regels.afschalen_uren), "600",   0, 9999, "hours of lessons before the level may be lowered to A2" },
    { "regels",      "pvt_uren",      NUMBER(regels.pvt_uren),    "12",    0, 9999, "hours of the PVT, at least" },
    { "regels",      "bezwaar_weken", NUMBER(regels.bezwaar_weken), "6",     1, 104, "weeks to object to a decision" },
    { "regels",      "verwijtbaar_maanden", NUMBER(regels.verwijtbaar_maanden), "2",     0, 36, "months before the end of the term from which verwijtbaar may be nee" },
    { "regels",      "bewaar_jaren",  NUMBER(regels.bewaar_jaren), "5",     1, 100, "years a dossier is kept after the end of the duty" },
    { "duo",         "oin",           TEXT(duo.oin),            "",      0,    20, "OIN of DUO, as in its certificates; empty: DUO is not used" },
    { "duo",         "base",          TEXT(duo.base),           "",      0,   CONFIG_BASE_MAX, "where DUO is: https://host:port, without /v1" },
    { "duo",         "base_inburgeringsplicht",   BASE(0),      "",      0,   CONFIG_BASE_MAX, "the same for one API of DUO, when it is elsewhere" },
    { "duo",         "base_leerbaarheidstoets",   BASE(1),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_inburgeringstermijn",  BASE(2),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_gebeurtenis",          BASE(3),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_verlenging",           BASE(4),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_vrijstelling",         BASE(5),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_ontheffing",           BASE(6),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_pip",                  BASE(7),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_contactpersoon",       BASE(8),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_inburgeringsaanbod",   BASE(9),      "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_mappvtzroute",         BASE(10),     "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_gevolgdeuren",         BASE(11),     "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_examen",               BASE(12),     "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "base_boete",                BASE(13),     "",      0,   CONFIG_BASE_MAX, "likewise" },
    { "duo",         "listen",        TEXT(duo.listen),         "",      0,   127, "where DUO reaches us with notifications: address:port; empty: nowhere" },
    { "duo",         "per_duo",       NUMBER(duo.per_duo),      "2",     1,    16, "exchanges with DUO in flight" },
    { "duo",         "scope_days",    NUMBER(duo.scope_days),   "14",    0,    60, "how long `not yours` (403 without a reason) is tried again: DUO may lag behind a move" },
    { "duo",         "toegang_vanaf", TEXT(duo.toegang_vanaf),  "dagtekening", 11, 12, "what the month of access to the PIP of before counts from: dagtekening or registratie" },
    { "mail",        "smtp",          TEXT(mail.smtp),          "",      0,   CONFIG_BASE_MAX, "reminders by mail: smtps://host[:port], or smtp://host[:port] (STARTTLS is required); empty: none" },
    { "mail",        "command",       TEXT(mail.command),       "",      0,   255, "instead: a program that gets the whole mail on standard input, as sendmail -t does" },
    { "mail",        "from",          TEXT(mail.from),          "",      0,   180, "who sends: one address" },
    { "mail",        "to_klantregisseur", TEXT(mail.klantregisseur), "", 0,   180, "who sees to the dossiers: one address; empty: to_beheer" },
    { "mail",        "to_beheer",     TEXT(mail.beheer),        "",      0,   180, "who runs the gateway: one address; empty: to_klantregisseur" },
    { "mail",        "user",          TEXT(mail.user),          "",      0,   180, "for the mail server; empty: it asks for none" },
    { "mail",        "password_file", TEXT(mail.password_file), "",      0,   255, "a file with the password alone, readable by us only" },
    { "mail",        "ca",            TEXT(mail.ca),            "",      0,   255, "PEM of the authority of the mail server; empty: those of the system" },
    { "overdracht",  "doorverwijzen", TEXT(doorverwijzen),      "ja",    2,     3, "ja, nee: who asks for somebody taken over elsewhere hears where, by itself" },
    { "aanlevering", "map",           TEXT(aanlevering.map),    "aanlevering", 1, CONFIG_PATH_MAX, "folder in which our own system leaves dossiers that were asked for" },
    { "aanlevering", "commando",      TEXT(aanlevering.commando), "",    0, CONFIG_PATH_MAX, "program that writes the dossier of a BSN; empty: none" },
    { "aanlevering", "seconden",      NUMBER(aanlevering.seconden), "60", 1,  600, "how long that program may take" },
    { "aanlevering", "wacht_op_duo",  TEXT(wacht_op_duo),       "ja",    2,     3, "ja, nee: nothing goes by itself while something must be settled with DUO first" },
    { "aanlevering", "bewaar_dagen",  NUMBER(bewaar_dagen),     "7",     1,   90, "days that what was sent or refused stays in the folder, readable" },
    { "aflevering",  "map",           TEXT(aflevering.map),     "",      0, CONFIG_PATH_MAX, "folder into which received dossiers are written for our own system; empty: none" },
    { "aflevering",  "commando",      TEXT(aflevering.commando), "",     0, CONFIG_PATH_MAX, "program that takes a received dossier; empty: none" },
    { "aflevering",  "seconden",      NUMBER(aflevering.seconden), "60", 1,   600, "how long that program may take" },
    { "programma",   "gebruiker",     TEXT(gebruiker),          "",      0,    39, "Unix user as whom the programs of mail, aanlevering and aflevering run (as root, or with CAP_SETUID and CAP_SETGID); empty: our own" },
    { "log",         "level",         TEXT(level),              "info",  4,     7, "error, warning, info or debug" },
};
/* clang-format on */
#define KNOB_COUNT (sizeof(KNOBS) / sizeof(KNOBS[0]))

struct reading {
    const char *rest; /* of the text */
    int line;         /* that was handed out last; nothing is after a fault */
    struct config *config;
    bool seen[KNOB_COUNT];
    struct fault *fault; /* without the line */
};

static const struct knob *knob_named(const char *section, const char *key)
{
    for (size_t i = 0; i < KNOB_COUNT; i++)
        if (strcmp(KNOBS[i].section, section) == 0 && strcmp(KNOBS[i].key, key) == 0)
            return &KNOBS[i];
    return NULL;
}

static bool set_number(const struct knob *knob, struct config *config, const char *value,
                       struct fault *fault)
{
    char *end;

    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end || number < knob->min || number > knob->max)
        return fault_set(fault, FAULT_CONFIG, "[%s] %s must be a number from %d to %d",
                         knob->section, knob->key, knob->min, knob->max);
    *(int *)((char *)config + knob->offset) = (int)number;
    return true;
}

static bool set_text(const struct knob *knob, struct config *config, const char *value,
                     struct fault *fault)
{
    size_t length = strlen(value);

    if (knob->min == knob->max && length != (size_t)knob->min)
        return fault_set(fault, FAULT_CONFIG, "[%s] %s must have %d characters", knob->section,
                         knob->key, knob->min);
    if (length < (size_t)knob->min || length > (size_t)knob->max || length >= knob->size)
        return fault_set(fault, FAULT_CONFIG, "[%s] %s must have %d to %d characters",
                         knob->section, knob->key, knob->min, knob->max);
    memcpy((char *)config + knob->offset, value, length + 1);
    return true;
}

static bool set_knob(const struct knob *knob, struct config *config, const char *value,
                     struct fault *fault)
{
    return knob->size ? set_text(knob, config, value, fault)
                      : set_number(knob, config, value, fault);
}

static int on_pair(void *user, const char *section, const char *key, const char *value)
{
    struct reading *reading = user;
    const struct knob *knob = knob_named(section, key);

    if (!knob)
        return fault_set(reading->fault, FAULT_CONFIG, "[%s] %s: there is no such setting",
                         section, key);
    if (reading->seen[knob - KNOBS])
        return fault_set(reading->fault, FAULT_CONFIG, "[%s] %s is set twice", section, key);
    reading->seen[knob - KNOBS] = true;
    return set_knob(knob, reading->config, value, reading->fault);
}

/* inih would cut a longer line and take what is left for the next one. */
static char *next_line(char *line, int room, void *user)
{
    struct reading *reading = user;
    size_t size = strcspn(reading->rest, "\n");

    if (!*reading->rest || reading->fault->code != FAULT_NONE)
        return NULL;
    reading->line++;
    if (size > (size_t)room - 2) {
        fault_set(reading->fault, FAULT_CONFIG, "longer than %d characters", room - 2);
        return NULL;
    }
    size += reading->rest[size] == '\n';
    memcpy(line, reading->rest, size);
    line[size] = '\0';
    reading->rest += size;
    return line;
}

static bool read_lines(struct reading *reading, const char *name, struct fault *fault)
{
    int bad = ini_parse_stream(next_line, reading, on_pair, reading); /* the first that is */

    if (bad != 0 && (reading->fault->code == FAULT_NONE || bad < reading->line))
        return fault_set(fault, FAULT_CONFIG, "%s:%d: not a section, a setting or a comment",
                         name, bad);
    return reading->fault->code == FAULT_NONE
           || fault_set(fault, FAULT_CONFIG, "%s:%d: %s", name, reading->line,
                        reading->fault->text);
}

static bool set_defaults(struct reading *reading, const char *name, struct fault *fault)
{
    for (size_t i = 0; i < KNOB_COUNT; i++) {
        if (reading->seen[i])
            continue;
        if (!KNOBS[i].value)
            return fault_set(fault, FAULT_CONFIG, "%s: [%s] %s must be set (%s)", name,
                             KNOBS[i].section, KNOBS[i].key, KNOBS[i].about);
        if (!set_knob(&KNOBS[i], reading->config, KNOBS[i].value, fault))
            return false;
    }
    return true;
}

static bool add_gemeentecode(struct config *config, const char *code, const char *name,
                             struct fault *fault)
{
    if (!gemeente_code_valid(code))
        return fault_set(fault, FAULT_CONFIG,
                         "%s: [organisatie] gemeentecodes: four digits each, with commas",
                         name);
    if (config->gemeentecode_count == PEER_GEMEENTECODES_MAX)
        return fault_set(fault, FAULT_CONFIG, "%s: [organisatie] gemeentecodes: at most %d",
                         name, PEER_GEMEENTECODES_MAX);
    memcpy(config->gemeentecodes[config->gemeentecode_count++], code, GEMEENTECODE_SIZE);
    return true;
}

static bool split_gemeentecodes(struct config *config, const char *name, struct fault *fault)
{
    char copy[sizeof(config->gemeentecodes_text)], *rest = copy, *code;

    memcpy(copy, config->gemeentecodes_text, sizeof(copy));
    while ((code = strsep(&rest, ", ")))
        if (*code && !add_gemeentecode(config, code, name, fault))
            return false;
    if (config->gemeentecode_count == 0)
        return fault_set(fault, FAULT_CONFIG, "%s: [organisatie] gemeentecodes is empty",
                         name);
    return true;
}

static bool level_valid(const char *level)
{
    static const char *const LEVELS[] = { "error", "warning", "info", "debug" };

    for (size_t i = 0; i < sizeof(LEVELS) / sizeof(LEVELS[0]); i++)
        if (strcmp(LEVELS[i], level) == 0)
            return true;
    return false;
}

static bool contact_whole(const struct contactpersoon *contact)
{
    return !contact->naam[0] == !contact->telefoon[0]
           && !contact->naam[0] == !contact->email[0];
}

/* "https://host[:port]": no path, or it would come before our own. */
static bool base_valid(const char *base)
{
    return strncmp(base, "https://", 8) == 0 && base[8] && !strpbrk(base + 8, "/?#@ ");
}

static bool check_bases(const struct config_duo *duo, const char *name, struct fault *fault)
{
    bool good = !duo->base[0] || base_valid(duo->base);

    for (size_t i = 0; i < CONFIG_DUO_BASES; i++)
        good = good && (!duo->bases[i][0] || base_valid(duo->bases[i]));
    return good || fault_set(fault, FAULT_CONFIG, "%s: [duo] base: https://host[:port]", name);
}

static bool check_duo(const struct config *config, const char *name, struct fault *fault)
{
    const struct config_duo *duo = &config->duo;

    if (strcmp(duo->toegang_vanaf, "dagtekening") != 0
        && strcmp(duo->toegang_vanaf, "registratie") != 0)
        return fault_set(fault, FAULT_CONFIG,
                         "%s: [duo] toegang_vanaf: dagtekening or registratie", name);
    if (!duo->oin[0])
        return (!duo->base[0] && !duo->listen[0])
               || fault_set(fault, FAULT_CONFIG, "%s: [duo] oin must be set too", name);
    if (!oin_valid(duo->oin) || strcmp(duo->oin, config->oin) == 0)
        return fault_set(fault, FAULT_CONFIG, "%s: [duo] oin: 20 digits, DUO's, not ours",
                         name);
    if (!duo->base[0])
        return fault_set(fault, FAULT_CONFIG, "%s: [duo] base must be set too", name);
    return check_bases(duo, name, fault);
}

/* One address, that cannot become two, or a line of its own. */
static bool mail_address_valid(const char *address)
{
    const char *at = strchr(address, '@');

    for (const char *c = address; *c; c++)
        if (*c <= ' ' || *c >= 127 || strchr("<>,;:\"\\()[]", *c))
            return false;
    return at && at > address && at[1] && !strchr(at + 1, '@');
}

static bool mail_url_valid(const char *url)
{
    const char *host = strncmp(url, "smtps://", 8) == 0  ? url + 8
                       : strncmp(url, "smtp://", 7) == 0 ? url + 7
                                                         : "";

    return *host && !strpbrk(host, "/?#@ ");
}

static bool check_mail(const struct config_mail *mail, const char *name, struct fault *fault)
{
    const char *const addresses[] = { mail->from, mail->klantregisseur, mail->beheer };

    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
        if (*addresses[i] && !mail_address_valid(addresses[i]))
            return fault_set(fault, FAULT_CONFIG, "%s: [mail] from, to: one address each",
                             name);
    if (!mail->user[0] != !mail->password_file[0])
        return fault_set(fault, FAULT_CONFIG,
                         "%s: [mail] user and password_file: both or neither", name);
    if (!mail->smtp[0] && !mail->command[0])
        return true;
    if (mail->smtp[0] && (mail->command[0] || !mail_url_valid(mail->smtp)))
        return fault_set(fault, FAULT_CONFIG,
                         "%s: [mail] smtp: smtps://host[:port] or smtp://host[:port], and "
                         "no command beside it",
                         name);
    return (mail->from[0] && (mail->klantregisseur[0] || mail->beheer[0]))
           || fault_set(fault, FAULT_CONFIG,
                        "%s: [mail] from and to_klantregisseur or to_beheer must be set",
                        name);
}

static bool check_levering(const struct config *config, const char *name, struct fault *fault)
{
    const struct config_levering *af = &config->aflevering;

    if (strcmp(config->doorverwijzen, "ja") != 0 && strcmp(config->doorverwijzen, "nee") != 0)
        return fault_set(fault, FAULT_CONFIG, "%s: [overdracht] doorverwijzen: ja or nee",
                         name);
    if (strcmp(config->wacht_op_duo, "ja") != 0 && strcmp(config->wacht_op_duo, "nee") != 0)
        return fault_set(fault, FAULT_CONFIG, "%s: [aanlevering] wacht_op_duo: ja or nee",
                         name);
    if (config->aanlevering.commando[0] && config->aanlevering.commando[0] != '/')
        return fault_set(fault, FAULT_CONFIG, "%s: [aanlevering] commando: a full path", name);
    if (af->commando[0] && af->commando[0] != '/')
        return fault_set(fault, FAULT_CONFIG, "%s: [aflevering] commando: a full path", name);
    return !(af->map[0] && af->commando[0])
           || fault_set(fault, FAULT_CONFIG, "%s: [aflevering]: map or commando, not both",
                        name);
}

/* Nobody else may enter the home, so what others connect to lies elsewhere. */
static bool check_rollen(const struct config *config, const char *name, struct fault *fault)
{
    bool any = config->rollen[0][0] || config->rollen[1][0] || config->rollen[2][0];

    if (!any || config->sockets[0])
        return true;
    fault_set(fault, FAULT_CONFIG,
              "%s: [rollen] takes [local] sockets: others cannot enter "
              "the home",
              name);
    return fault_advise(fault,
                        "set [local] sockets to a folder of ours outside the home, such "
                        "as /run/estafette/NAME");
}

static bool derive(struct config *config, const char *name, struct fault *fault)
{
    if (!oin_valid(config->oin))
        return fault_set(fault, FAULT_CONFIG, "%s: [organisatie] oin: 20 digits", name);
    if (!omgeving_from_name(config->omgeving_text, &config->omgeving))
        return fault_set(fault, FAULT_CONFIG, "%s: [organisatie] omgeving: test or productie",
                         name);
    if (strncmp(config->endpoint, "https://", 8) != 0 || strchr(config->endpoint + 8, '/'))
        return fault_set(fault, FAULT_CONFIG, "%s: [listen] endpoint: https://host[:port]",
                         name);
    if (!level_valid(config->level))
        return fault_set(fault, FAULT_CONFIG, "%s: [log] level: error, warning, info or debug",
                         name);
    if (!contact_whole(&config->contact))
        return fault_set(fault, FAULT_CONFIG, "%s: [contact]: set all three or none", name);
    if (config->retry_first_seconds > config->retry_longest_seconds)
        return fault_set(
            fault, FAULT_CONFIG,
            "%s: [deliver] retry_first_seconds is more than retry_longest_seconds", name);
    return check_rollen(config, name, fault) && check_duo(config, name, fault)
           && check_mail(&config->mail, name, fault) && check_levering(config, name, fault)
           && split_gemeentecodes(config, name, fault);
}

bool config_parse(const char *name, const struct buf *text, struct config *config,
                  struct fault *fault)
{
    struct fault found = { 0 };
    struct reading reading = { .rest = buf_text(text), .config = config, .fault = &found };

    memset(config, 0, sizeof(*config));
    return read_lines(&reading, name, fault) && set_defaults(&reading, name, fault)
           && derive(config, name, fault);
}

bool config_load(const struct home *home, struct config *config, struct fault *fault)
{
    char path[PATH_MAX];
    SCOPED_BUF struct buf text = { 0 };

    home_path(home, "estafette.ini", path);
    if (!file_exists(path)) {
        fault_set(fault, FAULT_CONFIG, "%s: there is no such file", path);
        return fault_advise(fault, "make a home first: estafette -C HOME init --help");
    }
    if (!file_read(path, CONFIG_BYTES_MAX, &text, fault)) {
        fault->code = FAULT_CONFIG;
        return false;
    }
    return config_parse(path, &text, config, fault);
}

void config_compare(const struct config *a, const struct config *b, config_each *each,
                    void *context)
{
    for (size_t i = 0; i < KNOB_COUNT; i++) {
        const struct knob *knob = &KNOBS[i];
        const char *left = (const char *)a + knob->offset;
        const char *right = (const char *)b + knob->offset;
        bool same =
            knob->size ? strcmp(left, right) == 0 : *(const int *)left == *(const int *)right;
        if (!same)
            each(context, knob->section, knob->key);
    }
}

static const char *given(const char *const *values, const struct knob *knob)
{
    size_t section = strlen(knob->section), key = strlen(knob->key);

    for (; *values; values++)
        if (strncmp(*values, knob->section, section) == 0 && (*values)[section] == '.'
            && strncmp(*values + section + 1, knob->key, key) == 0
            && (*values)[section + 1 + key] == '=')
            return *values + section + key + 2;
    return NULL;
}

void config_write(const char *const *values, struct buf *text)
{
    const char *section = "";

    buf_add_text(text, "; Estafette: every setting, with its default behind the semicolon.\n"
                       "; Check changes with: estafetted -C HOME -n\n");
    for (size_t i = 0; i < KNOB_COUNT; i++) {
        const struct knob *knob = &KNOBS[i];
        const char *value = given(values, knob);
        if (strcmp(section, knob->section) != 0)
            buf_addf(text, "\n[%s]\n", knob->section);
        section = knob->section;
        if (value)
            buf_addf(text, "; %s\n%s = %s\n", knob->about, knob->key, value);
        else
            buf_addf(text, "; %s\n;%s = %s\n", knob->about, knob->key,
                     knob->value ? knob->value : "");
    }
}

bool config_socket(const struct config *config, const struct home *home, const char *name,
                   char url[128], struct fault *fault)
{
    char folder[PATH_MAX];
    const char *in = config->sockets[0] ? config->sockets : home_path(home, "run", folder);

    if (strlen(in) + strlen(name) + sizeof("/.sock")
        > sizeof(((struct sockaddr_un *)0)->sun_path)) {
        fault_set(fault, FAULT_CONFIG, "%s: too long for a socket", in);
        return fault_advise(fault, "set [local] sockets to a shorter folder, such as "
                                   "/run/estafette/NAME");
    }
    snprintf(url, 128, "ipc://%s/%s.sock", in, name);
    return true;
}

const char *config_duo_base(const struct config *config, const char *api)
{
    char key[40];

    snprintf(key, sizeof(key), "base_%s", api);
    for (size_t i = 0; i < KNOB_COUNT; i++)
        if (strcmp(KNOBS[i].section, "duo") == 0 && strcasecmp(KNOBS[i].key, key) == 0) {
            const char *own = (const char *)config + KNOBS[i].offset;
            return *own ? own : config->duo.base;
        }
    return config->duo.base;
}

bool config_serves(const struct config *config, const char *gemeentecode)
{
    for (size_t i = 0; i < config->gemeentecode_count; i++)
        if (strcmp(config->gemeentecodes[i], gemeentecode) == 0)
            return true;
    return false;
}

const char *config_own(const struct config *config)
{
    const char *own = config->gemeentecodes[0];

    for (size_t i = 1; i < config->gemeentecode_count; i++) {
        const char *code = config->gemeentecodes[i];
        if (strcmp(gemeente_successor(code, NULL), gemeente_successor(own, NULL)) != 0)
            return "";
        if (strcmp(gemeente_successor(code, NULL), code) == 0)
            own = code;
    }
    return own;
}

/* supply -- see supply.h. */
#include "tests/month/supply.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "codecs/digest.h"
#include "codecs/xmldoc.h"
#include "gateway/aflevering_map.h"
#include "gateway/helper.h"
#include "peers/file.h"
#include "tests/month/merger.h"
#include "tests/month/plan.h"

static struct helper *helper;
static bool known[PEOPLE_MAX]; /* what the program would write */
static int dropped;

static void must(bool good, const char *what, const struct fault *fault)
{
    if (good)
        return;
    fprintf(stderr, "month: %s: %s\n", what, fault->text);
    abort();
}

static void write_whole(const char *path, mode_t mode, const char *text)
{
    struct fault fault = { 0 };

    must(file_write(path, mode, text, strlen(text), &fault), path, &fault);
}

/* --- building ------------------------------------------------------------------------- */

void supply_begin(void)
{
    struct fault fault = { 0 };

    must(helper_start(&helper, &fault), "helper", &fault);
    region_towns[SUPPLY_PROGRAM].helper = helper;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

/* Beside the home, which is closed to programs. */
static const char *cupboard(const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s.kast/%s", region_towns[SUPPLY_PROGRAM].folder, name);
    return path;
}

void supply_end(void)
{
    char path[PATH_MAX];

    helper_stop(helper);
    nftw(cupboard("", path), remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A file is named after what a number hashes to: nothing here is called by a BSN. */
static void write_program(void)
{
    char text[PATH_MAX + 200], path[PATH_MAX], folder[PATH_MAX];

    mkdir(cupboard("", folder), 0700);
    snprintf(text, sizeof(text),
             "#!/bin/sh\nread -r bsn\nname=$(printf %%s \"$bsn\" | sha256sum)\n"
             "exec cat \"%s${name%%%% *}\"\n",
             folder);
    write_whole(cupboard("dossier-van", path), 0700, text);
}

void supply_configure(int town, struct buf *ini)
{
    char path[PATH_MAX];

    if (town == SUPPLY_TAKES)
        buf_add_text(ini, "[aflevering]\nmap = levering\n");
    if (town != SUPPLY_PROGRAM)
        return;
    write_program();
    buf_addf(ini, "[aanlevering]\ncommando = %s\n", cupboard("dossier-van", path));
}

void supply_allow(void)
{
    for (int i = 0; i < TOWNS; i++) {
        struct fault fault = { 0 };
        if (i == SUPPLY_PROGRAM)
            continue;
        json_auto_t *done = region_ask(
            SUPPLY_PROGRAM, call_peer_set,
            json_pack("{s:s, s:s}", "gemeente", region_towns[i].code, "aanlevering", "auto"),
            &fault);
        must(done, "peer set", &fault);
    }
}

/* --- the program ----------------------------------------------------------------------- */

/* It knows nobody whose story a person must answer. */
static bool should_know(const struct person *person)
{
    return person->holder == SUPPLY_PROGRAM && person->lives != SUPPLY_PROGRAM
           && person->story->answer == PLAN_SENDS;
}

static void file_of(const struct person *person, char path[PATH_MAX])
{
    struct digest digest;
    char hex[DIGEST_HEX];

    digest_of(person->bsn, strlen(person->bsn), &digest);
    digest_hex(&digest, hex);
    cupboard(hex, path);
}

void supply_fill(void)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < people_count; i++) {
        bool should = should_know(&people[i]);
        if (should == known[i])
            continue;
        known[i] = should;
        file_of(&people[i], path);
        if (!should) {
            unlink(path);
            continue;
        }
        SCOPED_MEM char *text = people_dossier(&people[i], SUPPLY_PROGRAM, NULL);
        write_whole(path, 0600, text);
    }
}

/* Of the rows of that handover; the query says WHERE. */
static int64_t count_of(int town, const char *query, const char *overdracht)
{
    char whole[300];

    snprintf(whole, sizeof(whole), "SELECT count(*) FROM %s AND overdracht = '%.36s'", query,
             overdracht);
    return town_count(&region_towns[town], whole);
}

/* One that is asked for as incomplete a person looks after; as of what failed. */
static bool is_for_a_person(int town, const char *overdracht)
{
    return count_of(town, "outbox WHERE soort = 'dossier'", overdracht) > 0
           || count_of(town, "taak WHERE done IS NULL AND soort = 'aanlevering-mislukt'",
                       overdracht)
                  > 0;
}

/* --- the folder ------------------------------------------------------------------------ */

static void drop(const struct person *person)
{
    SCOPED_MEM char *text = people_dossier(person, SUPPLY_FOLDER, NULL);
    const struct home *home = &region_towns[SUPPLY_FOLDER].gateway.home;
    char name[64], path[PATH_MAX], before[PATH_MAX];

    snprintf(name, sizeof(name), "aanlevering/in/zaak-%d.xml", ++dropped);
    home_path(home, name, path);
    snprintf(before, sizeof(before), "%.4000s.tmp", path);
    write_whole(before, 0600, text);
    if (rename(before, path) != 0)
        abort();
}

bool supply_sees_to(int town, const struct person *person, const char *overdracht)
{
    if ((town != SUPPLY_FOLDER && town != SUPPLY_PROGRAM) || is_for_a_person(town, overdracht))
        return false;
    if (town == SUPPLY_PROGRAM)
        return known[person - people];
    if (count_of(town, "aanlevering WHERE state = 'klaar'", overdracht) == 0)
        drop(person);
    return true;
}

/* --- delivered, once -------------------------------------------------------------------- */

/* The message a folder is of: its name is BERICHT-NUMBER. */
static void note_folder(const char *name, json_t *folders, int *notices)
{
    char bericht[UUID_SIZE];

    if (name[0] == '.')
        return;
    if (strncmp(name, "ingetrokken-", 12) == 0) {
        ++*notices;
        return;
    }
    snprintf(bericht, sizeof(bericht), "%.36s", name);
    json_int_t times = json_integer_value(json_object_get(folders, bericht));
    json_object_set_new(folders, bericht, json_integer(times + 1));
}

/* {message: how many folders}; the caller's. */
static json_t *list_folders(int *notices)
{
    json_t *folders = json_object();
    char path[PATH_MAX];

    *notices = 0;
    DIR *entries = opendir(aflevering_map_path(&region_towns[SUPPLY_TAKES].gateway, path));
    for (const struct dirent *e; entries && (e = readdir(entries));)
        note_folder(e->d_name, folders, notices);
    if (entries)
        closedir(entries);
    return folders;
}

/* Every dossier and supplement that was accepted: in one folder, unless it was withdrawn
 * before it could be; and in each folder something that was. */
static void check_delivered(supply_complain *complain)
{
    int notices;
    json_auto_t *folders = list_folders(&notices);
    json_auto_t *rows = region_rows(
        SUPPLY_TAKES, "SELECT i.id, coalesce(a.state, ''), i.soort FROM inbox i"
                      " LEFT JOIN aflevering a ON a.bericht = i.id"
                      " WHERE i.code = '' AND i.soort IN ('dossier', 'aanvulling')");
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *id = json_string_value(json_array_get(row, 0));
        const char *state = json_string_value(json_array_get(row, 1));
        json_int_t times = json_integer_value(json_object_get(folders, id));
        json_object_del(folders, id);
        if (times != (strcmp(state, "mislukt") == 0 ? 0 : 1))
            complain("a received %s (%s) lies in %lld folders",
                     json_string_value(json_array_get(row, 2)), state, (long long)times);
    }
    if (json_object_size(folders) > 0)
        complain("%zu folders are of nothing that was accepted", json_object_size(folders));
    if (notices
        != town_count(&region_towns[SUPPLY_TAKES],
                      "SELECT count(*) FROM aflevering WHERE bericht = 'ingetrokken'"))
        complain("%d folders tell of something that was withdrawn: another number", notices);
}

static void check_supplied(supply_complain *complain)
{
    for (int town = 0; town < TOWNS; town++) {
        int64_t open = town_count(&region_towns[town], "SELECT count(*) FROM aanlevering"
                                                       " WHERE state IN ('wacht', 'klaar')");
        if (open > 0)
            complain("%s: %lld dossiers that were supplied are not settled",
                     region_towns[town].naam, (long long)open);
    }
}

static int64_t count_sent(int town, const char *bron)
{
    char query[160];

    snprintf(query, sizeof(query),
             "SELECT count(*) FROM aanlevering WHERE bron = '%s' AND state = 'verzonden'",
             bron);
    return town_count(&region_towns[town], query);
}

static int64_t count_delivered(void)
{
    return town_count(&region_towns[SUPPLY_TAKES],
                      "SELECT count(*) FROM aflevering WHERE state = 'afgeleverd'");
}

void supply_check(supply_complain *complain)
{
    check_supplied(complain);
    check_delivered(complain);
    if (!count_sent(SUPPLY_FOLDER, "map") || !count_sent(SUPPLY_PROGRAM, "commando")
        || !count_delivered())
        complain("a client system has supplied nothing, or got nothing");
}

void supply_report(void)
{
    printf("\nsupplied by folder %lld, by program %lld; delivered %lld\n",
           (long long)count_sent(SUPPLY_FOLDER, "map"),
           (long long)count_sent(SUPPLY_PROGRAM, "commando"), (long long)count_delivered());
}

/* After a handover nothing readable about the person lies in either home: not in the database,
 * its log file, or anywhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ftw.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/xmldoc.h"
#include "peers/file.h"
#include "tests/sample.h"
#include "tests/town.h"

#define FILE_MAX (64u << 20)

static struct town almelo = {
    .oin = "00000099000000001000", .code = "0141", .naam = "Almelo", .kind = PKI_P256
};
static struct town utrecht = {
    .oin = "00000099000000002000", .code = "0344", .naam = "Utrecht", .kind = PKI_P256
};

/* What must not be found. */
static char *canaries[3];
static int files, hits;

static void read_canaries(void)
{
    static const char *const PATHS[] = { "persoon/bsn", "persoon/naam/geslachtsnaam",
                                         "persoon/geboortedatum" };
    char *text = sample_dossier("gezinsmigrant.xml");
    xmlDoc *doc = NULL;
    struct fault fault = { 0 };

    assert_true(xmldoc_parse(text, strlen(text), &doc, &fault));
    for (size_t i = 0; i < 3; i++) {
        const char *value = xmldoc_text(xmlDocGetRootElement(doc), PATHS[i]);
        if (!value || strlen(value) < 5)
            fail_msg("the sample has no %s to look for", PATHS[i]);
        canaries[i] = mem_copy(value);
    }
    xmldoc_release(&doc);
    free(text);
}

static int look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    struct buf content = { 0 };
    struct fault fault = { 0 };

    (void)status, (void)place;
    if (kind != FTW_F || !file_read(path, FILE_MAX, &content, &fault))
        return 0;
    files++;
    for (size_t i = 0; i < 3; i++)
        if (memmem(content.data, content.size, canaries[i], strlen(canaries[i]))) {
            print_error("%s holds canary %zu\n", path, i);
            hits++;
        }
    buf_finish(&content);
    return 0;
}

static void hand_over(void)
{
    char overdracht[UUID_SIZE];

    town_build(&almelo);
    town_build(&utrecht);
    town_trust(&almelo, &utrecht);
    town_trust(&utrecht, &almelo);
    town_start(&almelo);
    town_start(&utrecht);
    town_know(&almelo, &utrecht, PEER_ACTIEF);
    town_know(&utrecht, &almelo, PEER_ACTIEF);
    town_send(&almelo, &utrecht, overdracht);
    assert_true(
        town_wait(&almelo, "SELECT count(*) FROM overdracht WHERE state = 'bezorgd'", 1, 20));
}

static void nothing_readable_rests_in_either_home(void **state)
{
    (void)state;
    read_canaries();
    hand_over();
    for (int stopped = 0; stopped < 2; stopped++) { /* while they run, and after */
        nftw(almelo.folder, look, 16, FTW_PHYS);
        nftw(utrecht.folder, look, 16, FTW_PHYS);
        if (!stopped) {
            town_stop(&almelo);
            town_stop(&utrecht);
        }
    }
    assert_true(files > 20);
    assert_int_equal(hits, 0);
    town_remove(&almelo);
    town_remove(&utrecht);
    for (size_t i = 0; i < 3; i++)
        free(canaries[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_readable_rests_in_either_home),
    };

    town_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

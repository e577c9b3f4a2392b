/* Which dates are held against the peildatum: the samples, as if they were made long ago. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/rules.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tests/sample.h"

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    schema_install();
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    schema_uninstall();
    return 0;
}

/* "dossier/pip/versie[2]/dagtekening" without the numbers, a line each. */
static void keep(void *context, const struct dossier_finding *finding)
{
    struct buf *seen = context;

    if (strcmp(finding->rule, "datum-toekomst") != 0)
        return;
    for (const char *at = finding->path; *at; at++) {
        size_t size = strcspn(at, "[");
        buf_add(seen, at, size);
        at += size + strcspn(at + size, "]");
        if (!*at)
            break;
    }
    buf_add_text(seen, "\n");
}

static void look_at(const char *file, struct buf *seen)
{
    SCOPED_MEM char *xml = sample_dossier(file);
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };

    if (!dossier_read(xml, strlen(xml), NULL, NULL, &doc, &fault))
        fail_msg("%s: %s", file, fault.text);
    xmlNode *dossier = xmlDocGetRootElement(doc);
    xmlSetProp(dossier, BAD_CAST "peildatum", BAD_CAST "1950-01-01");
    assert_false(dossier_rules(dossier, &RULES_LAW, keep, seen, &fault));
}

static void look_at_all(struct buf *seen)
{
    SCOPED_BUF struct buf path = { 0 };

    buf_addf(&path, "%s/tests/golden/dossiers", sample_source());
    DIR *folder = opendir(buf_text(&path));
    assert_non_null(folder);
    for (struct dirent *file; (file = readdir(folder));)
        if (strstr(file->d_name, ".xml"))
            look_at(file->d_name, seen);
    closedir(folder);
}

static void what_has_happened_is_not_in_the_future(void **state)
{
    static const char *const EXPECTED[] = {
        "intake/vestiging/datumVestiging",
        "intake/voorinburgering/module/datum",
        "intake/gesprek/datum",
        "intake/leerbaarheidstoets/datumAfname",
        "intake/taalniveau/datum",
        "intake/omstandigheid/datum",
        "pip/versie/dagtekening",
        "pip/versie/inkomensondersteuning/beschikking/datum",
        "pip/versie/ontzorgen/beschikking/datum",
        "voortgang/map/gerealiseerdeStartdatum",
        "voortgang/map/datumBehaald",
        "voortgang/pvt/gerealiseerdeStartdatum",
        "voortgang/pvt/datumBehaald",
        "voortgang/traject/uren/bekendTot",
        "voortgang/traject/datumResultaat",
        "voortgang/zroute/datumAfronding",
        "voortgang/voortgangsgesprek/datum",
        "voortgang/verlenging/datumVerzoek",
        "handhaving/oproep/datum",
        "handhaving/waarschuwing/datum",
        "handhaving/zienswijze/datum",
        "handhaving/boete/besluitdatum",
        "handhaving/boete/bezwaar/datum",
        "duo/gemeld/datum",
        "documenten/document/datum",
    };
    SCOPED_BUF struct buf seen = { 0 };

    (void)state;
    look_at_all(&seen);
    for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
        SCOPED_BUF struct buf line = { 0 };
        buf_addf(&line, "dossier/%s\n", EXPECTED[i]);
        if (!strstr(buf_text(&seen), buf_text(&line)))
            fail_msg("%s is not looked at", EXPECTED[i]);
    }
}

static void what_is_planned_may_lie_there(void **state)
{
    static const char *const PLANNED[] = { "beoogde",       "uiterlijk",
                                           "verwachtOp",    "voortgang/toets",
                                           "datumAfspraak", "inburgeringstermijn" };
    SCOPED_BUF struct buf seen = { 0 };

    (void)state;
    look_at_all(&seen);
    for (size_t i = 0; i < sizeof(PLANNED) / sizeof(PLANNED[0]); i++)
        assert_null(strstr(buf_text(&seen), PLANNED[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_happened_is_not_in_the_future),
        cmocka_unit_test(what_is_planned_may_lie_there),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}

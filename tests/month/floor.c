/* floor -- see floor.h. */
#include "tests/month/floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/xmldoc.h"
#include "gateway/clock.h"
#include "gateway/compose.h"
#include "tests/month/people.h"

#define TIMES 50

static void there_and_back(const struct letter *letter)
{
    SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
    SCOPED_BUF struct buf canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };

    if (!compose_letter(&region_towns[0].gateway, letter, &row, &fault)
        || !compose_open(&region_towns[1].gateway, &row.sealed, &row.canonical, &canonical,
                         &doc, &fault)) {
        (void)fprintf(stderr, "month: floor: %s\n", fault.text);
        abort();
    }
}

double floor_message_ms(void)
{
    SCOPED_PEER struct peer *peer =
        registry_by_oin(region_towns[0].gateway.registry, region_towns[1].oin);
    SCOPED_MEM char *text = people_dossier(&people[0], 0, NULL);
    SCOPED_XMLDOC xmlDoc *dossier = NULL;
    struct fault fault;

    if (!xmldoc_parse(text, strlen(text), &dossier, &fault))
        abort();
    const struct letter letter = { .peer = peer,
                                   .soort = SOORT_DOSSIER,
                                   .from = region_towns[0].code,
                                   .to = region_towns[1].code,
                                   .valid_seconds = LEAP_DAY,
                                   .content = xmlDocGetRootElement(dossier) };
    int64_t before = clock_monotonic_ms();
    for (int i = 0; i < TIMES; i++)
        there_and_back(&letter);
    return (double)(clock_monotonic_ms() - before) / TIMES;
}

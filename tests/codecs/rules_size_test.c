/* The rules and a dossier of almost 8 MiB: every list as long as the schema allows, everything
 * wrong, and texts of 4000 characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static void count(void *context, const struct dossier_finding *finding)
{
    int *heard = context;

    heard[finding->row->severity]++;
}

static void repeat(struct buf *text, int times, const char *element)
{
    for (int i = 0; i < times; i++)
        buf_add_text(text, element);
}

/* Every list as long as the schema allows, everything wrong, and texts of 4000 characters. */
static void fill_voortgang(struct buf *text)
{
    SCOPED_BUF struct buf long_text = { 0 }, traject = { 0 };

    repeat(&long_text, 3900, "\xe2\x82\xac"); /* three bytes a character */
    buf_add_text(&traject, "<traject><soort>cursus</soort><naam>x</naam><aanbieder><naam>x"
                           "</naam><instellingsnummer>0000099999</instellingsnummer>"
                           "</aanbieder><uren><gerealiseerd>1</gerealiseerd><vanaf>2026-10-01"
                           "</vanaf><bekendTot>2026-11-01</bekendTot>");
    repeat(&traject, 60,
           "<maand><maand>2026-09</maand><gevolgd>9999</gevolgd><geoorloofdVerzuim>1"
           "</geoorloofdVerzuim></maand>");
    buf_addf(&traject, "</uren><inspanning>%s</inspanning></traject>", buf_text(&long_text));
    repeat(text, 49, buf_text(&traject));
    for (int i = 0; i < 98; i++)
        buf_addf(text,
                 "<voortgangsgesprek><datum>2026-10-06</datum><conclusie>%s</conclusie>"
                 "<afspraken>%s</afspraken></voortgangsgesprek>",
                 buf_text(&long_text), buf_text(&long_text));
    buf_add_text(text, "<voortgangsgesprek>");
}

static void fill_handhaving(struct buf *text)
{
    SCOPED_BUF struct buf long_text = { 0 };

    repeat(&long_text, 3900, "x");
    for (int i = 0; i < 98; i++)
        buf_addf(text,
                 "<oproep><datum>2020-11-11</datum><waarvoor>brede intake</waarvoor><nummer>"
                 "%d</nummer><toelichting>%s</toelichting></oproep>",
                 i + 2, buf_text(&long_text));
    buf_add_text(text, "<waarschuwing>");
}

static void fill_boetes(struct buf *text)
{
    SCOPED_BUF struct buf long_text = { 0 };

    repeat(&long_text, 3900, "x");
    for (int i = 0; i < 99; i++)
        buf_addf(text,
                 "<boete><grond>brede intake</grond><bedrag>999999.99</bedrag><besluitdatum>"
                 "2024-01-01</besluitdatum><gemeentecode>0344</gemeentecode><kenmerk>x"
                 "</kenmerk><status>deels betaald</status><betaald>999999.99</betaald>"
                 "<toelichting>%s</toelichting></boete>",
                 buf_text(&long_text));
    buf_add_text(text, "<boetetotaal>");
}

static void fill_documenten(struct buf *text)
{
    repeat(text, 97,
           "<document id=\"pip-1\"><naam>x</naam><soort>overig</soort><mediatype>a/b"
           "</mediatype><omvang>1</omvang><sha256>"
           "74dad89143c8452aa1b2284408cd6450df8c21bc88b5cc537e7035e59dc18561</sha256>"
           "</document>");
    buf_add_text(text, "</documenten>");
}

static void fill_pip(struct buf *text)
{
    SCOPED_BUF struct buf long_text = { 0 };

    repeat(&long_text, 3900, "\xf0\x9d\x84\x9e"); /* four bytes a character */
    for (int i = 0; i < 48; i++)
        buf_addf(text,
                 "<versie><dagtekening>2024-01-01</dagtekening><gemeentecode>0344"
                 "</gemeentecode><leerroute>Z-route</leerroute><niveau>B1</niveau>"
                 "<intensiteitB1>1</intensiteitB1><begeleiding>%s</begeleiding><wijziging>"
                 "<reden>%s</reden><wat>%s</wat></wijziging><redenNietGehaald>%s"
                 "</redenNietGehaald><document>no</document></versie>",
                 buf_text(&long_text), buf_text(&long_text), buf_text(&long_text),
                 buf_text(&long_text));
    buf_add_text(text, "</pip>");
}

static char *fill(char *text, const char *before, void (*make)(struct buf *text))
{
    SCOPED_BUF struct buf made = { 0 };

    make(&made);
    char *filled = sample_replace(text, before, buf_text(&made));
    free(text);
    return filled;
}

static char *largest(void)
{
    char *xml = sample_dossier("asielstatushouder.xml");

    xml = fill(xml, "</pip>", fill_pip);
    xml = fill(xml, "<voortgangsgesprek>", fill_voortgang);
    xml = fill(xml, "<waarschuwing>", fill_handhaving);
    xml = fill(xml, "<boetetotaal>", fill_boetes);
    return fill(xml, "</documenten>", fill_documenten);
}

static void the_largest_dossier_takes_no_time(void **state)
{
    SCOPED_MEM char *xml = largest();
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    int heard[2] = { 0 };
    struct fault fault = { 0 };

    (void)state;
    assert_in_range(strlen(xml), XMLDOC_BYTES_MAX * 7 / 10, XMLDOC_BYTES_MAX);
    if (!dossier_read(xml, strlen(xml), NULL, NULL, &doc, &fault))
        fail_msg("%s", fault.text);
    clock_t before = clock();
    assert_false(dossier_rules(xmlDocGetRootElement(doc), &RULES_LAW, count, heard, &fault));
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    print_message("%zu bytes: %.3f s for %d findings\n", strlen(xml), seconds,
                  heard[RULES_REFUSE] + heard[RULES_WARN]);
    assert_int_equal(heard[RULES_REFUSE], 100);
    assert_int_equal(heard[RULES_WARN], 100);
    assert_true(seconds < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_dossier_takes_no_time),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}

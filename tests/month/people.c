/* people -- see people.h. */
#include "tests/month/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codecs/base/mem.h"
#include "codecs/document.h"
#include "codecs/xmldoc.h"
#include "tests/month/merger.h"
#include "tests/sample.h"
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/maker.h"

struct person people[PEOPLE_MAX];
size_t people_count;
static json_t *indexes[TOWNS]; /* {hexadecimal: number of the person} */
static uint64_t seed_of_all;

/* 9999abcde, where e makes the 11-test come out: 9 to 6 times 9 is 270. */
static bool make_bsn(int number, char bsn[10])
{
    int last = (270 + 5 * (number / 1000) + 4 * (number / 100 % 10) + 3 * (number / 10 % 10)
                + 2 * (number % 10))
               % 11;

    (void)snprintf(bsn, 10, "9999%04u%u", (unsigned)number % 10000, (unsigned)last % 10);
    return last < 10;
}

void people_index(const struct person *person, int town, char hex[DIGEST_HEX])
{
    struct digest index;
    char text[32];

    snprintf(text, sizeof(text), "bsn:%s", person->bsn);
    keys_home_index(region_towns[town].gateway.keys, text, &index);
    digest_hex(&index, hex);
}

static void index_one(size_t which)
{
    char hex[DIGEST_HEX];

    for (int i = 0; i < TOWNS; i++) {
        people_index(&people[which], i, hex);
        json_object_set_new(indexes[i], hex, json_integer((json_int_t)which));
    }
}

void people_make(size_t count, uint64_t seed)
{
    int number = 500; /* the first are those of the samples */

    seed_of_all = seed;
    for (int i = 0; i < TOWNS; i++)
        indexes[i] = json_object();
    while (people_count < count && people_count < PEOPLE_MAX && number < 10000)
        if (make_bsn(number++, people[people_count].bsn))
            index_one(people_count++);
}

struct person *people_by_index(int town, const char *hex)
{
    const json_t *which = json_object_get(indexes[town], hex);

    return which ? &people[json_integer_value(which)] : NULL;
}

/* --- at DUO ---------------------------------------------------------------------------- */

/* clang-format off */
/* As in the sample dossier of a Z-route. */
static const char PERSON[] =
    "person {\"bsn\":\"%s\",\"gemeentecode\":\"%s\",\"vestiging\":\"2023-04-03\",\"wet\":2021,"
    "\"inburgeringsplicht\":{\"indicatorInburgeringsplicht\":true,\"begindatum\":\"2022-11-01\"},"
    "\"doelgroep\":{\"indeling\":\"Asielstatushouder\",\"begindatum\":\"2022-11-01\"},"
    "\"inburgeringstermijn\":{\"startdatum\":\"2023-06-06\",\"einddatum\":\"2027-06-06\"},"
    "\"map\":{\"gemeentecode\":\"%s\",\"datumEindgesprekMap\":\"2026-03-20\"},"
    "\"pvt\":{\"gemeentecode\":\"%s\",\"datumOndertekeningPvt\":\"2023-12-14\"}}";
static const char PIPS[] =
    "set %s pips [{\"gemeentecode\":\"%s\",\"geregistreerd\":\"2023-06-05\",\"pip\":"
    "{\"dagtekeningPip\":\"2023-06-05\",\"leerroute\":\"Z\",\"niveau\":\"A2\","
    "\"indicatorAlfabetiseringsonderwijs\":\"A\"}},"
    "{\"gemeentecode\":\"%s\",\"geregistreerd\":\"2025-03-11\",\"pip\":"
    "{\"dagtekeningPip\":\"2025-03-10\",\"leerroute\":\"Z\",\"niveau\":\"A2\","
    "\"indicatorAlfabetiseringsonderwijs\":\"A\"}}]";
static const char UREN[] =
    "set %s uren [{\"gemeentecode\":\"%s\",\"bekendTot\":\"2026-10-01\","
    "\"TaallesEnKnmInstelling\":{\"uren\":742,\"urenGeoorloofdVerzuim\":96,"
    "\"urenOngeoorloofdVerzuim\":4,\"instellingsnummer\":\"0000000101\"}}]";
/* clang-format on */

void people_at_duo(const struct person *person, const char *pip, const char *uren)
{
    const char *old = region_towns[person->old].code;
    const char *lives = region_towns[merger_now(person->old)].code;

    region_say(PERSON, person->bsn, lives, old, old);
    if (pip)
        region_say(PIPS, person->bsn, pip, pip);
    if (uren)
        region_say(UREN, person->bsn, uren);
}

void people_move(struct person *person, int to)
{
    region_say("move %s %s", person->bsn, region_towns[to].code);
    person->lives = to;
}

/* --- on paper -------------------------------------------------------------------------- */

static char *replace_all(char *text, const char *from, const char *to)
{
    while (strstr(text, from)) {
        char *next = sample_replace(text, from, to);
        free(text);
        text = next;
    }
    return text;
}

/* What DUO knows too, so that taking over can be reported. */
static char *sample_of(const char *bsn, const char *code)
{
    char *text = sample_dossier("zroute-asielstatushouder.xml");
    char element[64];

    text = replace_all(text, "999900067", bsn);
    text = replace_all(text, "<vnummer>0099996726</vnummer>", "");
    text = replace_all(text, "0000099997", "0000000101"); /* a school that DUO knows */
    if (strcmp(code, "0344") == 0)
        return text;
    snprintf(element, sizeof(element), ">%s<", code);
    return replace_all(text, ">0344<", element);
}

/* The first from that seed on that names no documents: they would have to go along. */
static xmlDoc *make_one(uint64_t seed)
{
    struct wishes wishes = maker_wishes(seed);

    wishes.date = day_from(2026, 11, 20);
    xmlDoc *doc = maker_dossier(&wishes);
    while (document_first(xmlDocGetRootElement(doc))) {
        xmldoc_release(&doc);
        wishes.seed += 1000003;
        doc = maker_dossier(&wishes);
    }
    return doc;
}

static char *made_of(const char *bsn, uint64_t seed)
{
    SCOPED_BUF struct buf bytes = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = make_one(seed);
    xmlNode *persoon = xmldoc_child(xmlDocGetRootElement(doc), "persoon");
    xmlNode *vnummer = xmldoc_child(persoon, "vnummer"), *own = xmldoc_child(persoon, "bsn");
    if (own) {
        xmlNodeSetContent(own, (const xmlChar *)bsn);
    } else {
        own = xmldoc_add(persoon, "bsn", bsn);
        xmlUnlinkNode(own);
        xmlAddPrevSibling(persoon->children, own);
    }
    if (vnummer) {
        xmlUnlinkNode(vnummer);
        xmlFreeNode(vnummer);
    }
    maker_write(doc, &bytes);
    return mem_copy(buf_text(&bytes));
}

char *people_dossier(const struct person *person, int town, const char *bsn)
{
    const char *whose = bsn ? bsn : person->bsn;

    return person->sample ? sample_of(whose, region_towns[town].code)
                          : made_of(whose, seed_of_all * 10000 + (uint64_t)(person - people));
}

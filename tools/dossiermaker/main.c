/* dossier-maker -- dossiers of people who do not exist, from a number. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "codecs/base/mem.h"
#include "codecs/dossier.h"
#include "codecs/schema.h"
#include "codecs/xmldoc.h"
#include "tools/dossiermaker/breaks.h"
#include "tools/dossiermaker/day.h"
#include "tools/dossiermaker/maker.h"

#define COUNT_MAX 1000000

static const char USAGE[] =
    "usage: dossier-maker [--seed N] [--count N] [--out DIR] [--check] [--route R]\n"
    "                     [--doelgroep D] [--size S] [--date DAY] [--break RULE]\n"
    "       dossier-maker --list-rules\n"
    "\n"
    "Makes lifelike, valid dossiers of people who do not exist. The same arguments give the\n"
    "same bytes. One goes to standard output, several to DIR as NUMBER.xml; NUMBER is the\n"
    "seed that makes that one again.\n"
    "\n"
    "  --seed N        the first seed (1)\n"
    "  --count N       this many, of seed N and up; needs --out or --check\n"
    "  --out DIR       into this folder, which is made when it is not there\n"
    "  --check         hold each against schema and rules, tell how many bytes there were "
    "and\n"
    "                  what was found; without --out nothing is written\n"
    "  --route R       leerroute in the end: B1, onderwijs or Z\n"
    "  --doelgroep D   asiel or gezin\n"
    "  --size S        small, medium or large: about 7, 15 or 60 kB\n"
    "  --date DAY      the peildatum, YYYY-MM-DD, from 2022-06-01\n"
    "  --break RULE    break this rule, and no other\n"
    "  --list-rules    the rules that can be broken\n"
    "\n"
    "Examples:\n"
    "  dossier-maker --seed 7 > dossier.xml\n"
    "  dossier-maker --seed 1 --count 50 --out dossiers --doelgroep asiel --route Z\n"
    "  dossier-maker --seed 7 --break elfproef | estafette dossier check -\n"
    "  dossier-maker --count 10000 --check\n"
    "\n"
    "exit: 0 done, 1 --check refused something, 64 usage, 74 cannot write\n";

struct order {
    struct wishes wishes;
    uint64_t count;
    const char *out, *rule;
    bool check, list, help;
};

/* --- what is asked ------------------------------------------------------------------- */

static bool read_number(const char *name, const char *text, uint64_t most, uint64_t *number,
                        struct fault *fault)
{
    char *end = NULL;

    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno != 0 || *number > most)
        return fault_set(fault, FAULT_USAGE, "--%s '%.40s' is no number up to %llu", name,
                         text, (unsigned long long)most);
    return true;
}

/* Which of the words, parted by blanks, is it? In the order of the enumerations. */
static bool read_word(const char *name, const char *text, const char *words, int *which,
                      struct fault *fault)
{
    size_t size = strlen(text);
    int n = 0;

    for (const char *at = words; *at; at += strspn(at, " "), n++) {
        size_t word = strcspn(at, " ");
        if (word == size && memcmp(at, text, size) == 0) {
            *which = n;
            return true;
        }
        at += word;
    }
    return fault_set(fault, FAULT_USAGE, "--%s '%.40s' is none of: %s", name, text, words);
}

static bool read_date(const char *text, long *date, struct fault *fault)
{
    if (day_read(text, date) && *date >= day_from(2022, 6, 1))
        return true;
    return fault_set(fault, FAULT_USAGE, "--date '%.40s' is no day from 2022-06-01", text);
}

static const struct option OPTIONS[] = {
    { "seed", required_argument, NULL, 's' },  { "count", required_argument, NULL, 'n' },
    { "out", required_argument, NULL, 'o' },   { "check", no_argument, NULL, 'c' },
    { "route", required_argument, NULL, 'r' }, { "doelgroep", required_argument, NULL, 'd' },
    { "size", required_argument, NULL, 'z' },  { "date", required_argument, NULL, 't' },
    { "break", required_argument, NULL, 'b' }, { "list-rules", no_argument, NULL, 'l' },
    { "help", no_argument, NULL, 'h' },        { NULL, 0, NULL, 0 },
};

static bool read_option(int option, struct order *order, struct fault *fault)
{
    struct wishes *wishes = &order->wishes;

    switch (option) {
    case 's':
        return read_number("seed", optarg, UINT64_MAX / 2, &wishes->seed, fault);
    case 'n':
        return read_number("count", optarg, COUNT_MAX, &order->count, fault);
    case 'r':
        return read_word("route", optarg, "B1 onderwijs Z", &wishes->route, fault);
    case 'd':
        return read_word("doelgroep", optarg, "gezin asiel", &wishes->asiel, fault);
    case 'z':
        return read_word("size", optarg, "small medium large", &wishes->size, fault);
    case 't':
        return read_date(optarg, &wishes->date, fault);
    default:
        return fault_set(fault, FAULT_USAGE, "an option is unknown or misses its value");
    }
}

static bool read_order(int argc, char **argv, struct order *order, struct fault *fault)
{
    int option;

    while ((option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1) {
        order->help |= option == 'h';
        order->list |= option == 'l';
        order->check |= option == 'c';
        if (option == 'o')
            order->out = optarg;
        else if (option == 'b')
            order->rule = optarg;
        else if (!strchr("hlc", option) && !read_option(option, order, fault))
            return false;
    }
    if (optind < argc)
        return fault_set(fault, FAULT_USAGE, "too many arguments");
    if (order->count != 1 && !order->out && !order->check)
        return fault_set(fault, FAULT_USAGE, "--count needs --out DIR or --check");
    return true;
}

/* --- what is done -------------------------------------------------------------------- */

struct tally {
    uint64_t bytes, smallest, largest, wrong;
};

static void tell_finding(void *context, const struct dossier_finding *finding)
{
    const uint64_t *seed = context;

    (void)fprintf(stderr, "%06llu.xml:%ld: %s: %s: %s\n", (unsigned long long)*seed,
                  finding->line, finding->path, finding->rule, finding->says);
}

static void take_stock(struct tally *tally, uint64_t seed, const struct buf *bytes)
{
    struct fault fault;

    tally->bytes += bytes->size;
    if (bytes->size < tally->smallest || tally->smallest == 0)
        tally->smallest = bytes->size;
    if (bytes->size > tally->largest)
        tally->largest = bytes->size;
    tally->wrong +=
        !dossier_check(bytes->data, bytes->size, tell_finding, &seed, NULL, &fault);
}

static bool write_file(const char *folder, uint64_t seed, const struct buf *bytes,
                       struct fault *fault)
{
    SCOPED_BUF struct buf path = { 0 };

    buf_addf(&path, "%s/%06llu.xml", folder, (unsigned long long)seed);
    FILE *file = fopen(buf_text(&path), "we");
    if (!file)
        return fault_set_errno(fault, FAULT_IO, buf_text(&path), errno);
    bool whole = fwrite(bytes->data, 1, bytes->size, file) == bytes->size;
    if (fclose(file) != 0 || !whole)
        return fault_set_errno(fault, FAULT_IO, buf_text(&path), errno);
    return true;
}

static bool make_one(const struct order *order, uint64_t seed, struct tally *tally,
                     struct fault *fault)
{
    SCOPED_BUF struct buf bytes = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct wishes wishes = order->wishes;

    wishes.seed = seed;
    if (!order->rule)
        doc = maker_dossier(&wishes);
    else if (!breaks_dossier(order->rule, &wishes, &doc, fault))
        return false;
    maker_write(doc, &bytes);
    if (order->check)
        take_stock(tally, seed, &bytes);
    if (order->out)
        return write_file(order->out, seed, &bytes, fault);
    if (!order->check)
        (void)fwrite(bytes.data, 1, bytes.size, stdout);
    return true;
}

static bool make(const struct order *order, struct fault *fault)
{
    struct tally tally = { 0 };

    if (order->out && mkdir(order->out, 0777) != 0 && errno != EEXIST)
        return fault_set_errno(fault, FAULT_IO, order->out, errno);
    for (uint64_t n = 0; n < order->count; n++)
        if (!make_one(order, order->wishes.seed + n, &tally, fault))
            return false;
    if (!order->check)
        return true;
    printf("%llu dossiers, %llu bytes, %llu to %llu each; %llu refused\n",
           (unsigned long long)order->count, (unsigned long long)tally.bytes,
           (unsigned long long)tally.smallest, (unsigned long long)tally.largest,
           (unsigned long long)tally.wrong);
    if (tally.wrong > 0)
        return fault_set(fault, FAULT_NEGATIVE, "not every dossier is good");
    return true;
}

static bool run(const struct order *order, struct fault *fault)
{
    if (order->help) {
        fputs(USAGE, stdout);
        return true;
    }
    for (size_t n = 0; order->list && breaks_rule(n); n++)
        puts(breaks_rule(n));
    if (order->list)
        return true;
    xmldoc_install();
    schema_install();
    bool good = make(order, fault);
    schema_uninstall();
    return good;
}

int main(int argc, char **argv)
{
    struct order order = { .wishes = maker_wishes(1), .count = 1 };
    struct fault fault = { 0 };

    mem_install();
    opterr = 0;
    if (read_order(argc, argv, &order, &fault) && run(&order, &fault)
        && (fflush(stdout) == 0
            || fault_set_errno(&fault, FAULT_IO, "standard output", errno)))
        return 0;
    (void)fprintf(stderr, "dossier-maker: %s\n", fault.text);
    if (fault.code == FAULT_USAGE)
        (void)fputs("See dossier-maker --help.\n", stderr);
    return fault_exit_code(&fault);
}

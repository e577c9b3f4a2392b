/* output -- see output.h. */
#include "tools/cli/output.h"

#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codecs/base/mem.h"
#include "codecs/moment.h"
#include "tools/cli/cli.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define FIELDS_MAX 12

/* Europe/Amsterdam since 1996 (Directive 2000/84/EC), so that a machine without tzdata does
 * not show UTC under that name. */
static const char AMSTERDAM[] = "CET-1CEST,M3.5.0,M10.5.0/3";

void output_install(void)
{
    json_set_alloc_funcs(mem_alloc, free);
    setenv("TZ", AMSTERDAM, 1);
    tzset();
}

/* clang-format off */
static const struct { long first, last; } OBEYED[] = {
    { 0x00, 0x1f },     { 0x7f, 0x9f },             /* C0, DEL, C1 */
    { 0x61c, 0x61c },   { 0x200e, 0x200f },         /* marks of direction */
    { 0x2028, 0x202e }, { 0x2066, 0x2069 },         /* line separators, embeddings, isolates */
    { 0xfeff, 0xfeff }, { 0xe0000, 0xe007f },       /* byte order mark, tags */
};
static const struct { unsigned char mask, lead; int more; long least; } FORMS[] = {
    { 0x80, 0x00, 0, 0 },     { 0xe0, 0xc0, 1, 0x80 },
    { 0xf0, 0xe0, 2, 0x800 }, { 0xf8, 0xf0, 3, 0x10000 },
};
/* clang-format on */

/* The code point at text and its size in bytes; -1 and 1 where it is not UTF-8 (RFC 3629). */
static long code_point(const unsigned char *text, size_t *size)
{
    *size = 1;
    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
        if ((text[0] & FORMS[i].mask) != FORMS[i].lead)
            continue;
        long point = text[0] & ~FORMS[i].mask & 0xff;
        for (int n = 1; n <= FORMS[i].more; n++) {
            if ((text[n] & 0xc0) != 0x80)
                return -1;
            point = point << 6 | (text[n] & 0x3f);
        }
        if (point < FORMS[i].least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
            return -1;
        *size = (size_t)FORMS[i].more + 1;
        return point;
    }
    return -1;
}

static bool is_obeyed(long point)
{
    for (size_t i = 0; i < sizeof(OBEYED) / sizeof(OBEYED[0]); i++)
        if (point >= OBEYED[i].first && point <= OBEYED[i].last)
            return true;
    return point < 0;
}

void output_clean(const char *text, bool page, struct buf *clean)
{
    size_t size;

    for (const unsigned char *at = (const unsigned char *)text; *at; at += size) {
        long point = code_point(at, &size);
        if (is_obeyed(point) && !(page && point == '\n'))
            buf_add_text(clean, REPLACEMENT);
        else
            buf_add(clean, at, size);
    }
}

void output_print(FILE *out, const char *text)
{
    SCOPED_BUF struct buf clean = { 0 };

    output_clean(text, false, &clean);
    fputs(buf_text(&clean), out);
}

void output_print_page(const char *text)
{
    SCOPED_BUF struct buf clean = { 0 };

    output_clean(text, true, &clean);
    fputs(buf_text(&clean), stdout);
}

void cli_print_text(const char *text)
{
    output_print(stdout, text);
}

void cli_print_json(const json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    putchar('\n');
}

void output_groups(const char *hex, struct buf *groups)
{
    for (size_t i = 0; hex[i]; i++)
        buf_addf(groups, "%s%c", i > 0 && i % 4 == 0 ? " " : "", hex[i]);
}

json_t *output_string(const char *text)
{
    SCOPED_BUF struct buf clean = { 0 };

    output_clean(text, false, &clean);
    return json_string(buf_text(&clean));
}

static const json_t *member_find(const json_t *object, const char *member)
{
    char name[64];

    while (object) {
        size_t length = strcspn(member, ".");
        snprintf(name, sizeof(name), "%.*s", (int)length, member);
        object = json_object_get(object, name);
        if (member[length] == '\0')
            return object;
        member += length + 1;
    }
    return NULL;
}

const char *output_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(member_find(object, member));

    return text ? text : "";
}

static void write_text(const json_t *value, struct buf *text)
{
    if (json_is_integer(value))
        buf_addf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_boolean(value))
        buf_add_text(text, json_is_true(value) ? "yes" : "no");
    else if (json_is_string(value))
        output_clean(json_string_value(value), false, text);
}

static void write_moment(const json_t *value, struct buf *text)
{
    char local[48];
    struct tm parts;
    time_t at;

    if (!json_is_string(value) || !moment_parse(json_string_value(value), &at)
        || !localtime_r(&at, &parts)) {
        write_text(value, text);
        return;
    }
    strftime(local, sizeof(local), "%Y-%m-%d %H:%M:%S %Z", &parts);
    buf_add_text(text, local);
}

static void write_list(const json_t *value, struct buf *text)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        buf_add_text(text, i > 0 ? ", " : "");
        write_text(json_array_get(value, i), text);
    }
}

static void write_groups(const json_t *value, struct buf *text)
{
    SCOPED_BUF struct buf clean = { 0 };

    write_text(value, &clean);
    output_groups(buf_text(&clean), text);
}

static void write_counts(const json_t *value, struct buf *text)
{
    const char *name;
    json_t *count;

    json_object_foreach ((json_t *)(uintptr_t)value, name, count) {
        buf_add_text(text, text->size > 0 ? ", " : "");
        output_clean(name, false, text);
        buf_add_text(text, " ");
        write_text(count, text);
    }
}

void output_actor(const char *actor, struct buf *text)
{
    const char *digits = strncmp(actor, "uid ", 4) == 0 ? actor + 4 : "";
    size_t count = strspn(digits, "0123456789");
    const struct passwd *user = NULL;

    if (count > 0 && count < 10) /* an OIN, or what the daemon did by itself: as it is */
        user = getpwuid((uid_t)strtoul(digits, NULL, 10));
    if (user)
        output_clean(user->pw_name, false, text);
    output_clean(user ? digits + count : actor, false, text);
}

static void write_actor(const json_t *value, struct buf *text)
{
    if (json_is_string(value))
        output_actor(json_string_value(value), text);
}

static void (*const WRITERS[])(const json_t *value, struct buf *text) = {
    [FIELD_TEXT] = write_text,     [FIELD_MOMENT] = write_moment, [FIELD_LIST] = write_list,
    [FIELD_GROUPS] = write_groups, [FIELD_COUNTS] = write_counts, [FIELD_ACTOR] = write_actor,
};

static void cell_write(const json_t *object, const struct field *field, struct buf *text)
{
    WRITERS[field->kind](member_find(object, field->member), text);
}

/* Characters, not bytes, so that columns stay straight under accents. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void measure(const json_t *rows, const struct field *fields, size_t widths[FIELDS_MAX])
{
    for (size_t f = 0; fields[f].label; f++) {
        widths[f] = width_of(fields[f].label);
        for (size_t r = 0; r < json_array_size(rows); r++) {
            SCOPED_BUF struct buf cell = { 0 };
            cell_write(json_array_get(rows, r), &fields[f], &cell);
            size_t width = width_of(buf_text(&cell));
            widths[f] = width > widths[f] ? width : widths[f];
        }
    }
}

static void print_cell(const char *text, size_t width, bool last)
{
    fputs(text, stdout);
    for (size_t n = width_of(text); !last && n < width + 2; n++)
        putchar(' ');
    if (last)
        putchar('\n');
}

static void print_row(const json_t *object, const struct field *fields,
                      const size_t widths[FIELDS_MAX])
{
    for (size_t f = 0; fields[f].label; f++) {
        SCOPED_BUF struct buf cell = { 0 };
        cell_write(object, &fields[f], &cell);
        print_cell(cell.size > 0 ? buf_text(&cell) : "-", widths[f], !fields[f + 1].label);
    }
}

void output_table(const json_t *rows, const struct field *fields)
{
    size_t widths[FIELDS_MAX];

    if (json_array_size(rows) == 0) {
        fputs("none\n", stderr);
        return;
    }
    measure(rows, fields, widths);
    for (size_t f = 0; fields[f].label; f++)
        print_cell(fields[f].label, widths[f], !fields[f + 1].label);
    for (size_t r = 0; r < json_array_size(rows); r++)
        print_row(json_array_get(rows, r), fields, widths);
}

void output_fields(const json_t *object, const struct field *fields)
{
    for (; fields->label; fields++) {
        SCOPED_BUF struct buf text = { 0 };
        cell_write(object, fields, &text);
        if (text.size > 0)
            printf("%-16s %s\n", fields->label, buf_text(&text));
    }
}

void output_answer(bool json, const json_t *answer, const struct field *fields)
{
    if (json)
        cli_print_json(answer);
    else
        output_fields(answer, fields);
}

void output_list(bool json, const json_t *answer, const char *member,
                 const struct field *fields)
{
    if (json)
        cli_print_json(answer);
    else
        output_table(json_object_get(answer, member), fields);
}

static void failure_for_programs(const struct fault *fault)
{
    json_auto_t *object =
        json_pack("{s:s, s:o, s:o}", "code", fault_name(fault->code), "text",
                  output_string(fault->text), "action", output_string(fault_action(fault)));

    json_dumpf(object, stderr, JSON_ENSURE_ASCII);
    fputc('\n', stderr);
}

void output_failure(const struct fault *fault, bool json)
{
    fflush(stdout);
    if (json) {
        failure_for_programs(fault);
        return;
    }
    fputs("estafette: ", stderr);
    output_print(stderr, fault->text);
    fputs("\n  what to do: ", stderr);
    output_print(stderr, fault_action(fault));
    fputc('\n', stderr);
}

bool output_finish(struct fault *fault)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return fault_set_errno(fault, FAULT_IO, "standard output", errno);
    return true;
}

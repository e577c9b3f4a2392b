/* attention -- see attention.h. */
#include "tools/cli/attention.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/cli/output.h"

#define INDENT "    "
#define WIDTH 80

/* Characters, not bytes. */
static size_t width_of(const char *text, size_t size)
{
    size_t width = 0;

    for (size_t i = 0; i < size; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

/* Up to the next blank; a command, which stands between backquotes, is one word. */
static size_t word_size(const char *text)
{
    bool quoted = false;
    size_t size = 0;

    for (; text[size] && (quoted || text[size] != ' '); size++)
        if (text[size] == '`')
            quoted = !quoted;
    return size;
}

/* In lines that a terminal holds, so that a command in it can be copied. */
static void print_wrapped(const char *text)
{
    SCOPED_BUF struct buf clean = { 0 };
    size_t column = 0;

    output_clean(text, false, &clean);
    for (const char *at = buf_text(&clean); *(at += strspn(at, " "));) {
        size_t size = word_size(at), width = width_of(at, size);
        if (column == 0 || column + 1 + width > WIDTH) {
            fputs(column ? "\n" INDENT : INDENT, stdout);
            column = strlen(INDENT);
        } else {
            putchar(' ');
            column++;
        }
        fwrite(at, 1, size, stdout);
        column += width;
        at += size;
    }
    if (column)
        putchar('\n');
}

static void print_after(const char *before, const char *text)
{
    if (!*text)
        return;
    fputs(before, stdout);
    output_print(stdout, text);
}

/* "zij" says little: their name does. Of us, to whom it is assigned. */
static void print_who(const json_t *item)
{
    const char *wie = output_text(item, "wie"), *naam = output_text(item, "peer.naam");
    const char *user = output_text(item, "toegewezen");

    print_after("  ", strcmp(wie, "zij") == 0 && *naam ? naam : wie);
    if (strcmp(wie, "wij") == 0 && *user) {
        print_after(" (", user);
        putchar(')');
    }
}

/* Of whom; without a name, of which handover. */
static void print_of(const json_t *item)
{
    const char *naam = output_text(item, "naam"), *peer = output_text(item, "peer.naam");

    if (!*output_text(item, "overdracht"))
        return;
    print_after(INDENT, *naam ? naam : output_text(item, "overdracht"));
    print_after(", ", output_text(item, "state"));
    print_after(strcmp(output_text(item, "rol"), "verstrekker") == 0 ? ", naar " : ", van ",
                peer);
    putchar('\n');
}

static void print_item(const json_t *item)
{
    const char *uiterlijk = output_text(item, "uiterlijk");
    long long taak = (long long)json_integer_value(json_object_get(item, "taak"));

    fputs(*uiterlijk ? uiterlijk : "zonder dag", stdout);
    if (json_is_true(json_object_get(item, "laat")))
        fputs("  TE LAAT", stdout);
    print_who(item);
    print_after("  ", output_text(item, "wat"));
    if (taak)
        printf(", taak %lld", taak);
    putchar('\n');
    print_of(item);
    print_wrapped(output_text(item, "doen"));
}

/* Where to read more, when what to do does not name the handover. */
static void print_where(const json_t *item)
{
    const char *id = output_text(item, "overdracht");
    bool taak = json_integer_value(json_object_get(item, "taak")) > 0;

    if (*id && (taak || !strstr(output_text(item, "doen"), id)))
        printf(INDENT "estafette overdracht %s %s\n", taak ? "tasks" : "show", id);
}

void attention_print(const json_t *aandacht)
{
    if (json_array_size(aandacht) == 0)
        fputs("nothing waits\n", stderr);
    for (size_t i = 0; i < json_array_size(aandacht); i++) {
        if (i > 0)
            putchar('\n');
        print_item(json_array_get(aandacht, i));
        print_where(json_array_get(aandacht, i));
    }
}

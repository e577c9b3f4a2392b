/* attention -- see attention.h. */
#include "tools/cli/attention.h"

#include <stdio.h>
#include <string.h>

#include "tools/cli/output.h"

static void print_after(const char *before, const char *text)
{
    if (!*text)
        return;
    fputs(before, stdout);
    output_print(stdout, text);
}

/* "zij" says little: their name does. */
static const char *who(const json_t *item)
{
    const char *wie = output_text(item, "wie"), *naam = output_text(item, "peer.naam");

    return strcmp(wie, "zij") == 0 && *naam ? naam : wie;
}

static void print_item(const json_t *item)
{
    const char *uiterlijk = output_text(item, "uiterlijk");
    long long taak = (long long)json_integer_value(json_object_get(item, "taak"));

    fputs(*uiterlijk ? uiterlijk : "zonder dag", stdout);
    if (json_is_true(json_object_get(item, "laat")))
        fputs("  TE LAAT", stdout);
    print_after("  ", who(item));
    print_after("  ", output_text(item, "wat"));
    print_after("  ", output_text(item, "naam"));
    print_after("  ", output_text(item, "state"));
    print_after("  ", output_text(item, "overdracht"));
    if (taak)
        printf("  taak %lld", taak);
    print_after("\n    ", output_text(item, "doen"));
    putchar('\n');
}

void attention_print(const json_t *aandacht)
{
    if (json_array_size(aandacht) == 0)
        fputs("nothing waits for anybody\n", stderr);
    for (size_t i = 0; i < json_array_size(aandacht); i++)
        print_item(json_array_get(aandacht, i));
}

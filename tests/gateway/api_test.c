/* The one description of the local bus and the code are held together both ways; what is asked
 * is checked by it; what is personal in it is taken out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/buf.h"
#include "codecs/base/mem.h"
#include "gateway/api.h"
#include "gateway/control.h"
#include "gateway/rollen.h"
#include "peers/file.h"
#include "tests/answer.h"
#include "tests/sample.h"

static struct api *api;

static json_t *requests(void)
{
    return json_object_get(api->tree, "requests");
}

/* --- together -------------------------------------------------------------------------- */

static void every_request_has_a_handler_and_every_handler_a_description(void **state)
{
    const char *before = "", *name;
    call_handler *run;
    size_t count = 0;

    (void)state;
    for (; (name = control_request(count, &run)); count++) {
        if (!api_request(api, name))
            fail_msg("%s is not in gateway/api.json", name);
        if (strcmp(before, name) >= 0)
            fail_msg("%s stands behind %s", name, before);
        before = name;
    }
    assert_int_equal(count, json_object_size(requests()));
}

static void look_at_members(const char *where, json_t *members)
{
    struct api_kind kind;
    const char *name;
    json_t *text;

    json_object_foreach (members, name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (!api_record(api, kind.name)
            && !json_object_get(json_object_get(api->tree, "types"), kind.name))
            fail_msg("%s: %s is of no known kind: %s", where, name, kind.name);
    }
}

static void look_at_request(const char *name, json_t *request)
{
    static const char *const KNOWN[] = {
        "since", "changes", "roles", "about", "with", "result"
    };
    const char *member;
    json_t *value;

    if (!api_roles(request) || !json_is_object(json_object_get(request, "result")))
        fail_msg("%s: nobody may do it, or it has no result", name);
    if (!json_string_length(json_object_get(request, "about"))
        || !json_string_length(json_object_get(request, "since")))
        fail_msg("%s: nothing is said about it", name);
    json_object_foreach (request, member, value) {
        bool known = false;
        for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
            known = known || strcmp(KNOWN[i], member) == 0;
        if (!known)
            fail_msg("%s: what is %s?", name, member);
    }
    look_at_members(name, json_object_get(request, "with"));
    look_at_members(name, json_object_get(request, "result"));
}

static void the_description_is_whole(void **state)
{
    const char *name, *before = "";
    json_t *value, *rol;
    size_t index;

    (void)state;
    json_object_foreach (requests(), name, value) {
        if (strcmp(before, name) >= 0)
            fail_msg("%s stands behind %s", name, before);
        before = name;
        look_at_request(name, value);
        json_array_foreach (json_object_get(value, "roles"), index, rol)
            assert_int_not_equal(rollen_named(json_string_value(rol)), 0);
    }
    json_object_foreach (json_object_get(api->tree, "records"), name, value)
        look_at_members(name, value);
}

/* Only a klantregisseur is told about persons, so that nobody else needs such a request. */
static void what_is_personal_is_asked_by_a_klantregisseur(void **state)
{
    static const char *const NUMBERS[] = { "bsn", "vnummer" };
    const char *name;
    json_t *request;

    (void)state;
    json_object_foreach (requests(), name, request)
        for (size_t i = 0; i < 2; i++)
            if (json_object_get(json_object_get(request, "with"), NUMBERS[i])
                && api_roles(request) != ROLLEN_KLANTREGISSEUR)
                fail_msg("%s takes a %s, and not only a klantregisseur may ask it", name,
                         NUMBERS[i]);
}

static bool look_for_events(void *context, const char *path, struct fault *fault)
{
    static const char CALL[] = "events_publish(";
    SCOPED_BUF struct buf text = { 0 };
    int *count = context;

    assert_true(file_read(path, 1u << 20, &text, fault));
    for (const char *at = buf_text(&text); (at = strstr(at, CALL)); at++) {
        const char *quote = at + strcspn(at, "\";");
        char kind[32] = "";
        if (*quote != '"')
            continue;
        snprintf(kind, sizeof(kind), "%.*s", (int)strcspn(quote + 1, "\""), quote + 1);
        if (!json_object_get(json_object_get(json_object_get(api->tree, "events"), "kinds"),
                             kind))
            fail_msg("%s: event %s is not in gateway/api.json", path, kind);
        ++*count;
    }
    return true;
}

static void every_event_is_described(void **state)
{
    SCOPED_BUF struct buf folder = { 0 };
    struct fault fault = { 0 };
    int count = 0;

    (void)state;
    buf_addf(&folder, "%s/gateway", SOURCE_DIR);
    assert_true(file_list(buf_text(&folder), ".c", look_for_events, &count, &fault));
    assert_true(count >= 10);
}

/* --- what is asked --------------------------------------------------------------------- */

static json_t *sample_of(const char *type)
{
    json_t *row = json_object_get(json_object_get(api->tree, "types"), type);
    size_t size = (size_t)json_integer_value(json_object_get(row, "min"));
    const char *form = json_string_value(json_object_get(row, "json"));
    char text[128];

    if (form && strcmp(form, "flag") != 0)
        return json_integer(0);
    if (form)
        return json_true();
    size = size ? size : 1;
    memset(text, '0', size);
    return json_stringn(text, size);
}

/* The least that a request takes. */
static json_t *least(json_t *request)
{
    json_t *arguments = json_object(), *text;
    struct api_kind kind;
    const char *name;

    json_object_foreach (json_object_get(request, "with"), name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (!kind.optional)
            json_object_set_new(arguments, name, sample_of(kind.name));
    }
    return arguments;
}

static void expect(const char *request, json_t *arguments, const char *argument,
                   const char *says)
{
    struct fault fault = { 0 };
    char words[200];

    snprintf(words, sizeof(words), "%s: argument %s %s", request, argument, says);
    if (api_check(api, request, arguments, &fault))
        fail_msg("taken: %s", words);
    assert_int_equal(fault.code, FAULT_USAGE);
    assert_string_equal(fault.text, words);
}

static void try_sizes(const char *name, json_t *arguments, const char *argument,
                      const char *type)
{
    json_t *row = json_object_get(json_object_get(api->tree, "types"), type);
    size_t min = (size_t)json_integer_value(json_object_get(row, "min"));
    size_t max = (size_t)json_integer_value(json_object_get(row, "max"));
    SCOPED_MEM char *text = mem_alloc(max + 2);

    memset(text, '0', max + 1);
    if (max) {
        json_object_set_new(arguments, argument, json_stringn(text, max + 1));
        expect(name, arguments, argument, "is too long");
    }
    if (min > 1) {
        json_object_set_new(arguments, argument, json_stringn(text, min - 1));
        expect(name, arguments, argument, "is too short");
    }
}

static void try_argument(const char *name, json_t *request, const char *argument,
                         const struct api_kind *kind)
{
    json_auto_t *arguments = least(request);

    if (!kind->optional) {
        json_object_del(arguments, argument);
        expect(name, arguments, argument, "is missing");
    }
    json_object_set_new(arguments, argument, json_null());
    expect(name, arguments, argument, "has the wrong type");
    json_object_set_new(arguments, argument, json_object());
    expect(name, arguments, argument, "has the wrong type");
    json_object_set_new(arguments, argument, json_integer(-1));
    expect(name, arguments, argument, "has the wrong type");
    try_sizes(name, arguments, argument, kind->name);
    if (kind->optional) {
        struct fault fault = { 0 };
        json_object_set_new(arguments, argument, json_string(""));
        assert_true(api_check(api, name, arguments, &fault));
    }
}

static void try_request(const char *name, json_t *request)
{
    json_auto_t *arguments = least(request);
    struct fault fault = { 0 };
    struct api_kind kind;
    const char *argument;
    json_t *text;

    if (!api_check(api, name, arguments, &fault))
        fail_msg("%s", fault.text);
    json_object_set_new(arguments, "bsn-van-wie", json_string("999900031"));
    assert_false(api_check(api, name, arguments, &fault));
    assert_null(strstr(fault.text, "999900031"));
    assert_non_null(strstr(fault.text, " has no argument bsn-van-wie"));
    json_object_foreach (json_object_get(request, "with"), argument, text) {
        api_kind_read(json_string_value(text), &kind);
        try_argument(name, request, argument, &kind);
    }
}

static void each_argument_of_each_request_is_held_to_its_limits(void **state)
{
    const char *name;
    json_t *request;

    (void)state;
    json_object_foreach (requests(), name, request)
        try_request(name, request);
}

/* --- what is answered ------------------------------------------------------------------ */

static void what_is_personal_is_taken_out_and_the_rest_stays(void **state)
{
    static const char SECRET[] = "Proefpersoon-geheim";
    const char *name;
    json_t *request;
    int hidden = 0;

    (void)state;
    json_object_foreach (requests(), name, request) {
        json_auto_t *result = answer_whole(api, name, SECRET);
        SCOPED_MEM char *before = json_dumps(result, 0);
        hidden += strstr(before, SECRET) != NULL;
        json_object_set_new(result, "nobody-said-so", json_string(SECRET));
        api_withhold(api, name, result);
        SCOPED_MEM char *after = json_dumps(result, 0);
        if (strstr(after, SECRET))
            fail_msg("%s: %s", name, after);
        if (!strstr(before, SECRET))
            assert_string_equal(before, after);
    }
    assert_true(hidden >= 8);
}

static void a_list_of_handovers_keeps_all_but_the_person(void **state)
{
    json_auto_t *result = answer_whole(api, "overdracht.list", "x");

    (void)state;
    api_withhold(api, "overdracht.list", result);
    json_t *row = json_array_get(json_object_get(result, "overdrachten"), 0);
    assert_non_null(json_object_get(row, "id"));
    assert_non_null(json_object_get(json_object_get(row, "peer"), "naam"));
    assert_null(json_object_get(row, "naam"));
    assert_null(json_object_get(row, "geboortedatum"));
    assert_null(json_object_get(row, "vestiging"));
}

static int start(void **state)
{
    (void)state;
    api = api_create();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    api_destroy(api);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_has_a_handler_and_every_handler_a_description),
        cmocka_unit_test(the_description_is_whole),
        cmocka_unit_test(what_is_personal_is_asked_by_a_klantregisseur),
        cmocka_unit_test(every_event_is_described),
        cmocka_unit_test(each_argument_of_each_request_is_held_to_its_limits),
        cmocka_unit_test(what_is_personal_is_taken_out_and_the_rest_stays),
        cmocka_unit_test(a_list_of_handovers_keeps_all_but_the_person),
    };

    return cmocka_run_group_tests(tests, start, stop);
}

/* Every request, asked as every role: who may not ask it hears that there is none, and nothing
 * about a person reaches whoever is no klantregisseur. It takes root: one thread of the test
 * connects as one user after another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "codecs/base/mem.h"
#include "codecs/uuid.h"
#include "gateway/api.h"
#include "gateway/bus.h"
#include "gateway/control.h"
#include "gateway/events.h"
#include "gateway/rollen.h"
#include "peers/file.h"
#include "tests/answer.h"
#include "tests/town.h"

#define NOT_THERE "there is no such request"
#define ROLES "[rollen]\nklantregisseur = daemon\nbeheer = bin\nlezer = @games\n"

/* Users of every Debian. games (5) has that group (60) as his own. */
static const struct user {
    const char *name;
    uid_t uid;
    gid_t gid;
    unsigned roles;
} USERS[] = {
    { "klantregisseur", 1, 1, ROLLEN_KLANTREGISSEUR },
    { "beheer", 2, 2, ROLLEN_BEHEER },
    { "lezer", 5, 60, ROLLEN_LEZER },
    { "root", 0, 0, ROLLEN_ALLE },
};
static const struct user NOBODY = { "nobody", 65534, 65534, 0 };

static struct town TOWNS[] = {
    { .oin = "00000099000000001000", .code = "0344", .naam = "Oud", .kind = PKI_P256 },
    { .oin = "00000099000000002000", .code = "0310", .naam = "Nieuw", .kind = PKI_P256 },
};
static struct town *const OUD = &TOWNS[0];
static char folder[64], extra[256], overdracht[UUID_SIZE];

/* --- connecting as somebody ------------------------------------------------------------ */

/* Of this thread alone, which is why the library's own functions will not do. */
static void become(const struct user *user)
{
    gid_t gid = user->gid;

    if (syscall(SYS_setresuid, -1, 0, -1) != 0 || syscall(SYS_setgroups, 1, &gid) != 0
        || syscall(SYS_setresgid, -1, user->gid, -1) != 0
        || syscall(SYS_setresuid, -1, user->uid, -1) != 0)
        abort();
}

/* A descriptor after the greetings, or -1: the file system, or the daemon, said no. */
static int connect_as(const struct user *user, const char *name, char protocol)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct timeval patience = { .tv_sec = 20 };
    const char greeting[8] = { 0, 'S', 'P', 0, 0, protocol, 0, 0 };
    char answer[8];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s.sock", folder, name);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    become(user);
    int result = connect(fd, (struct sockaddr *)&address, sizeof(address));
    become(&USERS[3]);
    if (result == 0 && send(fd, greeting, 8, MSG_NOSIGNAL) == 8
        && recv(fd, answer, 8, MSG_WAITALL) == 8)
        return fd;
    close(fd);
    return -1;
}

static void put_number(unsigned char *to, uint64_t number)
{
    for (int i = 7; i >= 0; i--, number >>= 8)
        to[i] = (unsigned char)number;
}

/* SP over IPC: 1, eight bytes of length, then for REQ four bytes of id with the highest bit.
 */
static char *ask_text(const struct user *user, const char *text)
{
    unsigned char head[13] = { 1, [9] = 0x80, [12] = 1 }, answer[13];
    uint64_t size = 0;
    int fd = connect_as(user, "control", 0x30);

    if (fd < 0)
        return NULL;
    put_number(head + 1, strlen(text) + 4);
    assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL), sizeof(head));
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    assert_int_equal(recv(fd, answer, sizeof(answer), MSG_WAITALL), sizeof(answer));
    for (int i = 1; i < 9; i++)
        size = size << 8 | answer[i];
    assert_true(size >= 4 && size <= CONTROL_MESSAGE_MAX);
    char *got = mem_alloc(size - 3);
    assert_int_equal(recv(fd, got, size - 4, MSG_WAITALL), size - 4);
    close(fd);
    return got;
}

static json_t *ask(const struct user *user, const char *name, json_t *with)
{
    char id[UUID_SIZE];

    uuid_v4(id);
    json_auto_t *message = json_pack("{s:i, s:s, s:s, s:o}", "v", CONTROL_VERSION, "id", id,
                                     "do", name, "with", with);
    SCOPED_MEM char *text = json_dumps(message, 0);
    SCOPED_MEM char *got = ask_text(user, text);
    assert_non_null(got);
    json_t *answer = json_loads(got, 0, NULL);
    assert_non_null(answer);
    return answer;
}

static const char *says(const json_t *answer)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(answer, "fault"), "text"));

    return text ? text : "";
}

/* --- every request --------------------------------------------------------------------- */

/* What a request is given by the name of its argument, so that it gets as far as it can. The
 * peer is away and stays as it is. */
static json_t *value_of(const char *argument, const char *type)
{
    static const struct {
        const char *argument, *value;
    } VALUES[] = {
        { "id", overdracht },         { "gemeente", "0310" }, { "to", "0310" },
        { "what", "dossier" },        { "document", "d1" },   { "code", "geen-inwoner" },
        { "operation", "pip.lezen" }, { "data", "PGE+" },
    };

    for (size_t i = 0; i < sizeof(VALUES) / sizeof(VALUES[0]); i++)
        if (strcmp(VALUES[i].argument, argument) == 0)
            return json_string(VALUES[i].value);
    if (strcmp(type, "number") == 0)
        return json_integer(0);
    if (strcmp(type, "hex") == 0)
        return json_string("0000000000000000000000000000000000000000000000000000000000000000");
    return json_string("00000000-0000-4000-8000-000000000000");
}

static json_t *arguments_of(json_t *request)
{
    json_t *arguments = json_object(), *text;
    struct api_kind kind;
    const char *name;

    json_object_foreach (json_object_get(request, "with"), name, text) {
        api_kind_read(json_string_value(text), &kind);
        if (!kind.optional)
            json_object_set_new(arguments, name, value_of(name, kind.name));
    }
    return arguments;
}

static void expect_nobody_named(const struct user *user, const char *request, json_t *answer)
{
    static const char *const PERSON[] = { "Proefpersoon", "999900031", "1996-05-30" };
    SCOPED_MEM char *text = json_dumps(answer, JSON_ENSURE_ASCII);

    for (size_t i = 0; i < sizeof(PERSON) / sizeof(PERSON[0]); i++)
        if (strstr(text, PERSON[i]))
            fail_msg("%s as %s: %s", request, user->name, text);
}

static void ask_as(const struct user *user, const char *name, json_t *request)
{
    bool may = user->roles & api_roles(request);
    json_auto_t *answer = ask(user, name, arguments_of(request));

    if (may != (strcmp(says(answer), NOT_THERE) != 0))
        fail_msg("%s as %s: may %d: %s", name, user->name, may, says(answer));
    if (!(user->roles & ROLLEN_KLANTREGISSEUR))
        expect_nobody_named(user, name, answer);
    if (json_is_true(json_object_get(answer, "ok"))
        && (user->roles & ROLLEN_KLANTREGISSEUR)) /* of others optional ones may be left out */
        answer_check(OUD->gateway.api, name, json_object_get(answer, "result"));
}

static void who_may_not_ask_something_hears_that_it_is_not_there(void **state)
{
    const char *name;
    json_t *request;

    (void)state;
    for (size_t i = 0; i < sizeof(USERS) / sizeof(USERS[0]); i++)
        json_object_foreach (json_object_get(OUD->gateway.api->tree, "requests"), name,
                             request)
            ask_as(&USERS[i], name, request);
}

/* Byte for byte, also when what is asked is asked wrongly. */
static void what_may_not_be_asked_cannot_be_told_from_what_does_not_exist(void **state)
{
    static const char *const WITH[] = { "{}", "[]", "{\"id\":1}", "{\"id\":\"0000\"}" };
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof(WITH) / sizeof(WITH[0]); i++) {
        char *got[2];
        static const char *const NAMES[] = { "overdracht.show", "overdracht.geheim" };
        for (int n = 0; n < 2; n++) {
            snprintf(text, sizeof(text),
                     "{\"v\":1,\"id\":\"0192c000-0000-4000-8000-000000000001\",\"do\":\"%s\","
                     "\"with\":%s}",
                     NAMES[n], WITH[i]);
            got[n] = ask_text(&USERS[1], text);
        }
        assert_string_equal(got[0], got[1]);
        free(got[0]);
        free(got[1]);
    }
}

static json_t *first_handover(const json_t *answer)
{
    return json_array_get(json_object_get(json_object_get(answer, "result"), "overdrachten"),
                          0);
}

static void a_list_of_handovers_names_persons_to_a_klantregisseur_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(USERS) / sizeof(USERS[0]); i++) {
        json_auto_t *answer = ask(&USERS[i], "overdracht.list", json_object());
        json_t *row = first_handover(answer);
        assert_string_equal(json_string_value(json_object_get(row, "id")), overdracht);
        assert_int_equal(json_object_get(row, "naam") != NULL,
                         (USERS[i].roles & ROLLEN_KLANTREGISSEUR) != 0);
    }
}

static void who_has_no_role_hears_one_sentence(void **state)
{
    static const char *const TEXTS[] = { "", "{}", "status" };

    (void)state;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        SCOPED_MEM char *got = ask_text(&NOBODY, TEXTS[i]);
        json_auto_t *answer = json_loads(got, 0, NULL);
        assert_string_equal(says(answer), "you have no role here");
        assert_string_equal(
            json_string_value(json_object_get(json_object_get(answer, "fault"), "code")),
            "permission");
    }
}

static void the_audit_says_who_and_as_what(void **state)
{
    (void)state;
    json_auto_t *shown =
        ask(&USERS[0], "overdracht.show", json_pack("{s:s}", "id", overdracht));
    json_auto_t *file =
        ask(&USERS[0], "overdracht.file",
            json_pack("{s:s, s:s, s:i}", "id", overdracht, "what", "dossier", "offset", 0));
    json_auto_t *state_of_peer =
        ask(&USERS[1], "peer.state",
            json_pack("{s:s, s:s}", "gemeente", "0310", "to", "geschorst"));
    assert_true(json_is_true(json_object_get(shown, "ok")));
    assert_true(json_is_true(json_object_get(file, "ok")));
    assert_true(json_is_true(json_object_get(state_of_peer, "ok")));
    assert_true(town_count(OUD, "SELECT count(*) FROM audit WHERE action = 'read'"
                                " AND actor = 'uid 1 klantregisseur'")
                > 0);
    assert_true(town_count(OUD, "SELECT count(*) FROM audit WHERE action = 'peer'"
                                " AND actor = 'uid 2 beheer'")
                > 0);
}

/* --- events ---------------------------------------------------------------------------- */

static bool hears(const struct user *user)
{
    char got[256] = "";
    const struct timeval soon = { .tv_usec = 200000 };
    int fd = connect_as(user, "events", 0x21);

    if (fd < 0)
        return false;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
    ssize_t size = -1;
    for (int tries = 0; size < 0 && tries < 50; tries++) {
        events_publish(OUD->gateway.events, "peer", "01a2");
        size = recv(fd, got, sizeof(got) - 1, 0);
    }
    close(fd);
    return size > 9 && memmem(got, (size_t)size, "\"kind\":\"peer\"", 13);
}

static void events_are_heard_by_whom_they_concern(void **state)
{
    unsigned roles = api_roles(json_object_get(OUD->gateway.api->tree, "events"));

    (void)state;
    for (size_t i = 0; i < sizeof(USERS) / sizeof(USERS[0]); i++)
        if (hears(&USERS[i]) != ((USERS[i].roles & roles) != 0))
            fail_msg("events as %s", USERS[i].name);
    assert_false(hears(&NOBODY));
}

/* --- the door -------------------------------------------------------------------------- */

static void expect_modes(mode_t socket, mode_t in, gid_t gid)
{
    struct stat status;
    char path[80];

    snprintf(path, sizeof(path), "%s/control.sock", folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, socket);
    assert_int_equal(status.st_gid, gid);
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 07777, in);
}

/* Reads estafette.ini anew with these lists. */
static void change(const char *lists, bool good)
{
    struct fault fault = { 0 };

    snprintf(extra, sizeof(extra), "[local]\nsockets = %s\n%s", folder, lists);
    town_configure(OUD);
    assert_int_equal(gateway_reload(&OUD->gateway, &fault), good);
    gateway_tend(&OUD->gateway);
}

static void the_sockets_open_to_whom_is_named_and_no_further(void **state)
{
    static const struct user MAIL = { "mail", 8, 8, 0 };

    (void)state;
    expect_modes(0666, 0711, 0);
    change("", true);
    expect_modes(0600, 0711, 0);
    assert_null(ask_text(&USERS[0], "{}"));
    assert_int_equal(chmod(folder, 0700), 0);
    change("[rollen]\nlezer = @mail\n", true);
    expect_modes(0660, 0710, 8);
    assert_null(ask_text(&USERS[0], "{}"));
    json_auto_t *status = ask(&MAIL, "status", json_object());
    assert_true(json_is_true(json_object_get(status, "ok")));
    change("[rollen]\nlezer = @geen-groep\n", false);
    expect_modes(0660, 0710, 8);
    change(ROLES, true);
    expect_modes(0666, 0711, 8);
    json_auto_t *again = ask(&USERS[2], "status", json_object());
    assert_true(json_is_true(json_object_get(again, "ok")));
}

static int start(void **state)
{
    (void)state;
    town_install();
    snprintf(folder, sizeof(folder), "/tmp/estafette_rollen.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(extra, sizeof(extra), "[local]\nsockets = %s\n%s", folder, ROLES);
    OUD->duo = extra;
    town_gather(TOWNS, 2, 2);
    town_stop(OUD);
    town_start(OUD);
    town_send(OUD, &TOWNS[1], overdracht);
    return 0;
}

static int stop(void **state)
{
    char path[80];

    (void)state;
    town_scatter(TOWNS, 2);
    snprintf(path, sizeof(path), "%s/control.sock", folder);
    (void)unlink(path);
    snprintf(path, sizeof(path), "%s/events.sock", folder);
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_not_ask_something_hears_that_it_is_not_there),
        cmocka_unit_test(what_may_not_be_asked_cannot_be_told_from_what_does_not_exist),
        cmocka_unit_test(a_list_of_handovers_names_persons_to_a_klantregisseur_only),
        cmocka_unit_test(who_has_no_role_hears_one_sentence),
        cmocka_unit_test(the_audit_says_who_and_as_what),
        cmocka_unit_test(events_are_heard_by_whom_they_concern),
        cmocka_unit_test(the_sockets_open_to_whom_is_named_and_no_further),
    };

    if (geteuid() != 0) {
        fprintf(stderr, "SKIPPED: roles on the bus: it takes root to be somebody else\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}

/* A family is those who move together, and nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/xmldoc.h"
#include "gateway/huishouden.h"
#include "gateway/sql.h"
#include "tests/gateway/handover.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MOVES_MAX 5
#define DAY 86400

static const char *const BSNS[] = { "999900006", "999900018", "999900043", "999900055" };
static const char *const VNUMMERS[] = { "0099990001", "0099990002", "0099990003",
                                        "0099990004" };

/* --- people who move ------------------------------------------------------------------- */

struct move {
    const char *who;   /* 'A'..'D', with a BSN; 'a'..'d': the same by v-nummer only */
    const char *names; /* in the dossier, likewise; NULL: there is none yet */
    enum rol rol;
    enum overdracht_state state;
    const char *peer; /* NULL: PEER; "": not known */
    int days;         /* later than the first */
};

static const char *id_of(size_t i)
{
    static char id[UUID_SIZE];

    snprintf(id, sizeof(id), "01900000-0000-7000-8000-%012u", (unsigned)i);
    return id;
}

static void set_number(char letter, struct persoon *persoon)
{
    bool bsn = letter < 'a';
    int nth = letter - (bsn ? 'A' : 'a');

    snprintf(bsn ? persoon->bsn : persoon->vnummer,
             bsn ? sizeof(persoon->bsn) : sizeof(persoon->vnummer), "%s",
             bsn ? BSNS[nth] : VNUMMERS[nth]);
}

/* What the dossier of the handover says of its household. */
static void note(const char *id, const char *names)
{
    SCOPED_BUF struct buf xml = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;

    buf_add_text(&xml, "<dossier xmlns=\"urn:nl:estafette:dossier:1\"><persoon>"
                       "<gezinsleden>");
    for (; *names; names++) {
        struct persoon persoon = { 0 };
        set_number(*names, &persoon);
        buf_addf(&xml, "<gezinslid><%s>%s</%s></gezinslid>", *persoon.bsn ? "bsn" : "vnummer",
                 *persoon.bsn ? persoon.bsn : persoon.vnummer,
                 *persoon.bsn ? "bsn" : "vnummer");
    }
    buf_add_text(&xml, "</gezinsleden></persoon></dossier>");
    assert_true(xmldoc_parse((const char *)xml.data, xml.size, &doc, &fault));
    if (!huishouden_note(db, KEYS, id, xmlDocGetRootElement(doc), &fault))
        fail_msg("%s", fault.text);
}

static void begin(size_t i, const struct move *move)
{
    struct overdracht o = {
        .rol = move->rol, .state = move->state, .gemeentecode = "0310", .eigen_code = "0344"
    };
    struct persoon persoon = { .naam = CANARY };

    snprintf(o.id, sizeof(o.id), "%s", id_of(i));
    snprintf(o.peer, sizeof(o.peer), "%s", move->peer ? move->peer : PEER);
    set_number(*move->who, &persoon);
    if (!overdracht_add(db, KEYS, "test", &o, &persoon, &fault)
        || !sql_do(db, &fault, "UPDATE overdracht SET created = ? WHERE id = ?", "it",
                   (int64_t)1790000000 + (int64_t)move->days * DAY, o.id))
        fail_msg("%s", fault.text);
    if (move->names)
        note(o.id, move->names);
}

/* Of each handover the number of the first of its family; "-": it has none. */
static void expect_families(const char *what, const char *expected)
{
    json_auto_t *gezinnen = NULL;

    if (!huishouden_all(db, &gezinnen, &fault))
        fail_msg("%s: %s", what, fault.text);
    for (size_t i = 0; expected[i]; i++) {
        char first = '-';
        const char *gezin = json_string_value(json_object_get(gezinnen, id_of(i)));
        if (gezin)
            first = gezin[strlen(gezin) - 1];
        if (first != expected[i])
            fail_msg("%s: number %zu is of '%c', not '%c'", what, i, first, expected[i]);
    }
}

/* clang-format off */
#define IN ROL_ONTVANGER, OVERDRACHT_ONTVANGEN
#define UIT ROL_VERSTREKKER, OVERDRACHT_VERZONDEN
static const struct family {
    const char *what;
    struct move moves[MOVES_MAX];
    const char *families;
} FAMILIES[] = {
    { "they name each other", { { "A", "B", IN, NULL, 0 }, { "B", "A", IN, NULL, 3 } }, "00" },
    { "one names the other", { { "A", "B", UIT, NULL, 0 }, { "B", "", UIT, NULL, 3 } }, "00" },
    { "the other is only asked for yet", { { "A", "B", IN, NULL, 0 },
        { "B", NULL, ROL_ONTVANGER, OVERDRACHT_VERZOCHT, NULL, 3 } }, "00" },
    { "by v-nummer", { { "A", "b", IN, NULL, 0 }, { "b", "", IN, NULL, 0 } }, "00" },
    { "a chain", { { "A", "B", IN, NULL, 0 }, { "B", "C", IN, NULL, 0 }, { "C", "D", IN, NULL, 0 },
        { "D", "", IN, NULL, 0 } }, "0000" },
    { "both name a third", { { "A", "C", IN, NULL, 0 }, { "B", "C", IN, NULL, 0 }, { "C", "", IN, NULL, 0 } }, "000" },
    { "it has ended", { { "A", "B", IN, NULL, 0 },
        { "B", "", ROL_ONTVANGER, OVERDRACHT_OVERGENOMEN, NULL, 0 } }, "00" },
    { "somebody twice", { { "A", "B", UIT, NULL, 0 }, { "B", "A", ROL_VERSTREKKER, OVERDRACHT_GEWEIGERD, NULL, 0 },
        { "B", "A", UIT, NULL, 9 } }, "000" },
    { "two families at once", { { "A", "C", IN, NULL, 0 }, { "B", "D", IN, NULL, 0 }, { "C", "", IN, NULL, 0 },
        { "D", "", IN, NULL, 0 } }, "0101" },

    { "a stranger", { { "A", "B", IN, NULL, 0 }, { "B", "A", IN, NULL, 0 }, { "C", "", IN, NULL, 0 } }, "00-" },
    { "nobody of them is here", { { "A", "BCD", IN, NULL, 0 } }, "-" },
    { "who only share somebody who is not here", { { "A", "C", IN, NULL, 0 }, { "B", "C", IN, NULL, 0 } }, "--" },
    { "with another municipality", { { "A", "B", IN, NULL, 0 }, { "B", "A", IN, OTHER, 0 } }, "--" },
    { "with nobody knows whom", { { "A", "B", IN, NULL, 0 },
        { "B", NULL, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD, "", 0 } }, "--" },
    { "the other way", { { "A", "B", IN, NULL, 0 }, { "B", "A", UIT, NULL, 0 } }, "--" },
    { "half a year later", { { "A", "B", IN, NULL, 0 }, { "B", "A", IN, NULL, 183 } }, "--" },
    { "one of them withdrawn", { { "A", "BC", IN, NULL, 0 },
        { "B", "AC", ROL_ONTVANGER, OVERDRACHT_INGETROKKEN, NULL, 0 }, { "C", "", IN, NULL, 0 } }, "0-0" },
    { "whom only a withdrawn one named", { { "A", "BC", ROL_VERSTREKKER, OVERDRACHT_INGETROKKEN, NULL, 0 },
        { "B", "", UIT, NULL, 0 }, { "C", "", UIT, NULL, 0 } }, "---" },
    { "one who names himself, twice", { { "A", "A", IN, NULL, 0 }, { "A", "A", IN, NULL, 9 } }, "--" },
    { "a BSN is no v-nummer", { { "A", "B", IN, NULL, 0 }, { "b", "", IN, NULL, 0 } }, "--" },
};
/* clang-format on */

static void who_moves_together_is_a_family_and_nobody_else(void **state)
{
    for (size_t i = 0; i < COUNT(FAMILIES); i++) {
        assert_int_equal(open_db(state), 0);
        for (size_t k = 0; k < MOVES_MAX && FAMILIES[i].moves[k].who; k++)
            begin(k, &FAMILIES[i].moves[k]);
        expect_families(FAMILIES[i].what, FAMILIES[i].families);
        assert_int_equal(close_db(state), 0);
    }
}

/* --- in the course of time ------------------------------------------------------------- */

static const struct move PAIR[] = { { "A", "B", IN, NULL, 0 }, { "B", "", IN, NULL, 0 } };

static void a_newer_dossier_says_anew_who_they_are(void **state)
{
    (void)state;
    begin(0, &PAIR[0]);
    begin(1, &PAIR[1]);
    expect_families("first", "00");
    note(id_of(0), "CD");
    expect_families("then", "--");
    note(id_of(0), "CDB");
    expect_families("again", "00");
}

static void who_was_wiped_is_in_no_family(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin(2 * i, &PAIR[0]);
        begin(2 * i + 1, &PAIR[1]);
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET bsn_index = NULL WHERE id = ?",
                           "t", id_of(2 * i + i)));
        expect_families(i == 0 ? "who names" : "who is named", i == 0 ? "--" : "----");
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET bsn_index = NULL", ""));
    }
}

static void a_family_is_called_by_the_first_and_found_by_each(void **state)
{
    char gezin[UUID_SIZE];

    (void)state;
    begin(4, &PAIR[0]);
    begin(3, &PAIR[1]);
    for (size_t i = 3; i < 5; i++) {
        json_auto_t *others = json_array();
        assert_true(huishouden_others(db, id_of(i), gezin, others, &fault));
        assert_string_equal(gezin, id_of(3));
        assert_int_equal(json_array_size(others), 1);
        assert_string_equal(json_string_value(json_array_get(others, 0)), id_of(7 - i));
    }
    begin(1, &(struct move){ "C", "A", IN, NULL, 1 });
    json_auto_t *others = json_array();
    assert_true(huishouden_others(db, id_of(1), gezin, others, &fault));
    assert_string_equal(gezin, id_of(1));
    assert_string_equal(json_string_value(json_array_get(others, 0)), id_of(3));
    assert_string_equal(json_string_value(json_array_get(others, 1)), id_of(4));
    begin(2, &(struct move){ "D", "", IN, NULL, 0 });
    json_auto_t *none = json_array();
    assert_true(huishouden_others(db, id_of(2), gezin, none, &fault));
    assert_string_equal(gezin, "");
    assert_int_equal(json_array_size(none), 0);
}

/* --- at rest ---------------------------------------------------------------------------- */

static void no_number_lies_readable_in_the_store(void **state)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row = false;
    int rows = 0;

    (void)state;
    begin(0, &(struct move){ "A", "BCd", IN, NULL, 0 });
    assert_true(sql_query(db, &stmt, &fault,
                          "SELECT persoon_index, typeof(persoon_index) FROM huisgenoot", ""));
    while (sql_row(stmt, &row, &fault) && row) {
        SCOPED_BUF struct buf bytes = { 0 };
        sql_bytes(stmt, 0, &bytes);
        assert_int_equal(bytes.size, 32);
        assert_string_equal(sql_text(stmt, 1), "blob");
        for (size_t i = 0; i < COUNT(BSNS); i++) {
            assert_null(memmem(bytes.data, bytes.size, BSNS[i], 9));
            assert_null(memmem(bytes.data, bytes.size, VNUMMERS[i], 10));
        }
        rows++;
    }
    assert_int_equal(rows, 3);
}

/* Whoever holds only the store cannot try all numbers: the index is under the home key. */
static void an_index_is_not_a_plain_digest(void **state)
{
    struct digest plain;
    SCOPED_BUF struct buf text = { 0 };

    (void)state;
    begin(0, &PAIR[0]);
    buf_addf(&text, "bsn:%s", BSNS[1]);
    digest_of(text.data, text.size, &plain);
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;
    assert_true(sql_query(db, &stmt, &fault,
                          "SELECT 1 FROM huisgenoot WHERE persoon_index = ?", "d", &plain));
    assert_true(sql_row(stmt, &row, &fault));
    assert_false(row);
}

/* --- a list ----------------------------------------------------------------------------- */

static void members_stand_where_the_first_of_them_stands(void **state)
{
    /* clang-format off */
    static const struct {
        const char *list, *families, *together;
    } CASES[] = {
        { "7654321", "",                  "7654321" },
        { "7654321", "7:1 3:1 1:1",       "7316542" },
        { "7654321", "7:1 6:2 3:1 2:2 1:1", "7316254" },
        { "7654321", "2:1 1:1",           "7654321" },
        { "31",      "3:1 2:1 1:1",       "31" },
        { "2",       "3:1 2:1",           "2" },
        { "",        "3:1 2:1",           "" },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        json_auto_t *list = json_array(), *gezinnen = json_object();
        for (const char *at = CASES[i].list; *at; at++)
            json_array_append_new(list, json_pack("{s:s%}", "id", at, (size_t)1));
        for (const char *at = CASES[i].families; *at; at += at[3] ? 4 : 3)
            json_object_set_new(gezinnen, (char[]){ at[0], '\0' }, json_stringn(at + 2, 1));
        huishouden_together(list, gezinnen);
        assert_int_equal(json_array_size(list), strlen(CASES[i].together));
        for (size_t k = 0; k < json_array_size(list); k++) {
            const json_t *item = json_array_get(list, k);
            const char *id = json_string_value(json_object_get(item, "id"));
            assert_int_equal(*id, CASES[i].together[k]);
            assert_true(
                json_equal(json_object_get(item, "gezin"), json_object_get(gezinnen, id))
                || !json_object_get(gezinnen, id));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_moves_together_is_a_family_and_nobody_else),
        WITH_DB(a_newer_dossier_says_anew_who_they_are),
        WITH_DB(who_was_wiped_is_in_no_family),
        WITH_DB(a_family_is_called_by_the_first_and_found_by_each),
        WITH_DB(no_number_lies_readable_in_the_store),
        WITH_DB(an_index_is_not_a_plain_digest),
        cmocka_unit_test(members_stand_where_the_first_of_them_stands),
    };

    return cmocka_run_group_tests(tests, handover_start, handover_stop);
}

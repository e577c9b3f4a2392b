/* What messages mean for a handover: theirs when they come in, ours when they have ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/weigering.h"
#include "codecs/xmldoc.h"
#include "gateway/sql.h"
#include "tests/gateway/handover.h"
#include "tests/sample.h"

static char counted[UUID_SIZE]; /* the handover for which a message counted */

/* --- what a message means ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what;
    enum soort soort;
    const char *peer;          /* who sends it */
    enum rol rol;
    int at;                    /* where the handover stands; -1: there is none */
    const char *becomes;       /* NULL: refused */
    const char *says;
} MEANINGS[] = {
    { "dossier out of the blue", SOORT_DOSSIER, PEER, ROL_ONTVANGER, -1, "ontvangen", NULL },
    { "dossier that was asked for", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_VERZOCHT, "ontvangen", NULL },
    { "dossier after a signal", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_GESIGNALEERD, "ontvangen", NULL },
    { "second dossier", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, NULL, "it cannot become ontvangen" },
    { "dossier back to who gave it", SOORT_DOSSIER, PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, NULL, "it cannot become ontvangen" },
    { "dossier from another peer", SOORT_DOSSIER, OTHER, ROL_ONTVANGER, OVERDRACHT_VERZOCHT, NULL, "overdrachtId belongs to another handover" },
    { "overname of what was delivered", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, "overgenomen", NULL },
    { "overname before we saw the receipt", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN, "overgenomen", NULL },
    { "overname of what was asked for", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, NULL, "there is no dossier to judge" },
    { "overname of what was given up", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_VERLOPEN, NULL, "there is no dossier to judge" },
    { "dossier after all", SOORT_DOSSIER, PEER, ROL_ONTVANGER, OVERDRACHT_VERLOPEN, "ontvangen", NULL },
    { "overname twice", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, NULL, "it cannot become overgenomen" },
    { "overname of what was withdrawn", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, OVERDRACHT_INGETROKKEN, NULL, "it cannot become overgenomen" },
    { "overname from who gave it", SOORT_OVERNAME, PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, NULL, "overname: this side received the dossier" },
    { "overname from another peer", SOORT_OVERNAME, OTHER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, NULL, "overdrachtId belongs to another handover" },
    { "overname of nothing", SOORT_OVERNAME, PEER, ROL_VERSTREKKER, -1, NULL, "overname: no such handover here" },
    { "supplement of nothing", SOORT_AANVULLING, PEER, ROL_ONTVANGER, -1, NULL, "aanvulling: no such handover here" },
    { "withdrawal of nothing", SOORT_INTREKKING, PEER, ROL_ONTVANGER, -1, NULL, "intrekking: no such handover here" },
    { "withdrawal from another peer", SOORT_INTREKKING, OTHER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, NULL, "overdrachtId belongs to another handover" },
    { "confirmation of nothing", SOORT_INTREKKINGBEVESTIGING, PEER, ROL_VERSTREKKER, -1, NULL, "intrekkingbevestiging: no such handover here" },
    { "confirmation of no withdrawal", SOORT_INTREKKINGBEVESTIGING, PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, NULL, "antwoordOp is no withdrawal of ours" },
};
/* clang-format on */

static void try_meaning(size_t i)
{
    struct kop kop = { .soort = MEANINGS[i].soort,
                       .overdracht_id = FIRST,
                       .afzender = { .gemeentecode = "0310" },
                       .ontvanger = { .oin = "00000099000000001000",
                                      .gemeentecode = "0344" } };
    bool known = MEANINGS[i].at >= 0;

    snprintf(kop.afzender.oin, OIN_SIZE, "%s", MEANINGS[i].peer);
    if (known)
        add(FIRST, MEANINGS[i].rol, (enum overdracht_state)MEANINGS[i].at);
    bool good =
        overdracht_received(db, KEYS, &kop, xmlDocGetRootElement(DOSSIER), counted, &fault);
    if (good != (MEANINGS[i].becomes != NULL))
        fail_msg("%s: %s", MEANINGS[i].what, good ? "accepted" : fault.text);
    if (!good) {
        assert_int_equal(fault.code, FAULT_STATE);
        if (!strstr(fault.text, MEANINGS[i].says))
            fail_msg("%s: %s", MEANINGS[i].what, fault.text);
    }
    if (good)
        expect_state(FIRST, MEANINGS[i].becomes, "");
    else if (known)
        expect_state(FIRST, overdracht_state_name((enum overdracht_state)MEANINGS[i].at), "");
    else
        assert_int_equal(count("SELECT count(*) FROM overdracht"), 0);
}

static void a_message_moves_only_the_handover_it_fits(void **state)
{
    for (size_t i = 0; i < sizeof(MEANINGS) / sizeof(MEANINGS[0]); i++) {
        try_meaning(i);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

/* --- refusals ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *what, *peer;
    enum rol rol;
    int at;                   /* where the handover stands; -1: there is none */
    const char *antwoord_op;  /* LATER was sent last, MESSAGE before it */
    const char *code, *parts;
    const char *becomes, *reden; /* NULL: refused, and says */
} REFUSALS[] = {
    { "of what was delivered", PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, LATER, "dubbel", "", "geweigerd", "dubbel" },
    { "before we saw the receipt", PEER, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN, LATER, "geen-inwoner", "", "geweigerd", "geen-inwoner" },
    { "something lacks", PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, LATER, "onvolledig", "duo pip", "gevraagd", "onvolledig: pip, duo" },
    { "something lacks, before we saw the receipt", PEER, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN, LATER, "onvolledig", "pip", "gevraagd", "onvolledig: pip" },
    { "twice", PEER, ROL_VERSTREKKER, OVERDRACHT_GEWEIGERD, LATER, "dubbel", "", NULL, "it cannot become geweigerd" },
    { "something lacks, twice", PEER, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, LATER, "onvolledig", "pip", NULL, "there is no dossier to judge" },
    { "after a return", PEER, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, LATER, "dubbel", "", NULL, "there is no dossier to judge" },
    { "after taking over", PEER, ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, LATER, "dubbel", "", NULL, "it cannot become geweigerd" },
    { "something lacks after taking over", PEER, ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, LATER, "onvolledig", "pip", NULL, "it cannot become gevraagd" },
    { "of what was withdrawn", PEER, ROL_VERSTREKKER, OVERDRACHT_INGETROKKEN, LATER, "dubbel", "", NULL, "it cannot become geweigerd" },
    { "from who gave it", PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, LATER, "dubbel", "", NULL, "weigering: this side received the dossier" },
    { "a return from who gave it", PEER, ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, LATER, "onvolledig", "pip", NULL, "weigering: this side received the dossier" },
    { "from another peer", OTHER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, LATER, "dubbel", "", NULL, "overdrachtId belongs to another handover" },
    { "of nothing", PEER, ROL_VERSTREKKER, -1, LATER, "dubbel", "", NULL, "weigering: no such handover here" },
    { "of an earlier dossier", PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, MESSAGE, "dubbel", "", NULL, "weigering: antwoordOp is not the dossier that was sent last" },
    { "of another message", PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, FIRST, "dubbel", "", NULL, "weigering: antwoordOp is not the dossier that was sent last" },
    { "of no message", PEER, ROL_VERSTREKKER, OVERDRACHT_BEZORGD, "", "dubbel", "", NULL, "weigering: antwoordOp is not the dossier that was sent last" },
};
/* clang-format on */

static void try_refusal(size_t i)
{
    SCOPED_WEIGERING struct weigering weigering = { 0 };
    struct kop kop = { .soort = SOORT_WEIGERING, .overdracht_id = FIRST };
    bool known = REFUSALS[i].at >= 0;

    assert_true(
        weigering_parse(REFUSALS[i].code, REFUSALS[i].parts, CANARY, &weigering, &fault));
    SCOPED_XMLDOC xmlDoc *content = weigering_build(&weigering);
    snprintf(kop.afzender.oin, OIN_SIZE, "%s", REFUSALS[i].peer);
    snprintf(kop.antwoord_op, UUID_SIZE, "%s", REFUSALS[i].antwoord_op);
    if (known) {
        add(FIRST, REFUSALS[i].rol, (enum overdracht_state)REFUSALS[i].at);
        queue(MESSAGE, "dossier");
        queue(LATER, "dossier");
    }
    int64_t rows = count("SELECT count(*) FROM audit");
    bool good =
        overdracht_received(db, KEYS, &kop, xmlDocGetRootElement(content), counted, &fault);
    if (good != (REFUSALS[i].becomes != NULL))
        fail_msg("%s: %s", REFUSALS[i].what, good ? "accepted" : fault.text);
    if (good) {
        expect_state(FIRST, REFUSALS[i].becomes, REFUSALS[i].reden);
    } else {
        assert_int_equal(fault.code, FAULT_STATE);
        if (!strstr(fault.text, REFUSALS[i].reden))
            fail_msg("%s: %s", REFUSALS[i].what, fault.text);
        if (known)
            expect_state(FIRST, overdracht_state_name((enum overdracht_state)REFUSALS[i].at),
                         "");
    }
    assert_int_equal(count("SELECT count(*) FROM audit"), rows + good);
    assert_int_equal(count("SELECT count(*) FROM audit WHERE instr(detail, '" CANARY "')"), 0);
    assert_int_equal(count("SELECT count(*) FROM overdracht WHERE instr(reden, '" CANARY "')"),
                     0);
}

static void a_refusal_moves_only_what_it_fits_and_gives_its_code(void **state)
{
    for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(REFUSALS[0]); i++) {
        try_refusal(i);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

/* --- the same person ----------------------------------------------------------------------
 */

/* The handover is about the sample: BSN 999900031 and no v-nummer. */
static void only_a_dossier_of_the_same_person_joins(void **state)
{
    static const char BSN[] = "<bsn>999900031</bsn>";
    static const struct {
        const char *identity;
        bool same;
    } CASES[] = {
        { "<bsn>999900031</bsn>", true },
        { "<bsn>999900031</bsn><vnummer>1234567890</vnummer>", true },
        { "<bsn>999900031</bsn><vnummer>1234567891</vnummer>", false }, /* one was learned */
        { "<vnummer>1234567890</vnummer>", true },
        { "<bsn>999900043</bsn>", false },
        { "<bsn>999900043</bsn><vnummer>1234567890</vnummer>", false },
        { "<vnummer>1234567891</vnummer>", false },
    };
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    struct kop kop = { .soort = SOORT_DOSSIER,
                       .overdracht_id = FIRST,
                       .afzender = { PEER, "0310" } };

    (void)state;
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_MEM char *text = sample_replace(sample, BSN, CASES[i].identity);
        SCOPED_XMLDOC xmlDoc *doc = NULL;
        assert_true(xmldoc_parse(text, strlen(text), &doc, &fault));
        assert_true(sql_do(db, &fault, "UPDATE overdracht SET state = 'verzocht'", ""));
        bool same =
            overdracht_received(db, KEYS, &kop, xmlDocGetRootElement(doc), counted, &fault);
        if (same != CASES[i].same)
            fail_msg("%s: %s", CASES[i].identity, same ? "joined" : fault.text);
        if (!same)
            assert_string_equal(fault.text, "this is not about the person of handover " FIRST);
        expect_state(FIRST, same ? "ontvangen" : "verzocht", "");
    }
}

static void a_newer_dossier_tells_how_the_person_is_called(void **state)
{
    SCOPED_MEM char *sample = sample_dossier("gezinsmigrant.xml");
    SCOPED_MEM char *text = sample_replace(sample, "Proefpersoon", "Verbeterd");
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct kop kop = { .soort = SOORT_DOSSIER,
                       .overdracht_id = FIRST,
                       .afzender = { PEER, "0310" } };
    struct overdracht o;
    bool found;

    (void)state;
    assert_true(xmldoc_parse(text, strlen(text), &doc, &fault));
    add(FIRST, ROL_ONTVANGER, OVERDRACHT_VERZOCHT);
    assert_true(
        overdracht_received(db, KEYS, &kop, xmlDocGetRootElement(doc), counted, &fault));
    assert_true(overdracht_get(db, KEYS, FIRST, &o, &found, &fault) && found);
    assert_string_equal(o.naam, "A.C. van der Verbeterd-Ñuñes");
}

static void a_ping_is_about_no_handover(void **state)
{
    struct kop kop = { .soort = SOORT_PING, .overdracht_id = FIRST, .afzender = { PEER, "" } };

    (void)state;
    assert_true(overdracht_received(db, KEYS, &kop, NULL, counted, &fault));
    assert_int_equal(count("SELECT count(*) FROM overdracht"), 0);
}

/* --- what the end of our message means --------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *soort;
    enum rol rol;
    enum overdracht_state at;
    bool asked; /* a weigering came before */
    int attempts;
    enum outbox_state end;
    const char *reason, *becomes, *reden;
} ENDS[] = {
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   false, 1, OUTBOX_DELIVERED, "",            "bezorgd",     "" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, false, 1, OUTBOX_DELIVERED, "",            "overgenomen", "" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_GEWEIGERD,   false, 1, OUTBOX_DELIVERED, "",            "geweigerd",   "" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   false, 1, OUTBOX_REFUSED,   "schema: x",   "geweigerd",   "schema: x" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   false, 9, OUTBOX_EXPIRED,   "no answer",   "verlopen",    "no answer" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   false, 0, OUTBOX_CANCELLED, "weg",         "ingetrokken", "weg" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_OVERGENOMEN, false, 9, OUTBOX_CANCELLED, "weg",         "overgenomen", "dossier cancelled: weg" },
    /* what was asked for and did not arrive is still asked for */
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   true,  1, OUTBOX_DELIVERED, "",            "bezorgd",     "" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   true,  1, OUTBOX_REFUSED,   "schema: x",   "gevraagd",    "schema: x" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   true,  9, OUTBOX_EXPIRED,   "no answer",   "gevraagd",    "no answer" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_VERZONDEN,   true,  0, OUTBOX_CANCELLED, "weg",         "gevraagd",    "weg" },
    /* our request; and our refusal of theirs, which stays asked until that has come */
    { "dossierverzoek", ROL_ONTVANGER, OVERDRACHT_VERZOCHT, false, 1, OUTBOX_DELIVERED, "",            "verzocht",    "" },
    { "dossierverzoek", ROL_ONTVANGER, OVERDRACHT_VERZOCHT, false, 1, OUTBOX_REFUSED,   "toestand: x", "afgewezen",   "toestand: x" },
    { "dossierverzoek", ROL_ONTVANGER, OVERDRACHT_VERZOCHT, false, 9, OUTBOX_EXPIRED,   "no answer",   "verlopen",    "no answer" },
    { "dossierverzoek", ROL_ONTVANGER, OVERDRACHT_VERZOCHT, false, 0, OUTBOX_CANCELLED, "weg",         "ingetrokken", "weg" },
    { "dossierverzoek", ROL_ONTVANGER, OVERDRACHT_ONTVANGEN, false, 9, OUTBOX_EXPIRED,  "no answer",   "ontvangen",   "dossierverzoek expired: no answer" },
    { "verzoekafwijzing", ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, false, 1, OUTBOX_DELIVERED, "", "gevraagd", "" },
    { "verzoekafwijzing", ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, false, 1, OUTBOX_REFUSED, "toestand: x", "gevraagd", "verzoekafwijzing refused: toestand: x" },
    { "verzoekafwijzing", ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD, false, 9, OUTBOX_EXPIRED, "x", "gevraagd", "verzoekafwijzing expired: x" },
    /* what was answered has arrived, whatever became of the receipt */
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,    true,  1, OUTBOX_DELIVERED, "",            "gevraagd",    "" },
    { "dossier",   ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD,    true,  9, OUTBOX_EXPIRED,   "x",           "gevraagd",    "dossier expired: x" },
    { "overname",  ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, false, 1, OUTBOX_DELIVERED, "",            "overgenomen", "" },
    { "overname",  ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, false, 1, OUTBOX_REFUSED,   "toestand: x", "overgenomen", "overname refused: toestand: x" },
    { "overname",  ROL_ONTVANGER,   OVERDRACHT_OVERGENOMEN, false, 9, OUTBOX_EXPIRED,   "no answer",   "overgenomen", "overname expired: no answer" },
    /* a return that surely does not count there is taken back; an end is none */
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,    false, 1, OUTBOX_DELIVERED, "",            "verzocht",    "" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,    false, 1, OUTBOX_REFUSED,   "toestand: x", "ontvangen",   "weigering refused: toestand: x" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,    false, 0, OUTBOX_CANCELLED, "weg",         "ontvangen",   "weigering cancelled: weg" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,    false, 1, OUTBOX_CANCELLED, "weg",         "verzocht",    "weigering cancelled: weg" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,    false, 0, OUTBOX_EXPIRED,   "x",           "ontvangen",   "weigering expired: x" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_VERZOCHT,    false, 9, OUTBOX_EXPIRED,   "x",           "verzocht",    "weigering expired: x" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_GEWEIGERD,   false, 1, OUTBOX_REFUSED,   "toestand: x", "geweigerd",   "weigering refused: toestand: x" },
    { "weigering", ROL_ONTVANGER,   OVERDRACHT_GEWEIGERD,   false, 0, OUTBOX_CANCELLED, "weg",         "geweigerd",   "weigering cancelled: weg" },
};
/* clang-format on */

static void the_end_of_a_message_moves_the_handover_or_leaves_its_reason(void **state)
{
    for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
        struct outbox_row row = {
            .id = MESSAGE, .overdracht = FIRST, .peer = PEER, .attempts = ENDS[i].attempts
        };
        snprintf(row.soort, sizeof(row.soort), "%s", ENDS[i].soort);
        add(FIRST, ENDS[i].rol, ENDS[i].at);
        if (ENDS[i].asked)
            receive("weigering", FIRST);
        if (!overdracht_settled(db, KEYS, &row, ENDS[i].end, ENDS[i].reason, &fault))
            fail_msg("%s", fault.text);
        expect_state(FIRST, ENDS[i].becomes, ENDS[i].reden);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

/* Whether it ends the request stands in the reason; the later one of two counts. */
static void a_refusal_of_a_request_ends_it_when_it_is_the_last_and_ends(void **state)
{
    static const struct {
        const char *reden, *reason;
        bool later;
        enum outbox_state end;
        const char *becomes, *says;
    } CASES[] = {
        { "onbekend", "", false, OUTBOX_DELIVERED, "afgewezen", "onbekend" },
        { "verhuisd: 0363", "", false, OUTBOX_DELIVERED, "afgewezen", "verhuisd: 0363" },
        { "onbekend", "", true, OUTBOX_DELIVERED, "gevraagd", "onbekend" },
        { "in-behandeling: 2026-12-01", "", false, OUTBOX_DELIVERED, "gevraagd",
          "in-behandeling: 2026-12-01" },
        { "onbekend", "toestand: x", false, OUTBOX_REFUSED, "afgewezen",
          "onbekend; verzoekafwijzing refused: toestand: x" },
        { "onbekend", "schema: x", false, OUTBOX_REFUSED, "gevraagd",
          "onbekend; verzoekafwijzing refused: schema: x" },
        { "onbekend", "x", false, OUTBOX_EXPIRED, "gevraagd",
          "onbekend; verzoekafwijzing expired: x" },
    };

    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_OUTBOX_ROW struct outbox_row row = { 0 };
        struct overdracht o = add(FIRST, ROL_VERSTREKKER, OVERDRACHT_GEVRAAGD);
        assert_true(overdracht_note(db, "test", &o, CASES[i].reden, &fault));
        queue(MESSAGE, "verzoekafwijzing");
        assert_true(outbox_find(db, MESSAGE, &row, &fault));
        if (CASES[i].later)
            queue(LATER, "verzoekafwijzing");
        assert_true(overdracht_settled(db, KEYS, &row, CASES[i].end, CASES[i].reason, &fault));
        expect_state(FIRST, CASES[i].becomes, CASES[i].says);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

/* The receipt of the first comes after its refusal and the second dossier. */
static void a_receipt_for_an_earlier_dossier_says_nothing_of_the_later(void **state)
{
    SCOPED_OUTBOX_ROW struct outbox_row first = { 0 }, second = { 0 };

    (void)state;
    add(FIRST, ROL_VERSTREKKER, OVERDRACHT_VERZONDEN);
    receive("weigering", FIRST);
    queue(MESSAGE, "dossier");
    queue(LATER, "dossier");
    assert_true(outbox_find(db, MESSAGE, &first, &fault));
    assert_true(outbox_find(db, LATER, &second, &fault));
    assert_true(overdracht_settled(db, KEYS, &first, OUTBOX_DELIVERED, "", &fault));
    expect_state(FIRST, "verzonden", "");
    assert_true(overdracht_settled(db, KEYS, &second, OUTBOX_DELIVERED, "", &fault));
    expect_state(FIRST, "bezorgd", "");
}

/* Of the three messages the middle one ends; the first is done already. */
static void what_waits_behind_a_message_ends_with_its_reason(void **state)
{
    static const struct {
        enum outbox_state end;
        const char *why;
    } CASES[] = {
        { OUTBOX_DELIVERED, NULL },
        { OUTBOX_REFUSED, "was refused: omdat" },
        { OUTBOX_EXPIRED, "expired: omdat" },
        { OUTBOX_CANCELLED, "was cancelled: omdat" },
    };

    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        SCOPED_OUTBOX_ROW struct outbox_row row = { 0 }, next = { 0 };
        char why[200], reden[300];
        add(FIRST, ROL_ONTVANGER, OVERDRACHT_OVERGENOMEN);
        queue("aaaa", "dossier");
        assert_true(sql_do(db, &fault, "UPDATE outbox SET state = 'delivered'", ""));
        queue("bbbb", "weigering");
        queue("cccc", "overname");
        assert_true(outbox_find(db, "bbbb", &row, &fault));
        assert_true(overdracht_settled(db, KEYS, &row, CASES[i].end, "omdat", &fault));
        assert_true(outbox_find(db, "cccc", &next, &fault));
        snprintf(why, sizeof(why), "the message before it, bbbb, %s", CASES[i].why);
        snprintf(reden, sizeof(reden), "weigering %s: omdat; overname cancelled: %s",
                 outbox_state_name(CASES[i].end), why);
        assert_int_equal(next.state, CASES[i].why ? OUTBOX_CANCELLED : OUTBOX_QUEUED);
        assert_string_equal(next.reason, CASES[i].why ? why : "");
        expect_state(FIRST, "overgenomen", CASES[i].why ? reden : "");
        assert_int_equal(count("SELECT count(*) FROM outbox WHERE state = 'delivered'"), 1);
        assert_int_equal(close_db(state), 0);
        assert_int_equal(open_db(state), 0);
    }
}

static void a_message_without_a_handover_is_our_own_mistake(void **state)
{
    struct outbox_row row = {
        .id = MESSAGE, .overdracht = FIRST, .soort = "dossier", .peer = PEER
    };

    (void)state;
    assert_false(overdracht_settled(db, KEYS, &row, OUTBOX_DELIVERED, "", &fault));
    assert_int_equal(fault.code, FAULT_INTERNAL);
    assert_string_equal(fault.text, "message " MESSAGE " has no handover");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DB(a_message_moves_only_the_handover_it_fits),
        WITH_DB(a_refusal_moves_only_what_it_fits_and_gives_its_code),
        WITH_DB(only_a_dossier_of_the_same_person_joins),
        WITH_DB(a_newer_dossier_tells_how_the_person_is_called),
        WITH_DB(a_ping_is_about_no_handover),
        WITH_DB(the_end_of_a_message_moves_the_handover_or_leaves_its_reason),
        WITH_DB(a_refusal_of_a_request_ends_it_when_it_is_the_last_and_ends),
        WITH_DB(a_receipt_for_an_earlier_dossier_says_nothing_of_the_later),
        WITH_DB(what_waits_behind_a_message_ends_with_its_reason),
        WITH_DB(a_message_without_a_handover_is_our_own_mistake),
    };

    return cmocka_run_group_tests(tests, handover_start, handover_stop);
}

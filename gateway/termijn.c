/* termijn -- see termijn.h. TERMIJN_TABEL is the list of all clocks; docs/protocol.md shows
 * it. */
#include "gateway/termijn.h"

#include <string.h>

#include "codecs/datum.h"
#include "codecs/werkdag.h"

#define DAY_SECONDS 86400L

/* Three working days, as every message of iWmo and iJw is answered within. */
#define ANTWOORD 3

/* Six weeks without an answer; three months without a decision; half a year with nobody to
 * ask. A promise gives four weeks from its day, within half a year of the question. */
enum { STIL = 42, ONBESLIST = 91, NIEMAND = 182, NA_BELOFTE = 28, BELOFTE_MAX = 182 };

#define VERSTREKKER ROL_VERSTREKKER
#define ONTVANGER ROL_ONTVANGER

/* clang-format off */
const struct termijn TERMIJN_TABEL[] = {
    { "antwoord-duo", ONTVANGER, OVERDRACHT_GESIGNALEERD, TERMIJN_BIJ_DUO,
      TERMIJN_SINDS, 1, TERMIJN_DUO, true, 0,
      "DUO geeft nog geen antwoord op wie de vorige gemeente is. Kijk waarom met `estafette "
      "overdracht show ID`, of vraag het dossier zelf op met `estafette overdracht request`.",
      "" },
    { "wie-vragen", ONTVANGER, OVERDRACHT_GESIGNALEERD, TERMIJN_TAAK,
      TERMIJN_SINDS, 5, TERMIJN_WIJ, false, NIEMAND, "",
      "in een half jaar is niemand om het dossier gevraagd" },
    { "niemand-gevraagd", ONTVANGER, OVERDRACHT_GESIGNALEERD, 0,
      TERMIJN_SINDS, 1, TERMIJN_WIJ, false, NIEMAND,
      "Nog niemand is om het dossier gevraagd. Zoek uit waar de betrokkene vandaan komt en "
      "vraag het op met `estafette overdracht request`.",
      "in een half jaar is niemand om het dossier gevraagd" },

    { "verzoek-bezorgen", ONTVANGER, OVERDRACHT_VERZOCHT, TERMIJN_ONDERWEG,
      TERMIJN_SINDS, 1, TERMIJN_ZIJ, true, 0,
      "Het verzoek is nog niet bezorgd. Kijk waarom met `estafette outbox list` en bel zo "
      "nodig de beheerder van die gemeente.",
      "" },
    { "belofte-van-hen", ONTVANGER, OVERDRACHT_VERZOCHT, TERMIJN_BELOOFD,
      TERMIJN_BELOFTE, 0, TERMIJN_ZIJ, false, STIL,
      "Het dossier was voor deze dag beloofd en is er nog niet. Bel de contactpersoon van die "
      "gemeente (`estafette overdracht show ID`).",
      "het beloofde dossier is niet gekomen" },
    { "antwoord-van-hen", ONTVANGER, OVERDRACHT_VERZOCHT, 0,
      TERMIJN_VRAAG, ANTWOORD, TERMIJN_ZIJ, false, STIL,
      "Op het verzoek is nog geen antwoord gekomen. Bel de contactpersoon van die gemeente "
      "(`estafette overdracht show ID`).",
      "het verzoek is niet beantwoord" },

    { "besluit-van-ons", ONTVANGER, OVERDRACHT_ONTVANGEN, 0,
      TERMIJN_DOSSIER, ANTWOORD, TERMIJN_WIJ, false, ONBESLIST,
      "Er staat een dossier klaar: `estafette overdracht show ID`. Neem het over met "
      "`estafette overdracht accept ID`, of weiger het met `estafette overdracht refuse ID`.",
      "over het dossier is niet beslist" },

    { "afwijzing-bezorgen", VERSTREKKER, OVERDRACHT_GEVRAAGD, TERMIJN_ONDERWEG,
      TERMIJN_SINDS, 1, TERMIJN_ZIJ, true, 0,
      "De afwijzing van het verzoek is nog niet bezorgd. Kijk waarom met `estafette outbox "
      "list` en bel zo nodig de beheerder van die gemeente.",
      "" },
    { "belofte-van-ons", VERSTREKKER, OVERDRACHT_GEVRAAGD, TERMIJN_BELOOFD,
      TERMIJN_BELOFTE, 0, TERMIJN_WIJ, false, STIL,
      "Wij hebben het dossier voor deze dag beloofd: stuur het met `estafette overdracht send "
      "DOSSIER --reply-to ID`, of wijs het verzoek af met `estafette overdracht refuse ID`.",
      "het beloofde dossier is niet gestuurd" },
    { "antwoord-van-ons", VERSTREKKER, OVERDRACHT_GEVRAAGD, 0,
      TERMIJN_VRAAG, ANTWOORD, TERMIJN_WIJ, false, STIL,
      "Er wordt een dossier gevraagd: `estafette overdracht show ID`. Stuur het met "
      "`estafette overdracht send DOSSIER --reply-to ID`, of wijs het verzoek af met "
      "`estafette overdracht refuse ID`; met --code in-behandeling noemt u een latere dag.",
      "het verzoek is niet beantwoord" },

    { "dossier-bezorgen", VERSTREKKER, OVERDRACHT_VERZONDEN, 0,
      TERMIJN_SINDS, 1, TERMIJN_ZIJ, true, 0,
      "Het dossier is nog niet bezorgd. Kijk waarom met `estafette outbox list` en bel zo "
      "nodig de beheerder van die gemeente.",
      "" },
    { "besluit-van-hen", VERSTREKKER, OVERDRACHT_BEZORGD, 0,
      TERMIJN_DOSSIER, ANTWOORD, TERMIJN_ZIJ, false, ONBESLIST,
      "De nieuwe gemeente heeft het dossier nog niet overgenomen of geweigerd. Bel haar "
      "contactpersoon (`estafette overdracht show ID`).",
      "over het dossier is niet beslist" },
    { 0 },
};
/* clang-format on */

const char *termijn_wie_name(enum termijn_wie wie)
{
    static const char *const NAMES[] = {
        [TERMIJN_WIJ] = "wij", [TERMIJN_ZIJ] = "zij", [TERMIJN_DUO] = "DUO"
    };

    return NAMES[wie];
}

const struct termijn *termijn_named(const char *name)
{
    for (const struct termijn *t = TERMIJN_TABEL; t->name; t++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

const struct termijn *termijn_of(const struct termijn_stand *stand)
{
    for (const struct termijn *t = TERMIJN_TABEL; t->name; t++)
        if (t->rol == stand->rol && t->state == stand->state
            && (t->needs & ~stand->feiten) == 0)
            return t;
    return NULL;
}

static int64_t moment(const struct termijn *termijn, const struct termijn_stand *stand)
{
    int64_t at = termijn->vanaf == TERMIJN_SINDS     ? stand->sinds
                 : termijn->vanaf == TERMIJN_DOSSIER ? stand->dossier
                                                     : stand->vraag;

    return at ? at : stand->sinds;
}

long termijn_dag(const struct termijn *termijn, const struct termijn_stand *stand)
{
    if (termijn->vanaf == TERMIJN_BELOFTE)
        return datum_day(stand->verwacht);
    return werkdag_add(datum_today(moment(termijn, stand)), termijn->werkdagen);
}

static int64_t midnight(long day)
{
    return (int64_t)(day - datum_day("1970-01-01")) * DAY_SECONDS;
}

/* Not before what was promised, however far that is; but no promise holds it for ever. */
static int64_t with_promise(const struct termijn_stand *stand, int64_t begin, int64_t end)
{
    int64_t promised = midnight(datum_day(stand->verwacht) + NA_BELOFTE);
    int64_t most = begin + BELOFTE_MAX * DAY_SECONDS;

    if (promised > most)
        promised = most;
    return promised > end ? promised : end;
}

bool termijn_voorbij(const struct termijn *termijn, const struct termijn_stand *stand,
                     time_t now)
{
    int64_t begin = moment(termijn, stand);
    int64_t end = begin + termijn->einde * DAY_SECONDS;

    if (termijn->einde == 0)
        return false;
    if (termijn->vanaf == TERMIJN_BELOFTE)
        end = with_promise(stand, begin, end);
    if (termijn->wie != TERMIJN_WIJ)
        end += MESSAGE_LIFE_DAYS * DAY_SECONDS;
    return now >= end;
}

void termijn_doen(const char *doen, const char *id, struct buf *text)
{
    for (const char *at; (at = strstr(doen, "ID")); doen = at + 2) {
        buf_add(text, doen, (size_t)(at - doen));
        buf_add_text(text, id);
    }
    buf_add_text(text, doen);
}

/* wie_vragen -- see wie_vragen.h. ROWS is the decision. */
#include "gateway/wie_vragen.h"

#include <stdio.h>
#include <string.h>

#include "codecs/xmldoc.h"
#include "gateway/opvolger.h"

/* What DUO's answers say. */
enum pip { PIP_VREEMD, PIP_EIGEN, PIP_BINNEN, PIP_GEEN }; /* BINNEN: we are more than one */
enum uren { UREN_GEEN, UREN_EEN, UREN_MEER, UREN_WAT_DAN_OOK };

struct spoor { /* one foreign municipality that registered hours */
    char code[GEMEENTECODE_SIZE];
    const char *tot; /* its newest bekendTot */
};

struct sporen {
    enum pip pip;
    char pip_code[GEMEENTECODE_SIZE];
    const char *dagtekening; /* of the PIP, or "" */
    struct spoor uren[WIE_VRAGEN_MAX];
    size_t count;
};

/* clang-format off */
static const struct row {
    enum pip pip;
    enum uren uren; /* foreign municipalities; with a PIP of our own those after it */
    enum wie_uitkomst uitkomst;
    const char *reden, *uitleg;
} ROWS[] = {
    { PIP_VREEMD, UREN_WAT_DAN_OOK, WIE_VRAAG,   "pip",
      "DUO heeft een PIP van deze gemeente" },
    { PIP_EIGEN,  UREN_GEEN,        WIE_NIEMAND, "eigen-pip",
      "het PIP bij DUO is van onze eigen gemeente en geen andere meldde daarna uren" },
    { PIP_EIGEN,  UREN_WAT_DAN_OOK, WIE_VRAAG,   "teruggekeerd",
      "het PIP bij DUO is van onze eigen gemeente; deze gemeente meldde daarna uren" },
    { PIP_BINNEN, UREN_GEEN,        WIE_PERSOON, WIE_BINNEN,
      "het PIP bij DUO is van een van onze eigen gemeenten; wie daarvandaan naar een andere "
      "van ons verhuisde, heeft zijn dossier hier" },
    { PIP_BINNEN, UREN_WAT_DAN_OOK, WIE_VRAAG,   "teruggekeerd",
      "het PIP bij DUO is van onze eigen gemeente; deze gemeente meldde daarna uren" },
    { PIP_GEEN,   UREN_EEN,         WIE_VRAAG,   "uren",
      "DUO heeft geen PIP; alleen deze gemeente meldde uren" },
    { PIP_GEEN,   UREN_MEER,        WIE_PERSOON, "meer-dan-een",
      "DUO heeft geen PIP en meer dan een gemeente meldde uren" },
    { PIP_GEEN,   UREN_GEEN,        WIE_PERSOON, "niets-bekend",
      "DUO noemt geen PIP en geen uren: waar het dossier is, weet DUO niet" },
};
/* clang-format on */

static const char *now(const char *code)
{
    return opvolger_now(code);
}

static bool is_own(const struct config *config, const char *code)
{
    if (config_serves(config, code))
        return true;
    for (size_t i = 0; i < config->gemeentecode_count; i++)
        if (strcmp(now(config->gemeentecodes[i]), code) == 0)
            return true;
    return false;
}

static bool is_of_ours(enum pip pip)
{
    return pip == PIP_EIGEN || pip == PIP_BINNEN;
}

static enum pip pip_of(const struct config *config, const char *code)
{
    if (!is_own(config, code))
        return PIP_VREEMD;
    return *config_own(config) ? PIP_EIGEN : PIP_BINNEN;
}

static struct spoor *find_spoor(struct sporen *sporen, const char *code)
{
    for (size_t i = 0; i < sporen->count; i++)
        if (strcmp(sporen->uren[i].code, code) == 0)
            return &sporen->uren[i];
    if (sporen->count == WIE_VRAGEN_MAX)
        return NULL;
    struct spoor *new = &sporen->uren[sporen->count++];
    snprintf(new->code, sizeof(new->code), "%s", code);
    new->tot = "";
    return new;
}

/* Dates in this form are in the order of time as texts. */
static void read_uren(const xmlNode *gelezen, const struct config *config,
                      struct sporen *sporen)
{
    for (const xmlNode *at = xmldoc_child(gelezen, "uren"); at; at = xmldoc_next(at)) {
        const char *code = xmldoc_text(at, "gemeentecode");
        const char *tot = xmldoc_text(at, "bekendTot");
        if (!code || is_own(config, now(code)))
            continue;
        if (is_of_ours(sporen->pip) && tot && strcmp(tot, sporen->dagtekening) <= 0)
            continue; /* from before our PIP: we asked for that then */
        struct spoor *spoor = find_spoor(sporen, now(code));
        if (spoor && tot && strcmp(tot, spoor->tot) > 0)
            spoor->tot = tot;
    }
}

static void read_sporen(const xmlNode *gelezen, const struct config *config,
                        struct sporen *sporen)
{
    const char *code = gelezen ? xmldoc_text(gelezen, "pip/gemeentecode") : NULL;

    *sporen = (struct sporen){ .pip = PIP_GEEN, .dagtekening = "" };
    if (!gelezen)
        return;
    if (code) {
        const char *dagtekening = xmldoc_text(gelezen, "pip/dagtekening");
        snprintf(sporen->pip_code, sizeof(sporen->pip_code), "%s", now(code));
        sporen->pip = pip_of(config, sporen->pip_code);
        sporen->dagtekening = dagtekening ? dagtekening : "";
    }
    read_uren(gelezen, config, sporen);
}

static const struct row *find_row(const struct sporen *sporen)
{
    enum uren uren = sporen->count == 0   ? UREN_GEEN
                     : sporen->count == 1 ? UREN_EEN
                                          : UREN_MEER;

    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
        if (ROWS[i].pip == sporen->pip
            && (ROWS[i].uren == uren || ROWS[i].uren == UREN_WAT_DAN_OOK))
            return &ROWS[i];
    return &ROWS[sizeof(ROWS) / sizeof(ROWS[0]) - 1];
}

static void add_code(struct wie *wie, const char *code)
{
    if (wie->count < WIE_VRAGEN_MAX)
        snprintf(wie->codes[wie->count++], GEMEENTECODE_SIZE, "%s", code);
}

static const struct spoor *newest(const struct sporen *sporen)
{
    const struct spoor *found = NULL;

    for (size_t i = 0; i < sporen->count; i++)
        if (!found || strcmp(sporen->uren[i].tot, found->tot) > 0)
            found = &sporen->uren[i];
    return found;
}

/* With a PIP of another municipality: it, and whoever registered hours last when that is yet
 * another and after the PIP, where somebody lived in between. */
static void choose(const struct sporen *sporen, struct wie *wie)
{
    const struct spoor *last = newest(sporen);

    if (sporen->pip == PIP_VREEMD)
        add_code(wie, sporen->pip_code);
    if (!last)
        return;
    if (sporen->pip != PIP_VREEMD
        || (strcmp(last->code, sporen->pip_code) != 0
            && strcmp(last->tot, sporen->dagtekening) > 0))
        add_code(wie, last->code);
}

void wie_vragen(const xmlNode *gelezen, const struct config *config, struct wie *wie)
{
    struct sporen sporen;

    read_sporen(gelezen, config, &sporen);
    const struct row *row = find_row(&sporen);
    *wie =
        (struct wie){ .uitkomst = row->uitkomst, .reden = row->reden, .uitleg = row->uitleg };
    if (row->pip == PIP_BINNEN && row->uitkomst == WIE_PERSOON)
        add_code(wie, sporen.pip_code);
    if (row->uitkomst == WIE_VRAAG)
        choose(&sporen, wie);
    else
        for (size_t i = 0; i < sporen.count; i++)
            add_code(wie, sporen.uren[i].code);
}

/* sim_event -- see sim_event.h. */
#include "tools/duosim/sim_event.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "codecs/uuid.h"
#include "gateway/clock.h"
#include "tools/duosim/sim_day.h"
#include "tools/duosim/sim_state.h"

/* clang-format off */
static const struct {
    const char *code, *meaning;
} EVENTS[] = {
    { "SS101", "Persoon is inburgeringsplichtig geworden" },
    { "SS102", "Inburgeringstermijn is gestart" },
    { "SS103", "Inburgeringstermijn is ambtshalve verlengd" },
    { "SS104", "Inburgeringstermijn is op verzoek verlengd" },
    { "SS106", "Inburgeringsplicht voldaan: diploma" },
    { "SS107", "Inburgeringsplicht voldaan: volledige vrijstelling" },
    { "SS108", "Inburgeringsplicht voldaan: volledige ontheffing" },
    { "SS109", "Tijdelijke vrijstelling toegekend" },
    { "SS110", "Inburgeringsplicht vervallen" },
    { "SS111", "Persoon is overleden" },
    { "SS112", "Verzoek om verlenging ontvangen" },
    { "SS113", "Verzoek om verlenging afgewezen" },
    { "SS114", "Volledige vrijstelling afgewezen" },
    { "SS115", "Tijdelijke vrijstelling afgewezen" },
    { "SS116", "Gedeeltelijke vrijstelling afgewezen" },
    { "SS117", "Gedeeltelijke vrijstelling toegekend" },
    { "SS118", "Ontheffing afgewezen" },
    { "SS119", "Gedeeltelijke ontheffing toegekend" },
    { "SS120", "Gevestigd in de gemeente, geen PIP" },
    { "SS121", "Gevestigd in de gemeente, PIP van vorige gemeente" },
    { "SS122", "Vertrokken naar een andere gemeente" },
    { "SS123", "Vertrokken uit Nederland" },
    { "SS124", "Doelgroep gewijzigd naar gezinsmigrant en overige migrant" },
    { "SS125", "Doelgroep gewijzigd naar asielstatushouder" },
    { "SS126", "Tien weken verstreken zonder leerroute" },
    { "SS127", "Geen inburgeringsaanbod ontvangen" },
    { "SS128", "Inburgeringsplichtig, binnen zes maanden pensioengerechtigd" },
    { "SS129", "Tijdelijke vrijstelling ingetrokken, geen PIP bekend" },
    { "SS130", "Tijdelijke vrijstelling ingetrokken, PIP bekend" },
    { "SS131", "Resultaat leerbaarheidstoets bekend" },
    { "SS132", "Scholingsovereenkomst ontvangen, geen PIP bekend" },
    { "SS133", "Taalniveau van de overeenkomst past niet bij de leerroute" },
    { "SS135", "Niveau van de overeenkomst te hoog voor het PIP" },
    { "SS136", "Overeenkomst taalschakeltraject zonder onderwijsroute" },
    { "SS137", "Aangemeld voor de leerbaarheidstoets" },
    { "SS139", "Inburgeringsplichtig, termijn van tien weken gestart" },
    { "SS140", "Verzoek om ontheffing: advies van de gemeente gevraagd" },
    { "SS141", "Inburgeringscertificaat beschikbaar" },
    { "SS142", "Opleiding beeindigd door uitschrijving" },
    { "SS198", "Boete opgelegd na overschrijden van de termijn" },
    { "SS199", "Examenresultaat bekend" },
};
/* clang-format on */

const char *sim_event_meaning(const char *code)
{
    for (size_t i = 0; i < sizeof(EVENTS) / sizeof(EVENTS[0]); i++)
        if (strcmp(EVENTS[i].code, code) == 0)
            return EVENTS[i].meaning;
    return NULL;
}

bool sim_event_is_code(const char *code)
{
    size_t size = strlen(code);

    return size >= 1 && size <= 6
           && strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == size;
}

/* The day that it is here, at the time of the clock. */
static void moment(const json_t *state, char text[32])
{
    char day[SIM_DAY_SIZE];
    time_t now = clock_now();
    struct tm parts;

    gmtime_r(&now, &parts);
    (void)snprintf(text, 32, "%sT%02d:%02d:%02dZ", sim_day_text(sim_state_today(state), day),
                   parts.tm_hour, parts.tm_min, parts.tm_sec);
}

static json_t *notify(json_t *state, const json_t *person, const char *gemeentecode,
                      const char *code)
{
    char id[UUID_SIZE], at[32];

    uuid_v4(id);
    moment(state, at);
    json_t *made =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:b}", "berichtId", id, "gemeentecode",
                  gemeentecode, "gebeurtenisId", code, "bsn", sim_state_text(person, "bsn"),
                  "registratieDatumTijd", at, "pogingen", 0, "status", 0, "afgeleverd", 0);
    json_t *number = json_object_get(person, "vNummer");
    if (number)
        json_object_set(made, "vNummer", number);
    json_array_append_new(sim_state_list(state, "notificaties"), made);
    return made;
}

json_t *sim_event_happen(json_t *state, json_t *person, const char *gemeentecode,
                         const char *code)
{
    const char *meaning = sim_event_meaning(code);
    char day[SIM_DAY_SIZE];

    json_array_append_new(sim_state_list(person, "gebeurtenissen"),
                          json_pack("{s:s, s:s, s:s}", "id", code, "omschrijving",
                                    meaning ? meaning : "Overige gebeurtenis", "datum",
                                    sim_day_text(sim_state_today(state), day)));
    return gemeentecode[0] ? notify(state, person, gemeentecode, code) : NULL;
}

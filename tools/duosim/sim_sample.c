/* sim_sample -- see sim_sample.h. */
#include "tools/duosim/sim_sample.h"

#include <string.h>

#include "codecs/datum.h"
#include "tools/duosim/sim_day.h"

#define SCHOOL "0000000101"
#define TAALSCHAKEL "0000000102"
enum { DUTY_DAYS = 5, LBT_DAYS = 40, PIP_DAYS = 60, OFFER_DAYS = 90, HOURS_DAYS = 190 };

static json_t *day(long at)
{
    char text[SIM_DAY_SIZE];

    return json_string(sim_day_text(at, text));
}

static void put_course(json_t *person, const char *gemeentecode, long vestiging,
                       const char *leerroute)
{
    const char *school = strcmp(leerroute, "O") == 0 ? TAALSCHAKEL : SCHOOL;
    long pip = vestiging + PIP_DAYS;

    json_object_set_new(person, "pips",
                        json_pack("[{s:s, s:o, s:{s:o, s:s, s:s, s:s}}]", "gemeentecode",
                                  gemeentecode, "geregistreerd", day(pip + 1), "pip",
                                  "dagtekeningPip", day(pip), "leerroute", leerroute, "niveau",
                                  strcmp(leerroute, "Z") == 0 ? "A2" : "B1",
                                  "indicatorAlfabetiseringsonderwijs", "NVT"));
    json_object_set_new(person, "inburgeringstermijn",
                        json_pack("{s:o, s:o, s:o}", "startdatum", day(pip + 1), "einddatum",
                                  day(datum_add_months(pip + 1, 36)), "wijzigingsdatum",
                                  day(pip + 1)));
    json_object_set_new(person, "aanbod",
                        json_pack("[{s:s, s:s, s:o, s:s}]", "gemeentecode", gemeentecode,
                                  "instellingsnummer", school, "datumInburgeringsaanbod",
                                  day(vestiging + OFFER_DAYS),
                                  "indicatorAlfabetiseringsonderwijs", "NVT"));
    json_object_set_new(person, "uren",
                        json_pack("[{s:s, s:o, s:{s:i, s:i, s:i, s:s}}]", "gemeentecode",
                                  gemeentecode, "bekendTot", day(vestiging + HOURS_DAYS),
                                  "TaallesEnKnmInstelling", "uren", 120,
                                  "urenGeoorloofdVerzuim", 8, "urenOngeoorloofdVerzuim", 2,
                                  "instellingsnummer", school));
}

json_t *sim_sample_person(const char *bsn, const char *gemeentecode, long vestiging,
                          const char *leerroute)
{
    long duty = vestiging + DUTY_DAYS;
    json_t *person =
        json_pack("{s:s, s:s, s:o, s:{s:b, s:o, s:o}, s:{s:s, s:o, s:s},"
                  " s:[{s:s, s:s, s:s, s:o}], s:[], s:[{s:s, s:i}, {s:s, s:i}], s:[], s:[]}",
                  "bsn", bsn, "gemeentecode", gemeentecode, "vestiging", day(vestiging),
                  "inburgeringsplicht", "indicatorInburgeringsplicht", 1, "begindatum",
                  day(duty), "datumKennisgevingInburgeringsplicht", day(duty), "doelgroep",
                  "indeling", "Asielstatushouder", "begindatum", day(duty),
                  "gedetailleerdeDoelgroep", "Asielstatushouder", "lbtResultaten", "resultaat",
                  "B1-route haalbaar", "behaaldeScore", "71,50", "benodigdeScore", "64,00",
                  "datumAfname", day(vestiging + LBT_DAYS), "examenresultaten",
                  "gratispogingen", "onderdeel", "KNM", "gratisPogingenTegoed", 2, "onderdeel",
                  "LE", "gratisPogingenTegoed", 2, "vrijstellingen", "ontheffingen");

    if (leerroute[0])
        put_course(person, gemeentecode, vestiging, leerroute);
    return person;
}

/* shapes -- the shapes of all 15 APIs by DUO's own names for them; each is in its duo_API.c.
 *
 * Of a list the name is that of its items. Twice DUO has one name for two things in different
 * APIs: `alfabetiseringsonderwijs` is the same there, `oordeel` too.
 */
#ifndef CODECS_DUO_SHAPES_H
#define CODECS_DUO_SHAPES_H

#include "codecs/duo/shape.h"

extern const struct duo_shape duo_notificatie;
extern const struct duo_shape duo_inburgeringsplicht, duo_inburgeringsplichthistorie;
extern const struct duo_shape duo_doelgroep, duo_doelgroephistorie;
extern const struct duo_shape duo_examennummer, duo_resultaat;
extern const struct duo_shape duo_inburgeringstermijn, duo_inburgeringstermijnhistorie;
extern const struct duo_shape duo_verlengingsgrond;
extern const struct duo_shape duo_gebeurtenissen;
extern const struct duo_shape duo_verlengingaanvraag;
extern const struct duo_shape duo_vrijstelling;
extern const struct duo_shape duo_ontheffing;
extern const struct duo_shape duo_gemeente, duo_pip;
extern const struct duo_shape duo_contactpersoongegevens, duo_contactpersoon;
extern const struct duo_shape duo_instelling, duo_inburgeringsaanbod;
extern const struct duo_shape duo_datummap, duo_resultaatmap;
extern const struct duo_shape duo_datumpvt, duo_resultaatpvt, duo_resultaatzroute;
extern const struct duo_shape duo_uren, duo_taallesenknminstellingbekendtot;
extern const struct duo_shape duo_taallesenknmbredeintake, duo_participatiealstaalles;
extern const struct duo_shape duo_participatieactiviteitenbredeintake;
extern const struct duo_shape duo_examenresultaat, duo_gratispogingtegoed;
extern const struct duo_shape duo_boete;

/* Codes that more than one API uses. */
extern const struct duo_code duo_alfabetiseringsonderwijs[]; /* A, AA, NVT; duo_pip.c */
extern const struct duo_code duo_examenonderdeel[]; /* KNM LE LU SC SP; duo_examen.c */
extern const struct duo_code duo_oordeel[]; /* Toekenning, Afwijzing; duo_vrijstelling.c */

#endif

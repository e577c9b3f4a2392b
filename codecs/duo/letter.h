/* letter -- which characters Unicode calls letters (\p{L}) and dashes (\p{Pd}). */
#ifndef CODECS_DUO_LETTER_H
#define CODECS_DUO_LETTER_H

#include <stdbool.h>

bool duo_letter(int c);
bool duo_letter_dash(int c);

#endif

/* gemeente -- municipality codes of CBS: four digits. */
#ifndef PEERS_GEMEENTE_H
#define PEERS_GEMEENTE_H

#include <stdbool.h>

bool gemeente_code_valid(const char *text);

#endif

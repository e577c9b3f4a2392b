/* oin -- Organisatie-identificatienummer: 20 digits. Never computed from anything. */
#ifndef PEERS_OIN_H
#define PEERS_OIN_H

#include <stdbool.h>

bool oin_valid(const char *text);

#endif

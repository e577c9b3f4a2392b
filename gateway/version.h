/* version -- of the program; the formats have versions of their own. */
#ifndef GATEWAY_VERSION_H
#define GATEWAY_VERSION_H

#define VERSION "0.1.0"

#endif

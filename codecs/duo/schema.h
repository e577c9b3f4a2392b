/* schema -- the mapping tables as JSON Schema, for who wants to check with another validator.
 */
#ifndef CODECS_DUO_SCHEMA_H
#define CODECS_DUO_SCHEMA_H

#include <jansson.h>

struct duo_shape; /* see codecs/duo/shape.h */

/* Draft 07, without additionalProperties: more members are no mistake. The caller's:
 * json_decref(). */
json_t *duo_schema(const struct duo_shape *shape);

#endif

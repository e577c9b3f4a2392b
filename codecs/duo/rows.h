/* rows -- short names for the rows of the mapping tables; for duo_API.c only.
 *
 * In each: the member as DUO spells it, where the dossier keeps it (shape.h), MUST or MAY.
 */
#ifndef CODECS_DUO_ROWS_H
#define CODECS_DUO_ROWS_H

#include "codecs/duo/shape.h"
#include "codecs/duo/shapes.h"

#define MUST true
#define MAY false

#define ROW_TEXT(member, path, need, least, most, pattern)                                    \
    {                                                                                         \
        member, path, DUO_TEXT, need, least, most, pattern, NULL, NULL                        \
    }
#define ROW_CODE(member, path, need, codes)                                                   \
    {                                                                                         \
        member, path, DUO_CODE, need, 0, 0, DUO_ANY, codes, NULL                              \
    }
#define ROW_DATE(member, path, need)                                                          \
    {                                                                                         \
        member, path, DUO_DATE, need, 0, 0, DUO_ANY, NULL, NULL                               \
    }
#define ROW_MOMENT(member, path, need)                                                        \
    {                                                                                         \
        member, path, DUO_MOMENT, need, 0, 0, DUO_ANY, NULL, NULL                             \
    }
#define ROW_BOOLEAN(member, path, need)                                                       \
    {                                                                                         \
        member, path, DUO_BOOLEAN, need, 0, 0, DUO_ANY, NULL, NULL                            \
    }
#define ROW_INTEGER(member, path, need, least, most)                                          \
    {                                                                                         \
        member, path, DUO_INTEGER, need, least, most, DUO_ANY, NULL, NULL                     \
    }
#define ROW_NUMBER(member, path, need, least, most)                                           \
    {                                                                                         \
        member, path, DUO_NUMBER, need, least, most, DUO_ANY, NULL, NULL                      \
    }
#define ROW_OBJECT(member, path, need, shape)                                                 \
    {                                                                                         \
        member, path, DUO_OBJECT, need, 0, 0, DUO_ANY, NULL, shape                            \
    }
#define ROW_END                                                                               \
    {                                                                                         \
        0                                                                                     \
    }

#endif

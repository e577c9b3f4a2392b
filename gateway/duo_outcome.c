/* duo_outcome -- see duo_outcome.h. */
#include "gateway/duo_outcome.h"

#include <stddef.h>
#include <string.h>

#define SUCCESS (-1)

enum asked { ANYTHING, QUERY, REPORT, WITHDRAWAL };
enum words { EITHER, WITH, WITHOUT };

/* clang-format off */
/* The first that fits; none: again. */
static const struct rule {
    int status;
    enum asked asked;
    enum words words;
    struct duo_outcome outcome;
} RULES[] = {
    { SUCCESS, ANYTHING,   EITHER,  { DUO_DELIVERED, "" } },
    { 404,     QUERY,      EITHER,  { DUO_DELIVERED, "404: niets bekend" } },
    { 404,     WITHDRAWAL, EITHER,  { DUO_REFUSED,   "404: nothing (left) to withdraw" } },
    { 404,     REPORT,     EITHER,  { DUO_REFUSED,   "404: DUO knows nothing of it" } },
    { 400,     ANYTHING,   EITHER,  { DUO_REFUSED,   "400: DUO cannot read what was sent" } },
    { 403,     ANYTHING,   WITH,    { DUO_REFUSED,   "403: DUO says no, see `outbox show`" } },
    { 403,     ANYTHING,   WITHOUT, { DUO_PATIENT,   "403: not ours to ask, says DUO" } },
};
/* clang-format on */

bool duo_outcome_is_query(const struct duo_operation *operation)
{
    return strcmp(operation->method, "GET") == 0;
}

static bool was_asked(const struct duo_operation *operation, enum asked asked)
{
    switch (asked) {
    case QUERY:
        return duo_outcome_is_query(operation);
    case REPORT:
        return !duo_outcome_is_query(operation);
    case WITHDRAWAL:
        return strcmp(operation->method, "DELETE") == 0;
    default:
        return true;
    }
}

static bool is_declared(const struct duo_operation *operation, int status)
{
    for (const int *declared = operation->statuses; *declared; declared++)
        if (*declared == status)
            return true;
    return false;
}

static bool fits(const struct rule *rule, const struct duo_operation *operation, int status,
                 bool words)
{
    bool right = rule->status == SUCCESS
                     ? status == operation->success
                     : rule->status == status && is_declared(operation, status);

    return right && was_asked(operation, rule->asked)
           && (rule->words == EITHER || words == (rule->words == WITH));
}

struct duo_outcome duo_outcome_of(const struct duo_operation *operation, int status,
                                  bool words)
{
    for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++)
        if (fits(&RULES[i], operation, status, words))
            return RULES[i].outcome;
    return (struct duo_outcome){ DUO_AGAIN, "" };
}

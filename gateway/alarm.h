/* alarm -- what goes wrong slowly and can still be mended: certificates and CRLs that end, a
 * disk that fills, a clock that jumped.
 *
 * CHECKS in alarm.c is the list of what is looked at. An alarm has an id that stays
 * ("certificaat:ondertekenen", "crl:CN=...", "duo-crl:CN=...", "duo-anker", "schijf", "klok",
 * "aflevering")
 * and a text that says how bad it is. Each is logged when it appears, at once when its text
 * changes, and else every six hours, with an event of kind `alarm`; status lists them all.
 * Lines, events and ids hold no personal data.
 */
#ifndef GATEWAY_ALARM_H
#define GATEWAY_ALARM_H

#include <stdbool.h>

#define ALARM_ID_MAX 64
#define ALARM_TEXT_MAX 320

struct alarms;
struct gateway;

struct alarms *alarms_create(void);
void alarms_destroy(struct alarms *alarms);

/* Looks at everything when an hour has passed since the last time, or now. */
void alarms_tend(struct alarms *alarms, struct gateway *gateway, bool now);

typedef void alarms_each(void *context, const char *id, const char *text);
void alarms_list(struct alarms *alarms, alarms_each *each, void *context);

#endif

/* watch -- in the evening: is everything that waits shown to who can end it, from exactly the
 * day on which it must be, and nothing besides?
 *
 * Whatever is for a town to do stands in its `overdracht list --attention` from the evening of
 * the day on which it came, so also on the day on which its term runs out; each open task
 * does. What another must do is shown there, and here from the first evening behind its last
 * day: until then nobody here needs to do anything. Who waits for another waits for somebody
 * who has it to do, or whose answer is under way. What has waited past its end has ended.
 *
 * The days are counted here once more, from docs/protocol.md and a calendar of this winter,
 * not with the gateway's own table.
 */
#ifndef TESTS_MONTH_WATCH_H
#define TESTS_MONTH_WATCH_H

#include <stddef.h>

/* Writes a line for each that is not so, and gives their number. */
size_t watch_evening(void);

/* How many were looked at in all evenings, and how many of them were shown. */
void watch_report(void);

#endif

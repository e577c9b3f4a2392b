/* floor -- what a message costs at least: signing, sealing, and opening it on the other side.
 */
#ifndef TESTS_MONTH_FLOOR_H
#define TESTS_MONTH_FLOOR_H

/* Milliseconds for one with a dossier, here and now. */
double floor_message_ms(void);

#endif

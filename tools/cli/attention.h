/* attention -- `overdracht list --attention`: who must do what by when, in whole sentences. */
#ifndef CLI_ATTENTION_H
#define CLI_ATTENTION_H

#include <jansson.h>

#define ATTENTION_SUMMARY                                                                     \
    "Every handover: role, state, peer and person. With --attention only what must be\n"      \
    "done: who must do what by when, late ones first. What waits for the other\n"             \
    "municipality or for DUO is in it only when they are late."

/* The member `aandacht` of an answer, for people; says so when there is nothing. */
void attention_print(const json_t *aandacht);

#endif

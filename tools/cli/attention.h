/* attention -- `overdracht list --attention`: who must do what by when, in whole sentences. */
#ifndef CLI_ATTENTION_H
#define CLI_ATTENTION_H

#include <jansson.h>

/* The member `aandacht` of an answer, for people; says so when there is nothing. */
void attention_print(const json_t *aandacht);

#endif

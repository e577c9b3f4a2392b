/* sample -- the dossiers of tests/golden/dossiers as text, and texts with one thing changed.
 *
 * Anything that goes wrong aborts the test program.
 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

/* Where the project's sources are; a copy of them that others may read is $ESTAFETTE_SOURCE.
 */
const char *sample_source(void);

char *sample_dossier(const char *file); /* the caller's: free() */

/* tests/golden/duo/FILE, "pip.lezen.json". The caller's: free(). */
char *sample_duo(const char *file);

/* The text with the first `from`, which must be there, replaced. The caller's: free(). */
char *sample_replace(const char *text, const char *from, const char *to);

/* The values a named type of a schema in xsd/ allows, each with a blank behind it, in order.
 * The caller's: free(). */
char *sample_enumerations(const char *file, const char *type);

#endif

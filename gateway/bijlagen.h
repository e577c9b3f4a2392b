/* bijlagen -- documents as ciphertext on disk: HOME/bijlagen/OIN/SHA256, by who sent them.
 *
 *   SHA256.deel    what has arrived so far, in order; a cut resumes here
 *   SHA256         whole: its bytes have that digest and are on disk
 *
 * The folder of an OIN holds only what that organisation sent (ours: what we send), so nobody
 * learns what others sent. Which message a file belongs to is a row (bijlage_store.h); a file
 * without a row is swept away after a day. Memory never grows with the size of a document.
 *
 * `name` is the digest of the ciphertext as 64 lower case hexadecimal digits; nothing else
 * from outside ever becomes a file name.
 */
#ifndef GATEWAY_BIJLAGEN_H
#define GATEWAY_BIJLAGEN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "codecs/base/fault.h"
#include "codecs/document.h"
#include "gateway/home.h"

#define BIJLAGEN_PIECE_MAX (1u << 20)

bool bijlagen_name_valid(const char *name);

/* Makes the folder of an organisation; its path, without trailing slash, in `path`. FAULT_IO.
 */
bool bijlagen_folder(const struct home *home, const char *oin, char path[PATH_MAX],
                     struct fault *fault) MUST_CHECK;

/* Is there room for so many more bytes, and some to spare? FAULT_TEMPORARY. */
bool bijlagen_room(const struct home *home, int64_t bytes, struct fault *fault) MUST_CHECK;

/* Bytes that are here; *whole: all of them. What is asked for counts as young again. */
void bijlagen_held(const struct home *home, const char *oin, const char *name, int64_t *held,
                   bool *whole);

struct bijlagen_piece {
    int64_t offset, total;
    const void *bytes;
    size_t size;
};

/* Adds the next piece; with the last one it becomes whole. FAULT_STATE: offset is not what is
 * held; FAULT_TEMPORARY: somebody else is adding to it; FAULT_ATTACHMENT: whole, but not what
 * its name says (then all of it is gone); FAULT_IO. */
bool bijlagen_add(const struct home *home, const char *oin, const char *name,
                  const struct bijlagen_piece *piece, bool *whole,
                  struct fault *fault) MUST_CHECK;

/* Syncs the file at `from` (in the folder of oin) and gives it its final name. */
bool bijlagen_publish(const struct home *home, const char *oin, const char *from, int fd,
                      const char *name, struct fault *fault) MUST_CHECK;

/* Opens a whole one: *fd is the caller's. FAULT_MISSING. */
bool bijlagen_open(const struct home *home, const char *oin, const char *name, int *fd,
                   struct fault *fault) MUST_CHECK;

/* Is it here whole, does it open with its key, and is it what the dossier says: size, digest,
 * media type by content? FAULT_MISSING; FAULT_ATTACHMENT names the document's id. */
bool bijlagen_verify(const struct home *home, const char *oin, const struct document *document,
                     struct fault *fault) MUST_CHECK;

/* Every file of an organisation; the name may end in ".deel". False from each stops. */
struct bijlagen_file {
    char path[PATH_MAX], name[80];
    int64_t size;
    time_t changed;
};
typedef bool bijlagen_each(void *context, const struct bijlagen_file *file,
                           struct fault *fault);
bool bijlagen_list(const struct home *home, const char *oin, bijlagen_each *each,
                   void *context, struct fault *fault) MUST_CHECK;

#endif

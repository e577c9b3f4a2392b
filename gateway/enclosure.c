/* enclosure -- see enclosure.h. */
#include "gateway/enclosure.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "codecs/base/mem.h"
#include "codecs/mediatype.h"
#include "codecs/uuid.h"
#include "gateway/bijlagen.h"
#include "gateway/clock.h"
#include "peers/file.h"

#define KEEP_MS 3600000
#define NAAM_SIZE 256

static struct slot {
    char file[UUID_SIZE]; /* "": free */
    char naam[NAAM_SIZE], path[PATH_MAX];
    int fd;
    struct bijlage *bijlage; /* NULL: finished */
    struct digest_stream *digest;
    struct document document; /* key from the start; the rest when finished */
    int64_t held, touched;
    struct digest last; /* of the last piece, to know a repeat */
    size_t last_size;
} SLOTS[ENCLOSURES_MAX];
static pthread_mutex_t LOCK = PTHREAD_MUTEX_INITIALIZER;

/* --- slots ------------------------------------------------------------------------------ */

static struct slot *slot_of(const char *file)
{
    for (size_t i = 0; i < ENCLOSURES_MAX; i++)
        if (strcmp(SLOTS[i].file, file) == 0)
            return &SLOTS[i];
    return NULL;
}

static void clear(struct slot *slot, bool remove)
{
    if (!slot->file[0])
        return;
    if (remove)
        unlink(slot->path);
    file_close(&slot->fd);
    bijlage_destroy(slot->bijlage);
    digest_stream_destroy(slot->digest);
    OPENSSL_cleanse(slot, sizeof(*slot));
}

/* A finished one may stand in a message whose COMMIT ended in doubt: the sweep knows. */
static bool is_half(const struct slot *slot)
{
    return slot->bijlage != NULL;
}

static void forget_old(void)
{
    int64_t now = clock_monotonic_ms();

    for (size_t i = 0; i < ENCLOSURES_MAX; i++)
        if (SLOTS[i].file[0] && now - SLOTS[i].touched > KEEP_MS)
            clear(&SLOTS[i], is_half(&SLOTS[i]));
}

static bool open_slot(struct gateway *gateway, struct slot *slot, const char *file,
                      const char *naam, struct fault *fault)
{
    char folder[PATH_MAX];

    if (!bijlagen_folder(&gateway->home, gateway->config.oin, folder, fault))
        return false;
    if (snprintf(slot->path, sizeof(slot->path), "%s/%s.nieuw", folder, file)
        >= (int)sizeof(slot->path))
        return fault_set(fault, FAULT_IO, "%s: name too long", folder);
    slot->fd = open(slot->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (slot->fd < 0)
        return fault_set_errno(fault, FAULT_IO, slot->path, errno);
    snprintf(slot->file, sizeof(slot->file), "%s", file);
    snprintf(slot->naam, sizeof(slot->naam), "%s", naam);
    slot->bijlage = bijlage_encrypt(slot->document.key);
    slot->digest = digest_stream_create();
    return true;
}

static struct slot *new_slot(struct gateway *gateway, const char *file, const char *naam,
                             struct fault *fault)
{
    forget_old();
    struct slot *slot = slot_of("");
    if (!slot)
        fault_set(fault, FAULT_TEMPORARY, "too many documents are being handed over at once");
    return slot && open_slot(gateway, slot, file, naam, fault) ? slot : NULL;
}

/* --- pieces ----------------------------------------------------------------------------- */

static bool is_repeat(const struct slot *slot, const struct enclosure_piece *piece)
{
    const struct buf *bytes = &piece->bytes;
    struct digest digest;

    if (bytes->size == 0 || bytes->size != slot->last_size
        || piece->offset != slot->held - (int64_t)bytes->size)
        return false;
    digest_of(bytes->data, bytes->size, &digest);
    return digest_equal(&digest, &slot->last);
}

static bool is_allowed(const struct gateway *gateway, const struct slot *slot,
                       const struct enclosure_piece *piece, struct fault *fault)
{
    int64_t most = (int64_t)gateway->config.document_mib << 20;

    if (!slot->bijlage)
        return fault_set(fault, FAULT_USAGE, "this document was finished already");
    if (piece->offset != slot->held)
        return fault_set(fault, FAULT_USAGE, "piece at %lld, but %lld bytes are held",
                         (long long)piece->offset, (long long)slot->held);
    if (slot->held + (int64_t)piece->bytes.size > most)
        return fault_set(fault, FAULT_SIZE, "the document is larger than %d MiB",
                         gateway->config.document_mib);
    return bijlagen_room(&gateway->home, (int64_t)piece->bytes.size, fault);
}

/* The cipher has moved on, so a piece that could not be written spoils the document. */
static bool write_piece(struct slot *slot, const struct buf *piece, struct fault *fault)
{
    SCOPED_BUF struct buf cipher = { 0 };

    if (piece->size == 0)
        return true;
    bijlage_pass(slot->bijlage, piece->data, piece->size, buf_reserve(&cipher, piece->size));
    buf_grown(&cipher, piece->size);
    if (!file_put(slot->fd, cipher.data, cipher.size, slot->held)) {
        fault_set_errno(fault, FAULT_IO, "document", errno);
        clear(slot, true);
        return false;
    }
    digest_stream_add(slot->digest, cipher.data, cipher.size);
    digest_of(piece->data, piece->size, &slot->last);
    slot->last_size = piece->size;
    slot->held += (int64_t)piece->size;
    return true;
}

static bool add_piece(struct gateway *gateway, struct slot *slot,
                      const struct enclosure_piece *piece, struct fault *fault)
{
    slot->touched = clock_monotonic_ms();
    return is_repeat(slot, piece)
           || (is_allowed(gateway, slot, piece, fault)
               && write_piece(slot, &piece->bytes, fault));
}

bool enclosure_add(struct gateway *gateway, const struct enclosure_piece *piece, int64_t *held,
                   struct fault *fault)
{
    if (!uuid_valid(piece->file))
        return fault_set(fault, FAULT_USAGE, "file is not a UUID");
    pthread_mutex_lock(&LOCK);
    struct slot *slot = slot_of(piece->file);
    if (!slot)
        slot = new_slot(gateway, piece->file, piece->naam, fault);
    bool good = slot && add_piece(gateway, slot, piece, fault);
    *held = good ? slot->held : 0;
    pthread_mutex_unlock(&LOCK);
    return good;
}

/* --- the end ---------------------------------------------------------------------------- */

static bool is_of_a_kind(const struct bijlage_facts *facts, struct fault *fault)
{
    return facts->mediatype
           || fault_set(fault, FAULT_ATTACHMENT,
                        "the document is not of a kind that may be sent (" MEDIATYPE_NAMES
                        ")");
}

static bool publish(struct gateway *gateway, struct slot *slot, struct fault *fault)
{
    unsigned char tag[BIJLAGE_TAG];
    char name[DIGEST_HEX], relative[160];

    bijlage_seal(slot->bijlage, tag, &slot->document.plain);
    bijlage_destroy(slot->bijlage);
    slot->bijlage = NULL;
    digest_stream_add(slot->digest, tag, sizeof(tag));
    digest_stream_end(slot->digest, &slot->document.cipher);
    slot->document.cipher_size = slot->held + BIJLAGE_TAG;
    if (!is_of_a_kind(&slot->document.plain, fault))
        return false;
    if (!file_put(slot->fd, tag, sizeof(tag), slot->held))
        return fault_set_errno(fault, FAULT_IO, "document", errno);
    digest_hex(&slot->document.cipher, name);
    if (!bijlagen_publish(&gateway->home, gateway->config.oin, slot->path, slot->fd, name,
                          fault))
        return false;
    snprintf(relative, sizeof(relative), "bijlagen/%s/%s", gateway->config.oin, name);
    home_path(&gateway->home, relative, slot->path);
    return true;
}

static bool finish_slot(struct gateway *gateway, struct slot *slot, struct fault *fault)
{
    if (!slot->bijlage)
        return true;
    if (publish(gateway, slot, fault))
        return true;
    clear(slot, true);
    return false;
}

static bool finish(struct gateway *gateway, const char *file, struct document *document,
                   char naam[NAAM_SIZE], struct fault *fault)
{
    pthread_mutex_lock(&LOCK);
    struct slot *slot = file[0] ? slot_of(file) : NULL;
    bool good = slot ? finish_slot(gateway, slot, fault)
                     : fault_set(fault, FAULT_UNKNOWN,
                                 "no such document was handed over, or it was forgotten");
    if (good) {
        slot->touched = clock_monotonic_ms();
        *document = slot->document;
        snprintf(naam, NAAM_SIZE, "%s", slot->naam);
    }
    pthread_mutex_unlock(&LOCK);
    return good;
}

static bool take_one(struct gateway *gateway, const char *file, xmlNode *dossier,
                     struct fault *fault)
{
    struct document document;
    char naam[NAAM_SIZE];

    bool good = finish(gateway, file, &document, naam, fault)
                && document_enclose(dossier, naam, &document, fault);
    OPENSSL_cleanse(document.key, sizeof(document.key));
    return good;
}

bool enclosure_take(struct gateway *gateway, const char *files, xmlNode *dossier,
                    struct fault *fault)
{
    return enclosure_take_again(gateway, files, NULL, dossier, fault);
}

bool enclosure_take_again(struct gateway *gateway, const char *files, const xmlNode *before,
                          xmlNode *dossier, struct fault *fault)
{
    SCOPED_MEM char *copy = mem_copy(files);
    char *rest = copy, *file;

    document_strip(dossier);
    if (before)
        document_carry(dossier, before);
    while ((file = strsep(&rest, " ")))
        if (*file && !take_one(gateway, file, dossier, fault))
            return false;
    return document_all_enclosed(dossier, fault);
}

static void forget(const char *file, bool remove)
{
    pthread_mutex_lock(&LOCK);
    struct slot *slot = file[0] ? slot_of(file) : NULL;
    if (slot)
        clear(slot, remove);
    pthread_mutex_unlock(&LOCK);
}

void enclosure_forget_list(const char *files, bool remove)
{
    SCOPED_MEM char *copy = mem_copy(files);
    char *rest = copy, *file;

    while ((file = strsep(&rest, " ")))
        forget(file, remove);
}

void enclosure_forget_all(void)
{
    pthread_mutex_lock(&LOCK);
    for (size_t i = 0; i < ENCLOSURES_MAX; i++)
        clear(&SLOTS[i], is_half(&SLOTS[i]));
    pthread_mutex_unlock(&LOCK);
}

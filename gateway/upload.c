/* upload -- see upload.h. */
#include "gateway/upload.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "codecs/uuid.h"
#include "gateway/clock.h"

static struct slot {
    char file[UUID_SIZE]; /* "": free */
    struct buf content;
    int64_t touched;
    bool read; /* a request has had it */
} SLOTS[UPLOADS_MAX];
static pthread_mutex_t LOCK = PTHREAD_MUTEX_INITIALIZER;

static void clear(struct slot *slot)
{
    slot->file[0] = '\0';
    slot->read = false;
    buf_finish(&slot->content);
}

static struct slot *slot_of(const char *file)
{
    for (size_t i = 0; i < UPLOADS_MAX; i++)
        if (strcmp(SLOTS[i].file, file) == 0)
            return &SLOTS[i];
    return NULL;
}

/* The one that was read longest ago: its request was answered, and when that failed (a full
 * disk, say) nobody comes back for it. NULL when every file is still on its way. */
static struct slot *oldest_read(void)
{
    struct slot *oldest = NULL;

    for (size_t i = 0; i < UPLOADS_MAX; i++)
        if (SLOTS[i].read && (!oldest || SLOTS[i].touched < oldest->touched))
            oldest = &SLOTS[i];
    return oldest;
}

static void forget_old(void)
{
    int64_t now = clock_monotonic_ms();

    for (size_t i = 0; i < UPLOADS_MAX; i++)
        if (SLOTS[i].file[0] && now - SLOTS[i].touched > UPLOAD_SECONDS * 1000LL)
            clear(&SLOTS[i]);
}

static struct slot *new_slot(const char *file, struct fault *fault)
{
    forget_old();
    struct slot *slot = slot_of("");
    if (!slot)
        slot = oldest_read();
    if (!slot) {
        fault_set(fault, FAULT_TEMPORARY, "too many files are being sent at once");
        return NULL;
    }
    clear(slot);
    snprintf(slot->file, sizeof(slot->file), "%s", file);
    return slot;
}

/* Is this very piece the end of what is held? Then the answer to it was lost. */
static bool is_repeat(const struct buf *content, size_t offset, const struct buf *piece)
{
    return piece->size > 0 && piece->size <= content->size
           && offset == content->size - piece->size
           && memcmp(content->data + offset, piece->data, piece->size) == 0;
}

static bool add_piece(struct slot *slot, size_t offset, const struct buf *piece, size_t most,
                      struct fault *fault)
{
    struct buf *content = &slot->content;

    if (is_repeat(content, offset, piece))
        return true;
    if (offset != content->size)
        return fault_set(fault, FAULT_USAGE, "piece at %zu, but %zu bytes are held", offset,
                         content->size);
    if (piece->size > most - content->size)
        return fault_set(fault, FAULT_SIZE, "the file is larger than %zu bytes", most);
    buf_add(content, piece->data, piece->size);
    return true;
}

bool upload_add(const char *file, size_t offset, const struct buf *piece, size_t most,
                size_t *held, struct fault *fault)
{
    if (!uuid_valid(file))
        return fault_set(fault, FAULT_USAGE, "file is not a UUID");
    pthread_mutex_lock(&LOCK);
    struct slot *slot = slot_of(file);
    if (!slot)
        slot = new_slot(file, fault);
    bool good = slot && add_piece(slot, offset, piece, most, fault);
    if (slot) {
        slot->touched = clock_monotonic_ms();
        *held = slot->content.size;
    }
    if (slot && !good && slot->content.size == 0)
        clear(slot); /* a refused first piece takes no room */
    pthread_mutex_unlock(&LOCK);
    return good;
}

bool upload_read(const char *file, struct buf *content, struct fault *fault)
{
    pthread_mutex_lock(&LOCK);
    struct slot *slot = file[0] ? slot_of(file) : NULL;
    if (slot) {
        buf_add(content, slot->content.data, slot->content.size);
        slot->read = true;
        slot->touched = clock_monotonic_ms();
    }
    pthread_mutex_unlock(&LOCK);
    return slot
           || fault_set(fault, FAULT_UNKNOWN, "no such file was sent, or it was forgotten");
}

void upload_forget(const char *file)
{
    pthread_mutex_lock(&LOCK);
    struct slot *slot = file[0] ? slot_of(file) : NULL;
    if (slot)
        clear(slot);
    pthread_mutex_unlock(&LOCK);
}

void upload_forget_all(void)
{
    pthread_mutex_lock(&LOCK);
    for (size_t i = 0; i < UPLOADS_MAX; i++)
        clear(&SLOTS[i]);
    pthread_mutex_unlock(&LOCK);
}

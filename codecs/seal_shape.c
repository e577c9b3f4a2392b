/* seal_shape -- the one DER shape that a sealed message may have.
 *
 * The shape is written down as data: HEAD, two recipients (RSA or EC), TAIL,
 * one row per ASN.1 element in the order of the bytes. The walk reads each
 * header itself (definite, minimal length, inside its parent), compares with
 * the row and never looks back. Algorithms are whole byte strings: an
 * AlgorithmIdentifier with other parameters is another algorithm.
 *
 * What OpenSSL would open but has no row here: shortened tags, indefinite
 * lengths, AES-128, CBC, OAEP or a KDF with SHA-1, PKCS#1 v1.5, passwords,
 * originatorInfo, ukm, attributes, one or three recipients.
 */
#include "codecs/seal.h"

#include <string.h>

#define DEPTH_MAX 12
#define NAME_DEPTH_MAX 4 /* Name: SEQUENCE OF SET OF SEQUENCE { type, value } */

#define SEQUENCE 0x30
#define SET 0x31
#define INTEGER 0x02
#define BITS 0x03
#define OCTETS 0x04
#define CONTEXT(n) (0xa0 | (n)) /* constructed */
#define PRIMITIVE(n) (0x80 | (n))
#define CONSTRUCTED 0x20

#define OID_AES256 "\x60\x86\x48\x01\x65\x03\x04\x01"
#define ALG_SHA256                                                                            \
    "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01" /* RFC 5754: no NULL */

enum kind {
    END,    /* of this table */
    ENTER,  /* a constructed element; the rows up to its LEAVE are its content */
    LEAVE,  /* the element must be used up */
    EXACT,  /* these very bytes, header and all */
    BYTES,  /* a primitive of min to max bytes */
    NUMBER, /* an INTEGER in its shortest form, of min to max bytes */
    POINT,  /* an uncompressed point of P-256 or P-384 */
    NAME    /* an X.501 Name: any, as long as it is DER */
};

struct row {
    enum kind kind;
    unsigned char tag;
    size_t min, max;
    const char *exact;
    const char *what;
};

/* clang-format off */
#define IS(bytes, what) { EXACT, 0, sizeof(bytes) - 1, sizeof(bytes) - 1, bytes, what }
#define IN(tag, what)   { ENTER, tag, 0, 0, NULL, what }
#define OUT(what)       { LEAVE, 0, 0, 0, NULL, what }
#define ISSUER_AND_SERIAL                                                \
    IN(SEQUENCE, "recipient: issuer and serial number"),                 \
    { NAME,   SEQUENCE, 0,  0, NULL, "recipient: issuer" },              \
    { NUMBER, INTEGER,  1, 21, NULL, "recipient: serial number" },       \
    OUT("recipient: issuer and serial number")

static const struct row HEAD[] = { /* RFC 5083 2.1 */
    IN(SEQUENCE, "content"),
    IS("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17", "type: AuthEnvelopedData"),
    IN(CONTEXT(0), "content"),
    IN(SEQUENCE, "content"),
    IS("\x02\x01\x00", "version: 0"),
    IN(SET, "recipients"),
    { 0 },
};

static const struct row RSA_RECIPIENT[] = { /* RFC 5652 6.2.1, RFC 3560 */
    IN(SEQUENCE, "recipient"),
    IS("\x02\x01\x00", "recipient: version 0"),
    ISSUER_AND_SERIAL,
    IS("\x30\x38\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07\x30\x2b" /* id-RSAES-OAEP */
       "\xa0\x0d" ALG_SHA256
       "\xa1\x1a\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" ALG_SHA256, /* mgf1 */
       "recipient: algorithm RSAES-OAEP with SHA-256"),
    { BYTES, OCTETS, 384, 1024, NULL, "recipient: encrypted key for RSA-3072 or larger" },
    OUT("recipient"),
    { 0 },
};

static const struct row EC_RECIPIENT[] = { /* RFC 5652 6.2.2, RFC 5753 3.1 */
    IN(CONTEXT(1), "recipient"),
    IS("\x02\x01\x03", "recipient: version 3"),
    IN(CONTEXT(0), "recipient: originator"),
    IN(CONTEXT(1), "recipient: originator key"),
    IS("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", "recipient: algorithm id-ecPublicKey"),
    { POINT, BITS, 66, 98, NULL, "recipient: point of P-256 or P-384" },
    OUT("recipient: originator key"),
    OUT("recipient: originator"),
    IS("\x30\x15\x06\x06\x2b\x81\x04\x01\x0b\x01" /* dhSinglePass-stdDH-sha256kdf-scheme */
       "\x30\x0b\x06\x09" OID_AES256 "\x2d",      /* id-aes256-wrap */
       "recipient: algorithm stdDH-sha256kdf with aes256-wrap"),
    IN(SEQUENCE, "recipient: encrypted keys"),
    IN(SEQUENCE, "recipient: encrypted key"),
    ISSUER_AND_SERIAL,
    { BYTES, OCTETS, 40, 40, NULL, "recipient: wrapped key of 40 bytes" },
    OUT("recipient: encrypted key"),
    OUT("recipient: encrypted keys, one"),
    OUT("recipient"),
    { 0 },
};

static const struct row TAIL[] = { /* RFC 5083 2.1, RFC 5084 3.2 */
    OUT("recipients, two"),
    IN(SEQUENCE, "encrypted content"),
    IS("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", "encrypted content: id-data"),
    IN(SEQUENCE, "encrypted content: algorithm"),
    IS("\x06\x09" OID_AES256 "\x2e", "encrypted content: algorithm AES-256-GCM"),
    IN(SEQUENCE, "encrypted content: parameters"),
    { BYTES, OCTETS, 12, 12, NULL, "encrypted content: nonce of 12 bytes" },
    IS("\x02\x01\x10", "encrypted content: tag length 16"),
    OUT("encrypted content: parameters"),
    OUT("encrypted content: algorithm"),
    { BYTES, PRIMITIVE(0), 1, SEAL_BYTES_MAX, NULL, "encrypted content: bytes" },
    OUT("encrypted content"),
    { BYTES, OCTETS, 16, 16, NULL, "tag of 16 bytes" },
    OUT("content, without attributes"),
    OUT("content"),
    OUT("content"),
    { 0 },
};
/* clang-format on */

struct walk {
    const unsigned char *at;
    const unsigned char *ends[DEPTH_MAX]; /* ends[0]: of the input */
    size_t depth;
};

static size_t left(const struct walk *walk)
{
    return (size_t)(walk->ends[walk->depth] - walk->at);
}

/* The long form of a length: 1 to 4 bytes, and no shorter way to write it. */
static bool long_length(struct walk *walk, size_t count, size_t *length)
{
    if (count == 0 || count > 4 || count > left(walk) || walk->at[0] == 0)
        return false;
    for (*length = 0; count > 0; count--)
        *length = *length << 8 | *walk->at++;
    return *length >= 0x80;
}

/* A header with this tag whose content lies within its parent. */
static bool header(struct walk *walk, unsigned char tag, size_t *length)
{
    if (left(walk) < 2 || walk->at[0] != tag)
        return false;
    unsigned char first = walk->at[1];
    walk->at += 2;
    *length = first;
    return (first < 0x80 || long_length(walk, first & 0x7f, length)) && *length <= left(walk);
}

static bool enter(struct walk *walk, unsigned char tag)
{
    size_t length;

    if (walk->depth + 1 == DEPTH_MAX || !header(walk, tag, &length))
        return false;
    walk->ends[++walk->depth] = walk->at + length;
    return true;
}

static bool leave(struct walk *walk)
{
    if (walk->at != walk->ends[walk->depth])
        return false;
    walk->depth--;
    return true;
}

static bool exact(struct walk *walk, const char *bytes, size_t size)
{
    if (left(walk) < size || memcmp(walk->at, bytes, size) != 0)
        return false;
    walk->at += size;
    return true;
}

static bool bytes(struct walk *walk, const struct row *row, const unsigned char **content,
                  size_t *length)
{
    if (!header(walk, row->tag, length) || *length < row->min || *length > row->max)
        return false;
    *content = walk->at;
    walk->at += *length;
    return true;
}

static bool number(struct walk *walk, const struct row *row)
{
    const unsigned char *content;
    size_t length;

    if (!bytes(walk, row, &content, &length))
        return false;
    return length == 1 || (content[0] == 0 ? content[1] >= 0x80 : content[0] != 0xff);
}

static bool point(struct walk *walk, const struct row *row)
{
    const unsigned char *content;
    size_t length;

    return bytes(walk, row, &content, &length) && (length == row->min || length == row->max)
           && content[0] == 0 && content[1] == 4; /* no unused bits; uncompressed */
}

/* Any DER below this header; tags of more than one byte do not occur in names. */
static bool any(struct walk *walk, unsigned char tag, int depth)
{
    size_t length;

    if ((tag & 0x1f) == 0x1f || depth > NAME_DEPTH_MAX)
        return false;
    if (!(tag & CONSTRUCTED)) {
        if (!header(walk, tag, &length))
            return false;
        walk->at += length;
        return true;
    }
    if (!enter(walk, tag))
        return false;
    while (left(walk) > 0)
        if (!any(walk, walk->at[0], depth + 1))
            return false;
    return leave(walk);
}

static bool matches(struct walk *walk, const struct row *row)
{
    const unsigned char *content;
    size_t length;

    switch (row->kind) {
    case ENTER:
        return enter(walk, row->tag);
    case LEAVE:
        return leave(walk);
    case EXACT:
        return exact(walk, row->exact, row->min);
    case BYTES:
        return bytes(walk, row, &content, &length);
    case NUMBER:
        return number(walk, row);
    case POINT:
        return point(walk, row);
    case NAME:
        return any(walk, row->tag, 1);
    case END:
        break;
    }
    return false;
}

static bool follow(struct walk *walk, const unsigned char *start, const struct row *row,
                   struct fault *fault)
{
    for (; row->kind != END; row++) {
        size_t offset = (size_t)(walk->at - start);
        if (!matches(walk, row))
            return fault_set(fault, FAULT_SEAL, "not the sealed form, at byte %zu: no %s%s",
                             offset, row->kind == LEAVE ? "end of " : "", row->what);
    }
    return true;
}

static const struct row *recipient(const struct walk *walk)
{
    return left(walk) > 0 && walk->at[0] == CONTEXT(1) ? EC_RECIPIENT : RSA_RECIPIENT;
}

bool seal_shape(const void *sealed, size_t size, struct fault *fault)
{
    const unsigned char *start = sealed;
    struct walk walk = { .at = start, .ends = { start + size } };

    if (size > SEAL_BYTES_MAX + SEAL_EXTRA_MAX)
        return fault_set(fault, FAULT_SEAL, "not the sealed form: larger than %d bytes",
                         SEAL_BYTES_MAX + SEAL_EXTRA_MAX);
    if (!follow(&walk, start, HEAD, fault) || !follow(&walk, start, recipient(&walk), fault)
        || !follow(&walk, start, recipient(&walk), fault)
        || !follow(&walk, start, TAIL, fault))
        return false;
    return walk.at == start + size
           || fault_set(fault, FAULT_SEAL, "not the sealed form: bytes behind its end");
}

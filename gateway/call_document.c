/* call_document -- documents over the local bus: in, to be sent along; out, to be read. */
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "codecs/base64.h"
#include "codecs/xmldoc.h"
#include "gateway/audit.h"
#include "gateway/bijlagen.h"
#include "gateway/call.h"
#include "gateway/compose.h"
#include "gateway/control.h"
#include "gateway/enclosure.h"
#include "gateway/filing.h"
#include "peers/file.h"

/* --- in --------------------------------------------------------------------------------- */

bool call_document_add(struct call *call, struct fault *fault)
{
    struct enclosure_piece piece = {
        .file = call_text(call, "file"),
        .naam = call_text(call, "naam"),
        .offset = call_number(call, "offset"),
    };
    int64_t held = 0;

    bool good = base64_decode(call_text(call, "data"), &piece.bytes, fault)
                && (piece.bytes.size <= CONTROL_PIECE_MAX
                    || fault_set(fault, FAULT_SIZE, "a piece is larger than %u bytes",
                                 CONTROL_PIECE_MAX))
                && enclosure_add(call->gateway, &piece, &held, fault);
    buf_finish(&piece.bytes);
    if (good)
        call_put_number(call->result, "size", held);
    return good;
}

/* --- out -------------------------------------------------------------------------------- */

static bool find_entry(const xmlNode *dossier, const char *id, struct document *document,
                       struct fault *fault)
{
    for (const xmlNode *entry = document_first(dossier); entry; entry = document_next(entry)) {
        if (!document_read(entry, document, fault))
            return false;
        if (strcmp(document->id, id) == 0 && document->enclosed)
            return true;
    }
    return fault_set(fault, FAULT_UNKNOWN, "this dossier brought no document %.40s", id);
}

/* The first piece pays for looking at the whole: nothing is shown of what was changed. */
static bool read_piece(struct call *call, const char *oin, const struct document *document,
                       struct buf *plain, struct fault *fault)
{
    const struct home *home = &call->gateway->home;
    int64_t offset = call_number(call, "offset"), left = document->plain.size - offset;
    char name[DIGEST_HEX];
    SCOPED_FD int fd = -1;
    size_t got;

    if (offset % 16 || left < 0)
        return fault_set(fault, FAULT_USAGE,
                         "offset is past the end, or not a multiple of 16");
    digest_hex(&document->cipher, name);
    if ((offset == 0 && !bijlagen_verify(home, oin, document, fault))
        || !bijlagen_open(home, oin, name, &fd, fault))
        return false;
    size_t most = left < CONTROL_PIECE_MAX ? (size_t)left : CONTROL_PIECE_MAX;
    unsigned char *place = buf_reserve(plain, most);
    if (!file_get(fd, place, most, offset, &got) || got < most)
        return fault_set(fault, FAULT_IO, "document %s cannot be read", document->id);
    bijlage_piece(document->key, offset, place, most, place);
    buf_grown(plain, most);
    return true;
}

static bool read_document(struct call *call, struct filing *f, struct document *document,
                          struct buf *plain, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf canonical = { 0 };
    const char *ours = call->gateway->config.oin;

    return compose_open(call->gateway, &f->sealed, &f->canonical, &canonical, &doc, fault)
           && find_entry(message_dossier(doc), call_text(call, "document"), document, fault)
           && read_piece(call, f->o.rol == ROL_ONTVANGER ? f->o.peer : ours, document, plain,
                         fault);
}

static void tell(struct call *call, const struct document *document, const struct buf *plain)
{
    SCOPED_BUF struct buf text = { 0 };

    base64_encode(plain->data, plain->size, &text);
    call_put(call->result, "data", buf_text(&text));
    call_put_number(call->result, "size", document->plain.size);
    call_put_digest(call->result, "sha256", &document->plain.sha256);
}

bool call_document_read(struct call *call, struct fault *fault)
{
    SCOPED_BUF struct buf plain = { 0 };
    struct filing f = { .call = call };
    struct document document;

    f.audited = call_number(call, "offset") == 0 ? "document" : NULL;
    bool good = filing_find(&f, fault) && read_document(call, &f, &document, &plain, fault);
    if (good)
        tell(call, &document, &plain);
    OPENSSL_cleanse(document.key, sizeof(document.key));
    filing_finish(&f);
    return good;
}

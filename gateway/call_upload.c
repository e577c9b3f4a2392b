/* call_upload -- a piece of a file from a client. */
#include "codecs/base64.h"
#include "gateway/call.h"
#include "gateway/control.h"
#include "gateway/upload.h"

bool call_upload(struct call *call, struct fault *fault)
{
    SCOPED_BUF struct buf piece = { 0 };
    size_t held = 0, most = (size_t)call->gateway->config.message_kib << 10;

    if (!base64_decode(call_text(call, "data"), &piece, fault))
        return false;
    if (piece.size > CONTROL_PIECE_MAX)
        return fault_set(fault, FAULT_SIZE, "a piece is larger than %u bytes",
                         CONTROL_PIECE_MAX);
    if (!upload_add(call_text(call, "file"), (size_t)call_number(call, "offset"), &piece, most,
                    &held, fault))
        return false;
    call_put_number(call->result, "size", (int64_t)held);
    return true;
}

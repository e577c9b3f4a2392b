/* handle_bijlage -- HEAD and PUT /v1/bijlagen/{sha256}: documents before their message.
 *
 * HEAD answers with Content-Length: the bytes that are held. PUT adds the next piece, with
 * Content-Range: bytes FIRST-LAST/TOTAL, of at most 1 MiB: 201 when the document is whole, 202
 * when there is more to come, 409 when the piece is not the next one (ask HEAD, go on from
 * there). Only from active peers; each sees only what it sent itself.
 */
#ifndef GATEWAY_HANDLE_BIJLAGE_H
#define GATEWAY_HANDLE_BIJLAGE_H

#include "gateway/listen.h"

#define HANDLE_BIJLAGE_PATH "/v1/bijlagen/"

/* context: struct gateway */
listen_handler handle_bijlage_head, handle_bijlage_put;

#endif

/* api_page -- gateway/api.json as a page for people: docs/api.md. */
#ifndef CLI_API_PAGE_H
#define CLI_API_PAGE_H

#include "codecs/base/buf.h"
#include "gateway/api.h"

/* Appends the whole page, in Markdown. */
void api_page(const struct api *api, struct buf *page);

#endif

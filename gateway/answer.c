/* answer -- see answer.h. */
#include "gateway/answer.h"

#include <string.h>
#include <time.h>

static void add_date(struct buf *out)
{
    char text[64];
    time_t now = time(NULL);
    struct tm parts;

    gmtime_r(&now, &parts);
    strftime(text, sizeof(text), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    buf_add_text(out, text);
}

void answer_compose(const struct listen_answer *answer, const char *method, const char *fields,
                    bool closing, struct buf *out)
{
    bool bodiless = strcmp(method, "HEAD") == 0;

    buf_addf(out, "HTTP/1.1 %d %s\r\n", answer->status, http_reason(answer->status));
    if (answer->status != 204) /* RFC 9110 8.6: which has neither body nor length */
        buf_addf(out, "Content-Length: %zu\r\n",
                 bodiless           ? answer->head_length
                 : answer->promised ? answer->promised
                                    : answer->body.size);
    add_date(out);
    if (answer->fields || fields)
        buf_add_text(out, answer->fields ? answer->fields : fields);
    if (answer->content_type)
        buf_addf(out, "Content-Type: %s\r\n", answer->content_type);
    if (answer->retry_after)
        buf_addf(out, "Retry-After: %d\r\n", answer->retry_after);
    if (closing)
        buf_add_text(out, "Connection: close\r\n");
    buf_add_text(out, "\r\n");
    if (!bodiless)
        buf_add(out, answer->body.data, answer->body.size);
}

void answer_problem(int status, struct listen_answer *answer)
{
    answer->content_type = "application/problem+xml";
    buf_addf(&answer->body,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<problem xmlns=\"urn:ietf:rfc:7807\"><title>%s</title><status>%d</status>"
             "</problem>\n",
             http_reason(status), status);
}

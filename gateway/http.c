/* http -- see http.h.
 *
 * The head is read line by line, each judged as soon as its CRLF is there and
 * never before, so that a head that trickles in gets the verdict of one that
 * comes at once. A second look starts at the first byte again: a head is
 * short, and there is no state to get out of step.
 */
#include "gateway/http.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { MORE = 1, LENGTH_DIGITS_MAX = 8 };

struct text {
    const char *at;
    size_t size;
};

struct reading {
    struct http_head *head;
    unsigned allowed;
    uint32_t seen; /* a bit per row of FIELDS */
};

static const char ALPHANUMERIC[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool only(struct text text, const char *more)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] == '\0'
            || (!strchr(ALPHANUMERIC, text.at[i]) && !strchr(more, text.at[i])))
            return false;
    return text.size > 0;
}

static bool is(struct text text, const char *word)
{
    return text.size == strlen(word) && memcmp(text.at, word, text.size) == 0;
}

static bool is_any_case(struct text text, const char *word)
{
    return text.size == strlen(word) && strncasecmp(text.at, word, text.size) == 0;
}

static struct text trim(struct text text)
{
    while (text.size > 0 && strchr(" \t", text.at[0])) {
        text.at++;
        text.size--;
    }
    while (text.size > 0 && strchr(" \t", text.at[text.size - 1]))
        text.size--;
    return text;
}

/* Cuts text in two at the first `mark`; false when there is none. */
static bool cut(struct text text, char mark, struct text *before, struct text *behind)
{
    const char *at = memchr(text.at, mark, text.size);

    if (!at)
        return false;
    *before = (struct text){ text.at, (size_t)(at - text.at) };
    *behind = (struct text){ at + 1, text.size - before->size - 1 };
    return true;
}

static int copy(struct text text, char *to, size_t room)
{
    if (text.size >= room)
        return 431;
    memcpy(to, text.at, text.size);
    to[text.size] = '\0';
    return 0;
}

/* -- fields ------------------------------------------------------------------------------- */

static int take_host(struct reading *reading, struct text value, char *place)
{
    (void)reading, (void)place;
    return only(value, ".-:[]_") ? 0 : 400;
}

static int take_length(struct reading *reading, struct text value, char *place)
{
    struct http_head *head = reading->head;

    (void)place;
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return 400;
        if (i < LENGTH_DIGITS_MAX)
            head->content_length = head->content_length * 10 + (size_t)(value.at[i] - '0');
    }
    head->has_length = true;
    return value.size == 0 ? 400 : value.size > LENGTH_DIGITS_MAX ? 413 : 0;
}

static int take_connection(struct reading *reading, struct text value, char *place)
{
    struct text option, rest = value;

    (void)place;
    while (cut(rest, ',', &option, &rest))
        reading->head->closes |= is_any_case(trim(option), "close");
    reading->head->closes |= is_any_case(trim(rest), "close");
    return 0;
}

/* RFC 9112 6.1 lets a server answer 411 when it wants a length; no coding, no smuggling. Where
 * chunks are allowed, only in the one spelling about which no two readers disagree: not in
 * upper case, not behind or before a tab, not beside another coding (501, RFC 9112 6.1). */
static int take_coding(struct reading *reading, struct text value, char *place)
{
    (void)place;
    if (!(reading->allowed & HTTP_CHUNKS))
        return 411;
    if (!is(value, "chunked"))
        return 501;
    reading->head->chunked = true;
    return value.at[-1] == '\t' || value.at[value.size] == '\t' ? 400 : 0;
}

/* RFC 9110 10.1.1: whoever does not want to promise 100 says 417; clients then send at once.
 */
static int refuse_expectation(struct reading *reading, struct text value, char *place)
{
    (void)reading, (void)value, (void)place;
    return 417;
}

static int take_value(struct reading *reading, struct text value, char *place)
{
    (void)reading;
    return copy(value, place, HTTP_VALUE_MAX);
}

#define HEAD(member) offsetof(struct http_head, member)

/* clang-format off */
static const struct field {
    const char *name;
    int (*take)(struct reading *reading, struct text value, char *place);
    size_t offset; /* of the place in struct http_head, for take_value */
} FIELDS[] = {
    { "Host",              take_host,          0 }, /* first: HOST_SEEN */
    { "Connection",        take_connection,    0 },
    { "Content-Length",    take_length,        0 },
    { "Content-Range",     take_value,         HEAD(content_range) },
    { "Content-Type",      take_value,         HEAD(content_type) },
    { "Expect",            refuse_expectation, 0 },
    { "Transfer-Encoding", take_coding,        0 },
    { "berichtId",         take_value,         HEAD(bericht_id) },
    { "bron",              take_value,         HEAD(bron) },
    { "doel",              take_value,         HEAD(doel) },
    { "traceparent",       take_value,         HEAD(traceparent) },
};
/* clang-format on */
enum { FIELD_COUNT = sizeof(FIELDS) / sizeof(FIELDS[0]), HOST_SEEN = 1 };

static int read_field(struct reading *reading, struct text line)
{
    struct text name, value;

    /* A line that starts with white space (obs-fold) or has some before its colon ends here.
     */
    if (!cut(line, ':', &name, &value) || !only(name, "!#$%&'*+-.^_`|~"))
        return 400;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!is_any_case(name, FIELDS[i].name))
            continue;
        if (reading->seen & (1U << i))
            return 400;
        reading->seen |= 1U << i;
        return FIELDS[i].take(reading, trim(value), (char *)reading->head + FIELDS[i].offset);
    }
    return 0;
}

/* -- request line ------------------------------------------------------------------------- */

static int read_method(struct text method, const struct reading *reading)
{
    static const struct {
        const char *name;
        unsigned needs;
    } METHODS[] = {
        { "GET", 0 }, { "HEAD", 0 }, { "POST", 0 }, { "PUT", 0 }, { "DELETE", HTTP_DELETE },
    };

    if (!only(method, "!#$%&'*+-.^_`|~"))
        return 400;
    for (size_t i = 0; i < sizeof(METHODS) / sizeof(METHODS[0]); i++)
        if (is(method, METHODS[i].name) && (METHODS[i].needs & ~reading->allowed) == 0)
            return copy(method, reading->head->method, sizeof(reading->head->method));
    return 501;
}

static int read_path(struct text path, struct http_head *head)
{
    if (path.size >= HTTP_PATH_MAX)
        return 414;
    if (!only(path, "/-._~!$&'()*+,;=:@") || path.at[0] != '/')
        return 400;
    copy(path, head->path, sizeof(head->path));
    return strstr(head->path, "..") ? 400 : 0;
}

static int read_version(struct text version)
{
    if (is(version, "HTTP/1.1"))
        return 0;
    if (version.size != strlen("HTTP/1.1") || memcmp(version.at, "HTTP/", 5) != 0)
        return 400;
    return version.at[6] == '.' ? 505 : 400;
}

static int read_request_line(struct text line, const struct reading *reading)
{
    struct text method, path, version;

    if (!cut(line, ' ', &method, &path) || !cut(path, ' ', &path, &version))
        return 400;
    int refusal = read_version(version);
    if (!refusal)
        refusal = read_method(method, reading);
    return refusal ? refusal : read_path(path, reading->head);
}

/* -- lines -------------------------------------------------------------------------------- */

/* One line without its CRLF. MORE; 400 for a byte that no line may hold. */
static int next_line(struct text bytes, struct text *line)
{
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char c = (unsigned char)bytes.at[i];
        bool cr_before = i > 0 && bytes.at[i - 1] == '\r';

        if (cr_before != (c == '\n'))
            return 400;
        if (c == '\n') {
            *line = (struct text){ bytes.at, i - 1 };
            return 0;
        }
        if ((c < ' ' && c != '\t' && c != '\r') || c > '~')
            return 400;
    }
    return MORE;
}

static bool carries_body(const struct http_head *head)
{
    return head->method[0] == 'P'; /* POST, PUT */
}

/* RFC 9112 6.3 warns of a length beside a coding: one of the two lies. */
static int end_of_head(const struct reading *reading)
{
    const struct http_head *head = reading->head;

    if (!(reading->seen & HOST_SEEN))
        return 400;
    if (head->chunked)
        return head->has_length || !carries_body(head) ? 400 : 0;
    return carries_body(head) && !head->has_length ? 411 : 0;
}

static int judge_line(struct reading *reading, size_t lines, struct text line)
{
    if (lines == 0)
        return read_request_line(line, reading);
    return lines > HTTP_LINES_MAX ? 431 : read_field(reading, line);
}

int http_head_read(const char *bytes, size_t size, unsigned allowed, struct http_head *head,
                   size_t *used)
{
    struct reading reading = { .head = head, .allowed = allowed };
    struct text rest = { bytes, size < HTTP_HEAD_MAX ? size : HTTP_HEAD_MAX }, line;
    size_t lines = 0;
    int verdict;

    *head = (struct http_head){ 0 };
    for (; !(verdict = next_line(rest, &line)); lines++) {
        rest = (struct text){ rest.at + line.size + 2, rest.size - line.size - 2 };
        *used = (size_t)(rest.at - bytes);
        if (lines > 0 && line.size == 0)
            return end_of_head(&reading);
        verdict = judge_line(&reading, lines, line);
        if (verdict)
            return verdict;
    }
    if (verdict == MORE && size >= HTTP_HEAD_MAX)
        return lines == 0 ? 414 : 431;
    return verdict;
}

const char *http_reason(int status)
{
    /* clang-format off */
    static const struct {
        int status;
        const char *reason;
    } REASONS[] = {
        { 200, "OK" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 204, "No Content" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 409, "Conflict" },
        { 411, "Length Required" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 416, "Range Not Satisfiable" },
        { 417, "Expectation Failed" },
        { 422, "Unprocessable Content" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++)
        if (REASONS[i].status == status)
            return REASONS[i].reason;
    return "";
}

/* pattern -- see pattern.h. A class of characters a position where that is enough; the name
 * and the telephone number read their own way. Letters and dashes are Unicode's.
 */
#include "codecs/duo/pattern.h"

#include <string.h>

#include <libxml/xmlstring.h>

#include "codecs/duo/letter.h"

#define DIGITS "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SPACES " \t\n\v\f\r"

size_t duo_pattern_length(const char *text)
{
    size_t length = 0;

    for (; *text; text++)
        length += (*text & 0xC0) != 0x80;
    return length;
}

static bool is_all(const char *text, const char *characters)
{
    return text[strspn(text, characters)] == '\0';
}

static bool is_one(char c, const char *characters)
{
    return c != '\0' && strchr(characters, c) != NULL;
}

static bool fits_digits(const char *text)
{
    return *text && is_all(text, DIGITS);
}

static bool fits_gebeurtenisid(const char *text)
{
    return *text && is_all(text, DIGITS CAPITALS);
}

/* ^(\d{1,3}\,\d{2})$ */
static bool fits_score(const char *text)
{
    size_t whole = strspn(text, DIGITS);

    return whole >= 1 && whole <= 3 && text[whole] == ','
           && strspn(text + whole + 1, DIGITS) == 2 && text[whole + 3] == '\0';
}

/* That many of the first class, then two capitals. */
static bool fits_digits_and_capitals(const char *text, size_t digits)
{
    return strspn(text, DIGITS) == digits && strspn(text + digits, CAPITALS) == 2
           && text[digits + 2] == '\0';
}

static bool fits_postcode(const char *text)
{
    return *text != '0' && fits_digits_and_capitals(text, 4);
}

static bool fits_brin(const char *text)
{
    return fits_digits_and_capitals(text, 2);
}

/* [\s'‘.\p{L}\p{Pd}] */
static bool is_name_character(int c)
{
    if (c < 0x80 && is_one((char)c, SPACES "'."))
        return true;
    return c == 0x2018 || duo_letter(c) || duo_letter_dash(c);
}

static bool fits_naam(const char *text)
{
    int left = (int)strlen(text);

    while (left > 0) {
        int size = left;
        int c = xmlGetUTF8Char((const unsigned char *)text, &size);
        if (c < 0 || !is_name_character(c))
            return false;
        text += size;
        left -= size;
    }
    return true;
}

/* (\s|\s?(-|\(0\))\s?)? : one space, or a dash or "(0)" with a space around it. */
static const char *behind_separator(const char *at)
{
    const char *begin = at;

    at += is_one(*at, SPACES);
    if (*at == '-')
        at++;
    else if (strncmp(at, "(0)", 3) == 0)
        at += 3;
    else
        return is_one(*at, DIGITS) ? at : begin;
    return at + is_one(*at, SPACES);
}

/* ([,][1-9][0-9]{1,8})? at the end */
static bool fits_extension(const char *at)
{
    if (*at == '\0')
        return true;
    size_t size = strspn(at + 1, DIGITS);
    return *at == ',' && at[1] != '0' && size >= 2 && size <= 9 && at[1 + size] == '\0';
}

/* ^(\+|[0-9])((\s|\s?(-|\(0\))\s?)?[0-9]){2,15}([,][1-9][0-9]{1,8})?$ */
static bool fits_telefoon(const char *text)
{
    size_t digits = 0;

    if (!is_one(*text, DIGITS "+"))
        return false;
    text++;
    for (const char *next = behind_separator(text); is_one(*next, DIGITS); digits++) {
        text = next + 1;
        next = behind_separator(text);
    }
    return digits >= 2 && digits <= 15 && fits_extension(text);
}

/* clang-format off */
static const struct {
    bool (*fits)(const char *text);
    const char *text;
} PATTERNS[DUO_PATTERNS] = {
    [DUO_DIGITS]        = { fits_digits,        "^[0-9]+$" },
    [DUO_GEBEURTENISID] = { fits_gebeurtenisid, "^[0-9A-Z]{1,6}$" },
    [DUO_SCORE]         = { fits_score,         "^([0-9]{1,3},[0-9]{2})$" },
    [DUO_POSTCODE]      = { fits_postcode,      "^([1-9]{1}[0-9]{3}[A-Z]{2})$" },
    [DUO_BRIN]          = { fits_brin,          "^([0-9]{2}[A-Z]{2})$" },
    [DUO_NAAM]          = { fits_naam,          "^[\\s'\xE2\x80\x98.\\p{L}\\p{Pd}]{0,100}$" },
    [DUO_TELEFOON]      = { fits_telefoon,
        "^(\\+|[0-9])((\\s|\\s?(-|\\(0\\))\\s?)?[0-9]){2,15}([,][1-9][0-9]{1,8})?$" },
};
/* clang-format on */

bool duo_pattern_fits(enum duo_pattern pattern, const char *text)
{
    return pattern == DUO_ANY || PATTERNS[pattern].fits(text);
}

const char *duo_pattern_text(enum duo_pattern pattern)
{
    return PATTERNS[pattern].text;
}

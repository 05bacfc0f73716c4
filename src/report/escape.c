/*
 * escape.c - escaping; see the header.
 *
 * A library for XML would be a new dependency for what is one switch here: the
 * writers put out a fixed structure, and only text and attribute values vary.
 */
#include "escape.h"

#include <string.h>

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

void hd_text_put(struct hd_bytes *out, const char *s)
{
    hd_bytes_put(out, s, strlen(s));
}

/* U+FFFE and U+FFFF are well-formed UTF-8 and no characters of XML. */
static bool is_noncharacter(const uint8_t *p, size_t size)
{
    return size >= 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe;
}

/* Bytes of the sequence at p that no format takes: one and what continues it. */
static size_t refused_len(const uint8_t *p, size_t size)
{
    size_t n = 1;
    while (n < size && n < 4 && (p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/*
 * Walks the text.  put() writes what stands for one byte, or returns false if that
 * byte needs nothing special; newline and tab always get there.
 */
static void escape(struct hd_bytes *out, const char *s,
                   bool (*put)(struct hd_bytes *out, uint8_t c))
{
    const uint8_t *p = (const uint8_t *)s;
    size_t left = strlen(s);
    while (left) {
        size_t plain = hd_utf8_printable(p, left), n = 0;
        while (n < plain && !is_noncharacter(p + n, plain - n)) {
            if (!put(out, p[n]))
                hd_bytes_u8(out, p[n]);
            n++;
        }
        p += n;
        left -= n;
        if (!left)
            break;
        bool space = *p == '\n' || *p == '\t';
        n = space ? 1 : refused_len(p, left);
        if (!space)
            hd_text_put(out, replacement);
        else if (!put(out, *p))
            hd_bytes_u8(out, *p);
        p += n;
        left -= n;
    }
}

static bool put_xml(struct hd_bytes *out, uint8_t c)
{
    const char *as = NULL;
    switch (c) {
    case '&':
        as = "&amp;";
        break;
    case '<':
        as = "&lt;";
        break;
    case '>':
        as = "&gt;";
        break;
    case '"':
        as = "&quot;";
        break;
    case '\'':
        as = "&#39;";
        break;
    default:
        return false;
    }
    hd_text_put(out, as);
    return true;
}

/* A bare newline or tab in an attribute is read back as a space. */
static bool put_xml_attribute(struct hd_bytes *out, uint8_t c)
{
    if (c != '\n' && c != '\t')
        return put_xml(out, c);
    hd_bytes_printf(out, "&#%u;", c);
    return true;
}

void hd_escape_xml(struct hd_bytes *out, const char *s)
{
    escape(out, s, put_xml);
}

void hd_escape_xml_attribute(struct hd_bytes *out, const char *s)
{
    escape(out, s, put_xml_attribute);
}

static bool put_github_message(struct hd_bytes *out, uint8_t c)
{
    if (c != '%' && c != '\n')
        return false;
    hd_bytes_printf(out, "%%%02X", c);
    return true;
}

static bool put_github_property(struct hd_bytes *out, uint8_t c)
{
    if (c != '%' && c != '\n' && c != ':' && c != ',')
        return false;
    hd_bytes_printf(out, "%%%02X", c);
    return true;
}

void hd_escape_github_message(struct hd_bytes *out, const char *s)
{
    escape(out, s, put_github_message);
}

void hd_escape_github_property(struct hd_bytes *out, const char *s)
{
    escape(out, s, put_github_property);
}

void hd_escape_uri(struct hd_bytes *out, const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "0123456789-._~/";
    for (; *path; path++)
        if (strchr(plain, *path))
            hd_bytes_u8(out, (uint8_t)*path);
        else
            hd_bytes_printf(out, "%%%02X", (unsigned)(uint8_t)*path);
}

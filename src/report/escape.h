/*
 * escape.h - text into the formats that reports are written in.
 *
 * What code under test says, file names and tasks' names may hold anything: markup,
 * control characters, bytes that are not UTF-8.  Each function here takes any bytes
 * and appends text that its format reads back as that text; what a format cannot
 * hold (and what would reorder the text around it) becomes U+FFFD.
 */
#ifndef HD_REPORT_ESCAPE_H
#define HD_REPORT_ESCAPE_H

#include "../base/bytes.h"

/* A literal of the format itself. */
void hd_text_put(struct hd_bytes *out, const char *s);

/* Content of XML 1.0 or HTML, and a quoted attribute value (or content). */
void hd_escape_xml(struct hd_bytes *out, const char *s);
void hd_escape_xml_attribute(struct hd_bytes *out, const char *s);

/* The message of a GitHub workflow command, or the value of a property of it. */
void hd_escape_github_message(struct hd_bytes *out, const char *s);
void hd_escape_github_property(struct hd_bytes *out, const char *s);

/* A path as the path of a URI: everything but `/` and unreserved bytes as %XX. */
void hd_escape_uri(struct hd_bytes *out, const char *path);

#endif

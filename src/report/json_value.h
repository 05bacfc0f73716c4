/*
 * json_value.h - what the writers of JSON share, over jansson.  Linked with the
 * command only, as they are.
 */
#ifndef HD_REPORT_JSON_VALUE_H
#define HD_REPORT_JSON_VALUE_H

#include <jansson.h>
#include <stdint.h>

#include "../base/bytes.h"

/* Takes over value.  Out of memory ends the process. */
void hd_json_put(json_t *object, const char *key, json_t *value);
void hd_json_append(json_t *array, json_t *value);

/* A string, or null for NULL.  Bytes of a text that is not UTF-8 become `?`: it may
 * quote what code under test wrote. */
json_t *hd_json_text(const char *s);
json_t *hd_json_number(uint64_t v);
json_t *hd_json_seconds(double v);

/* Writes the document and gives it back. */
void hd_json_dump(json_t *root, struct hd_bytes *out);

#endif

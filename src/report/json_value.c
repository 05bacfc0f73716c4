/* json_value.c - shared by the writers of JSON; see the header. */
#include "json_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"

void hd_json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value))
        hd_die("out of memory, or a text that is not UTF-8, in \"%s\"", key);
}

void hd_json_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value))
        hd_die("out of memory");
}

json_t *hd_json_text(const char *s)
{
    if (!s)
        return json_null();
    json_t *j = json_string(s);
    if (j)
        return j;
    char *copy = strdup(s);
    if (!copy)
        hd_die("out of memory");
    for (char *p = copy; *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    j = json_string(copy);
    free(copy);
    return j;
}

json_t *hd_json_number(uint64_t v)
{
    return json_integer((json_int_t)v);
}

json_t *hd_json_seconds(double v)
{
    return json_real(round(v * 1e6) / 1e6);
}

void hd_json_dump(json_t *root, struct hd_bytes *out)
{
    char *s = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    if (!s)
        hd_die("out of memory");
    hd_bytes_printf(out, "%s\n", s);
    free(s);
    json_decref(root);
}

/*
 * finding.c - classes, outcomes, and findings as bytes.
 *
 * The bytes are what a worker process sends to the command.  Classes travel by
 * name, so that a worker of another build is noticed and not misread.
 */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "run.h"

static const struct {
    const char *name, *text;
} classes[HD_CLASS_COUNT] = {
#define X(id, class_name, class_text) [HD_##id] = {class_name, class_text},
    HD_CLASSES(X)
#undef X
};

const char *hd_class_name(enum hd_class c)
{
    return c > HD_NO_CLASS && c < HD_CLASS_COUNT ? classes[c].name : "?";
}

const char *hd_class_text(enum hd_class c)
{
    return c > HD_NO_CLASS && c < HD_CLASS_COUNT ? classes[c].text : "?";
}

enum hd_class hd_class_parse(const char *name)
{
    for (int c = HD_NO_CLASS + 1; c < HD_CLASS_COUNT; c++)
        if (strcmp(name, classes[c].name) == 0)
            return (enum hd_class)c;
    return HD_NO_CLASS;
}

const char *hd_outcome_name(enum hd_outcome o)
{
    switch (o) {
#define X(id, name, text)                                                          \
    case HD_OUTCOME_##id:                                                          \
        return name;
        HD_OUTCOMES(X)
#undef X
    }
    return "?";
}

int hd_primary(const struct hd_finding *f, size_t n, const enum hd_class *expect)
{
    for (int e = 0; e < HD_EXPECT_MAX && expect[e] != HD_NO_CLASS; e++)
        for (size_t i = 0; i < n; i++)
            if (f[i].cls == expect[e])
                return (int)i;
    /* None of them is expected, so the first is the first unexpected one. */
    return n > 0 ? 0 : -1;
}

enum hd_class hd_expected_class(const struct hd_variant *v, bool sees_races)
{
    for (int e = 0; e < HD_EXPECT_MAX && v->expect[e] != HD_NO_CLASS; e++)
        if (v->expect[e] != HD_DATA_RACE || sees_races)
            return v->expect[e];
    return HD_NO_CLASS;
}

void hd_site_write(const struct hd_site *s, struct hd_bytes *out)
{
    HD_CHECK(s->stack.count <= HD_FRAMES_MAX);
    hd_bytes_str(out, s->task);
    hd_bytes_str(out, s->role);
    hd_bytes_str(out, s->op);
    hd_bytes_str(out, s->object);
    hd_bytes_str(out, s->why);
    hd_bytes_u32(out, s->stack.count);
    for (uint32_t i = 0; i < s->stack.count; i++)
        hd_bytes_u64(out, s->stack.pc[i]);
}

void hd_finding_write(const struct hd_finding *f, struct hd_bytes *out)
{
    hd_bytes_str(out, hd_class_name(f->cls));
    hd_bytes_str(out, f->message);
    hd_bytes_str(out, f->signature);
    hd_bytes_str(out, f->detail);
    hd_bytes_u32(out, f->sites);
    for (uint32_t i = 0; i < f->sites; i++)
        hd_site_write(&f->site[i], out);
}

void hd_site_read(struct hd_site *s, struct hd_reader *in)
{
    s->task = hd_read_str(in);
    s->role = hd_read_str(in);
    s->op = hd_read_str(in);
    s->object = hd_read_str(in);
    s->why = hd_read_str(in);
    s->stack.count = hd_read_u32(in);
    if (s->stack.count > HD_FRAMES_MAX) {
        s->stack.count = 0;
        in->bad = true;
    }
    for (uint32_t i = 0; i < s->stack.count; i++)
        s->stack.pc[i] = hd_read_u64(in);
}

bool hd_finding_read(struct hd_finding *f, struct hd_reader *in)
{
    enum { SITE_SIZE_MIN = 5 * 4 + 4 };
    *f = (struct hd_finding){0};
    const char *name = hd_read_str(in);
    f->cls = name ? hd_class_parse(name) : HD_NO_CLASS;
    f->message = hd_read_str(in);
    f->signature = hd_read_str(in);
    f->detail = hd_read_str(in);
    f->sites = hd_read_u32(in);
    /* Before believing the number, see that the bytes could hold as many. */
    if (f->cls == HD_NO_CLASS || f->sites > (in->size - in->at) / SITE_SIZE_MIN)
        in->bad = true;
    if (!in->bad && f->sites > 0) {
        f->site = calloc(f->sites, sizeof *f->site);
        if (!f->site)
            hd_die("out of memory (%u sites)", f->sites);
        for (uint32_t i = 0; i < f->sites && !in->bad; i++)
            hd_site_read(&f->site[i], in);
    }
    if (in->bad) {
        free(f->site);
        *f = (struct hd_finding){0};
    }
    return !in->bad;
}

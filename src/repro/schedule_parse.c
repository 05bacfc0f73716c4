/*
 * schedule_parse.c - the strict parser of schedule files.
 *
 * One pass over the lines; each key has a function that takes the rest of its
 * line apart word by word.  Then the readable deviations are held against the
 * plan bytes: the bytes name tasks by spawn index and the lines by spawn path,
 * so besides the numbers the two namings must map one to one.
 *
 * The first error wins, with the line it is on.  An error of the whole file
 * (something is missing at its end) is on its last line.
 *
 * Not checked here: whether scenario and parameters exist, see
 * hd_schedule_bind().
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "schedule_file.h"
#include "schedule_words.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE_MAX = 64 * 1024 };

/* X(ENUM, "key", may be absent, may be repeated): in the order of the file. */
#define KEYS(X)                                                                    \
    X(scenario, "scenario", false, false)                                          \
    X(flavor, "flavor", false, false)                                              \
    X(carrier, "carrier", false, false)                                            \
    X(compiler, "compiler", false, false)                                          \
    X(build, "build", false, false)                                                \
    X(option, "option", false, true)                                               \
    X(param, "param", true, true)                                                  \
    X(deviation, "deviation", true, true)                                          \
    X(plan, "plan", false, false)                                                  \
    X(class, "class", false, false)                                                \
    X(signature, "signature", false, false)                                        \
    X(trace_hash, "trace-hash", false, false)

enum key {
#define X(id, name, absent, repeated) KEY_##id,
    KEYS(X)
#undef X
        KEY_COUNT,
};

/* A deviation line, until the plan's bytes are known. */
struct dev_line {
    int line;
    uint32_t gap;
};

struct parser {
    struct hd_schedule *s;
    struct hd__place at;
    int key; /* last one seen, or -1 */
    int version;
    bool has_steps, has_starve;
    struct dev_line *dev_line; /* one per s->dev */
    size_t params_capacity, devs_capacity;
};

/* Room for one more element of an array that has count of them. */
static void *array_grow(void *array, size_t elem, size_t count, size_t *capacity)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : 8;
    array = reallocarray(array, *capacity, elem);
    if (!array)
        hd_die("out of memory (%zu elements)", *capacity);
    return array;
}

static bool parse_scenario(struct parser *p, struct hd__text rest)
{
    struct hd__text word;
    if (!hd__take_last(&p->at, rest, "the scenario", &word))
        return false;
    const char *slash = memchr(word.p, '/', word.size);
    struct hd__text name = {word.p, slash ? (size_t)(slash - word.p) : 0};
    struct hd__text variant = {slash ? slash + 1 : word.p,
                               slash ? word.size - name.size - 1 : 0};
    if (!hd__is_name(name, "-") || !hd__is_name(variant, "-"))
        return hd__fail(&p->at, p->at.line, "`%.*s` is not NAME/VARIANT",
                        HD__QUOTED(word));
    p->s->scenario = hd__text_dup(name);
    p->s->variant = hd__text_dup(variant);
    p->s->scenario_line = p->at.line;
    return true;
}

/* One of the words of a NULL-terminated list. */
static bool parse_one_of(struct parser *p, struct hd__text rest, const char *what,
                         const char *const *list, char **out)
{
    struct hd__text word;
    if (!hd__take_last(&p->at, rest, what, &word))
        return false;
    while (*list && !hd__text_is(word, *list))
        list++;
    if (!*list)
        return hd__fail(&p->at, p->at.line, "%s cannot be `%.*s`", what,
                        HD__QUOTED(word));
    *out = hd__text_dup(word);
    return true;
}

static bool parse_flavor(struct parser *p, struct hd__text rest)
{
    static const char *const flavors[] = {"race", "asan", "tsan", "none", NULL};
    return parse_one_of(p, rest, "the flavor", flavors, &p->s->flavor);
}

static bool parse_carrier(struct parser *p, struct hd__text rest)
{
    static const char *const carriers[] = {"fiber", "thread", NULL};
    return parse_one_of(p, rest, "the carrier", carriers, &p->s->carrier);
}

/* The rest of the line as it is; control characters were refused before. */
static bool parse_free_text(struct parser *p, struct hd__text rest,
                            const char *what, char **out)
{
    if (rest.size == 0)
        return hd__fail(&p->at, p->at.line, "%s is missing", what);
    if (rest.p[0] == ' ' || rest.p[rest.size - 1] == ' ')
        return hd__fail(&p->at, p->at.line, "%s begins or ends with a space", what);
    *out = hd__text_dup(rest);
    return true;
}

static bool parse_compiler(struct parser *p, struct hd__text rest)
{
    return parse_free_text(p, rest, "the compiler", &p->s->compiler);
}

static bool parse_signature(struct parser *p, struct hd__text rest)
{
    if (!parse_free_text(p, rest, "the signature", &p->s->signature))
        return false;
    if (p->s->cls == HD_NO_CLASS && strcmp(p->s->signature, "none"))
        return hd__fail(&p->at, p->at.line,
                        "the signature must be `none`, as the class is");
    return true;
}

static bool parse_build(struct parser *p, struct hd__text rest)
{
    struct hd_bytes id = {0};
    if (!hd__take_hex(&p->at, rest, "the build-id", &id)) {
        hd_bytes_free(&id);
        return false;
    }
    p->s->build = hd__text_dup(id.size ? rest : (struct hd__text){"", 0});
    hd_bytes_free(&id);
    return true;
}

static bool parse_option(struct parser *p, struct hd__text rest)
{
    struct hd__text name;
    if (!hd__take(&p->at, &rest, "the option's name", &name))
        return false;
    bool steps = hd__text_is(name, "steps-max");
    if (!steps && !hd__text_is(name, "starve-max-ns"))
        return hd__fail(&p->at, p->at.line, "there is no option `%.*s`",
                        HD__QUOTED(name));
    bool *seen = steps ? &p->has_steps : &p->has_starve;
    if (*seen)
        return hd__fail(&p->at, p->at.line, "option `%.*s` is given twice",
                        HD__QUOTED(name));
    *seen = true;
    return (steps ? hd__take_u32(&p->at, &rest, "steps-max", UINT32_MAX,
                                 &p->s->steps_max)
                  : hd__take_i64(&p->at, &rest, "starve-max-ns",
                                 &p->s->starve_max_ns)) &&
           hd__take_end(&p->at, rest);
}

static bool parse_param(struct parser *p, struct hd__text rest)
{
    struct hd__text name;
    int64_t value;
    if (!hd__take(&p->at, &rest, "the parameter's name", &name))
        return false;
    if (!hd__is_name(name, "_") || name.p[0] < 'a' || name.p[0] > 'z')
        return hd__fail(&p->at, p->at.line, "`%.*s` is not a parameter's name",
                        HD__QUOTED(name));
    if (!hd__take_i64(&p->at, &rest, "the value", &value) ||
        !hd__take_end(&p->at, rest))
        return false;
    struct hd_schedule *s = p->s;
    if (s->params == HD_PARAMS_MAX)
        return hd__fail(&p->at, p->at.line, "more than %d parameters",
                        HD_PARAMS_MAX);
    for (size_t i = 0; i < s->params; i++)
        if (hd__text_is(name, s->param[i].name))
            return hd__fail(&p->at, p->at.line, "parameter `%.*s` is given twice",
                            HD__QUOTED(name));
    s->param =
        array_grow(s->param, sizeof *s->param, s->params, &p->params_capacity);
    s->param[s->params++] = (struct hd_schedule_param){
        .name = hd__text_dup(name), .value = value, .line = p->at.line};
    return true;
}

/* [@ OP OCCURRENCE [FUNCTION+0xOFFSET]] */
static bool take_evidence(struct parser *p, struct hd__text rest,
                          struct hd_schedule_dev *d)
{
    struct hd__text word;
    if (!rest.p)
        return true;
    if (!hd__take(&p->at, &rest, "`@`", &word))
        return false;
    if (!hd__text_is(word, "@"))
        return hd__fail(&p->at, p->at.line, "`@` expected instead of `%.*s`",
                        HD__QUOTED(word));
    if (!hd__take(&p->at, &rest, "the operation", &word))
        return false;
    d->op = hd__text_is(word, "-") ? NULL : hd__text_dup(word);
    if (!hd__take_u32(&p->at, &rest, "the occurrence", UINT32_MAX, &d->occurrence))
        return false;
    if (!rest.p)
        return true;
    if (!hd__take(&p->at, &rest, "the code location", &word) ||
        !hd__take_end(&p->at, rest))
        return false;
    const char *plus = memrchr(word.p, '+', word.size);
    size_t size = plus ? (size_t)(plus - word.p) : 0;
    struct hd__text offset = {word.p + size, word.size - size};
    if (size == 0 || offset.size < 3 || memcmp(offset.p, "+0x", 3) != 0 ||
        !hd__hexadecimal((struct hd__text){offset.p + 3, offset.size - 3},
                         &d->function_offset))
        return hd__fail(&p->at, p->at.line, "`%.*s` is not FUNCTION+0xOFFSET",
                        HD__QUOTED(word));
    d->function = hd__text_dup((struct hd__text){word.p, size});
    return true;
}

static bool kind_has_task(enum hd_choice_kind k)
{
    return k == HD_CHOICE_SWITCH || k == HD_CHOICE_NEXT;
}

static bool take_kind(struct parser *p, struct hd__text *rest,
                      enum hd_choice_kind *kind)
{
    struct hd__text word;
    if (!hd__take(&p->at, rest, "the kind", &word))
        return false;
    char *name = hd__text_dup(word);
    int k = hd_choice_parse(name);
    free(name);
    if (k < 0)
        return hd__fail(&p->at, p->at.line, "there is no kind `%.*s`",
                        HD__QUOTED(word));
    *kind = (enum hd_choice_kind)k;
    return true;
}

/* TASK GAP OFFSET KIND CHOICE [@ ...] */
static bool parse_deviation(struct parser *p, struct hd__text rest)
{
    struct hd_schedule *s = p->s;
    size_t lines = p->devs_capacity;
    p->dev_line = array_grow(p->dev_line, sizeof *p->dev_line, s->devs, &lines);
    s->dev = array_grow(s->dev, sizeof *s->dev, s->devs, &p->devs_capacity);
    /* Part of the schedule from here on, so that it is freed after an error. */
    struct hd_schedule_dev *d = &s->dev[s->devs];
    struct dev_line *at = &p->dev_line[s->devs++];
    *d = (struct hd_schedule_dev){0};
    at->line = p->at.line;
    if (!hd__take_path(&p->at, &rest, "the task", &d->task) ||
        !hd__take_u32(&p->at, &rest, "the gap", HD_PLAN_SEGMENT_MAX, &at->gap) ||
        !hd__take_u32(&p->at, &rest, "the offset", HD_PLAN_SEGMENT_MAX,
                      &d->dev.offset) ||
        !take_kind(p, &rest, &d->dev.kind))
        return false;
    bool ok = kind_has_task(d->dev.kind)
                  ? hd__take_path(&p->at, &rest, "the chosen task", &d->choice_task)
                  : hd__take_u32(&p->at, &rest, "the choice", HD_PLAN_TASK_MAX,
                                 &d->dev.choice);
    return ok && take_evidence(p, rest, d);
}

/* A task's two names: the path of a line and the index of the bytes. */
struct alias {
    const char *path;
    uint32_t index;
    int line;
};

static int alias_by_path(const void *pa, const void *pb)
{
    const struct alias *a = pa, *b = pb;
    int c = strcmp(a->path, b->path);
    return c ? c : (a->line > b->line) - (a->line < b->line);
}

static int alias_by_index(const void *pa, const void *pb)
{
    const struct alias *a = pa, *b = pb;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

/* Every path has one index, and every index one path. */
static bool aliases_check(struct parser *p, struct alias *alias, size_t n)
{
    qsort(alias, n, sizeof *alias, alias_by_path);
    for (size_t i = 1; i < n; i++)
        if (strcmp(alias[i].path, alias[i - 1].path) == 0 &&
            alias[i].index != alias[i - 1].index)
            return hd__fail(
                &p->at, alias[i].line,
                "a task is number %u of the plan's bytes here and %u on line %d",
                alias[i].index, alias[i - 1].index, alias[i - 1].line);
    qsort(alias, n, sizeof *alias, alias_by_index);
    for (size_t i = 1; i < n; i++)
        if (alias[i].index == alias[i - 1].index &&
            strcmp(alias[i].path, alias[i - 1].path) != 0)
            return hd__fail(
                &p->at, alias[i].line,
                "task number %u of the plan's bytes has another name on line %d",
                alias[i].index, alias[i - 1].line);
    return true;
}

static bool tasks_check(struct parser *p)
{
    const struct hd_schedule *s = p->s;
    struct alias *alias = reallocarray(NULL, 2 * s->devs + 1, sizeof *alias);
    if (!alias)
        hd_die("out of memory (%zu deviations)", s->devs);
    size_t n = 0;
    alias[n++] = (struct alias){"main", 0, 0};
    for (size_t i = 0; i < s->devs; i++) {
        const struct hd_schedule_dev *d = &s->dev[i];
        alias[n++] = (struct alias){d->task, d->dev.task, p->dev_line[i].line};
        if (d->choice_task)
            alias[n++] =
                (struct alias){d->choice_task, d->dev.choice, p->dev_line[i].line};
    }
    bool main_ok = true;
    for (size_t i = 1; main_ok && i < n; i++)
        if ((strcmp(alias[i].path, "main") == 0) != (alias[i].index == 0))
            main_ok = hd__fail(
                &p->at, alias[i].line,
                "task number %u of the plan's bytes cannot be called `%.40s`",
                alias[i].index, alias[i].path);
    bool ok = main_ok && aliases_check(p, alias, n);
    free(alias);
    return ok;
}

/* Takes positions from the bytes, once line i says the same. */
static bool deviation_check(struct parser *p, size_t i,
                            const struct hd_deviation *bytes, uint32_t gap)
{
    struct hd_schedule_dev *d = &p->s->dev[i];
    if (kind_has_task(bytes->kind))
        d->dev.choice = bytes->choice;
    const char *differs = p->dev_line[i].gap != gap        ? "gap"
                          : d->dev.offset != bytes->offset ? "offset"
                          : d->dev.kind != bytes->kind     ? "kind"
                          : d->dev.choice != bytes->choice ? "choice"
                                                           : NULL;
    if (differs)
        return hd__fail(&p->at, p->dev_line[i].line,
                        "the plan's bytes have another %s", differs);
    d->dev = *bytes;
    return true;
}

static bool parse_plan(struct parser *p, struct hd__text rest)
{
    struct hd_schedule *s = p->s;
    s->plan_line = p->at.line;
    if (!hd__take_hex(&p->at, rest, "the plan", &s->bytes))
        return false;
    if (s->bytes.size / HD_DEVIATION_SIZE < s->devs)
        return hd__fail(&p->at, p->at.line,
                        "the plan is too short for %zu deviations", s->devs);
    size_t tail = s->devs * HD_DEVIATION_SIZE;
    s->params_size = s->bytes.size - tail;
    if (s->devs == 0)
        return true;
    struct hd_plan plan = {0};
    hd_plan_decode(&plan, s->bytes.data + s->params_size, tail);
    uint32_t *gap = reallocarray(NULL, s->devs, sizeof *gap);
    if (!gap)
        hd_die("out of memory (%zu deviations)", s->devs);
    hd_plan_gaps(&plan, gap);
    bool ok = true;
    for (size_t i = 0; ok && i < s->devs; i++)
        ok = deviation_check(p, i, &plan.dev[i], gap[i]);
    free(gap);
    hd_plan_free(&plan);
    return ok && tasks_check(p);
}

static bool parse_class(struct parser *p, struct hd__text rest)
{
    struct hd__text word;
    if (!hd__take_last(&p->at, rest, "the class", &word))
        return false;
    char *name = hd__text_dup(word);
    p->s->cls = hd_class_parse(name);
    free(name);
    if (p->version > 1 && hd__text_is(word, "none"))
        return true;
    if (p->s->cls == HD_NO_CLASS)
        return hd__fail(&p->at, p->at.line, "there is no class `%.*s`",
                        HD__QUOTED(word));
    return true;
}

static bool parse_trace_hash(struct parser *p, struct hd__text rest)
{
    struct hd__text word;
    if (!hd__take_last(&p->at, rest, "the trace hash", &word))
        return false;
    if (word.size != 16 || !hd__hexadecimal(word, &p->s->trace_hash))
        return hd__fail(&p->at, p->at.line, "the trace hash is not 16 hex digits");
    return true;
}

static const struct {
    const char *name;
    bool absent, repeated;
    bool (*parse)(struct parser *p, struct hd__text rest);
} keys[] = {
#define X(id, name, absent, repeated) {name, absent, repeated, parse_##id},
    KEYS(X)
#undef X
};

/* Nothing that must be there was left out between the last key and the next. */
static bool order_check(struct parser *p, int line, int key)
{
    if (p->key <= KEY_option && key > KEY_option) {
        if (p->key == KEY_option && !p->has_steps)
            return hd__fail(&p->at, line, "`option steps-max` is missing");
        if (p->key == KEY_option && !p->has_starve)
            return hd__fail(&p->at, line, "`option starve-max-ns` is missing");
    }
    for (int k = p->key + 1; k < key; k++)
        if (!keys[k].absent)
            return hd__fail(&p->at, line, "`%s` is missing", keys[k].name);
    return true;
}

static bool parse_key(struct parser *p, struct hd__text rest)
{
    struct hd__text word;
    if (!hd__take(&p->at, &rest, "the key", &word))
        return false;
    int k = 0;
    while (k < KEY_COUNT && !hd__text_is(word, keys[k].name))
        k++;
    if (k == KEY_COUNT)
        return hd__fail(&p->at, p->at.line, "unknown key `%.*s`", HD__QUOTED(word));
    if (k == p->key && !keys[k].repeated)
        return hd__fail(&p->at, p->at.line, "`%s` is given twice", keys[k].name);
    if (k < p->key)
        return hd__fail(&p->at, p->at.line, "`%s` must stand before `%s`",
                        keys[k].name, keys[p->key].name);
    if (!order_check(p, p->at.line, k))
        return false;
    p->key = k;
    return keys[k].parse(p, rest);
}

static bool parse_header(struct parser *p, struct hd__text line)
{
    struct hd__text word;
    if (!hd__take(&p->at, &line, "`heddle-schedule`", &word))
        return false;
    if (!hd__text_is(word, "heddle-schedule"))
        return hd__fail(&p->at, p->at.line,
                        "not a schedule file: the first word is not "
                        "`heddle-schedule`");
    if (!hd__take_last(&p->at, line, "the version", &word))
        return false;
    p->version = hd__text_is(word, "1") ? 1 : hd__text_is(word, "2") ? 2 : 0;
    if (!p->version)
        return hd__fail(&p->at, p->at.line,
                        "version `%.*s` is unknown, only 1 and 2 are known",
                        HD__QUOTED(word));
    return true;
}

static bool parse_line(struct parser *p, struct hd__text line)
{
    bool plan = line.size > 5 && memcmp(line.p, "plan ", 5) == 0;
    if (line.size > LINE_SIZE_MAX && !plan)
        return hd__fail(&p->at, p->at.line, "the line is longer than %d bytes",
                        LINE_SIZE_MAX);
    size_t good = hd_utf8_printable((const uint8_t *)line.p, line.size);
    if (good < line.size)
        return hd__fail(&p->at, p->at.line,
                        "byte %zu (0x%02x) is a control character or not UTF-8",
                        good + 1, (uint8_t)line.p[good]);
    if (p->at.line == 1)
        return parse_header(p, line);
    if (line.size == 0 || line.p[0] == '#')
        return true;
    return parse_key(p, line);
}

static bool parse_lines(struct parser *p, struct hd__text all)
{
    while (all.size > 0) {
        const char *end = memchr(all.p, '\n', all.size);
        struct hd__text line = {all.p, end ? (size_t)(end - all.p) : all.size};
        if (p->at.line == INT_MAX)
            return hd__fail(&p->at, p->at.line, "too many lines");
        p->at.line++;
        if (!parse_line(p, line))
            return false;
        size_t used = line.size + (end != NULL);
        all = (struct hd__text){all.p + used, all.size - used};
    }
    if (p->at.line == 0)
        return hd__fail(&p->at, 1, "the file is empty");
    return order_check(p, p->at.line, KEY_COUNT);
}

enum hd_err hd_schedule_parse(struct hd_schedule *s, const uint8_t *bytes,
                              size_t size, struct hd_schedule_error *error)
{
    *s = (struct hd_schedule){0};
    *error = (struct hd_schedule_error){0};
    struct parser p = {.s = s, .at = {.error = error}, .key = -1};
    bool ok = parse_lines(&p, (struct hd__text){(const char *)bytes, size});
    free(p.dev_line);
    if (!ok)
        hd_schedule_free(s);
    return ok ? HD_E_OK : HD_E_SYNTAX;
}

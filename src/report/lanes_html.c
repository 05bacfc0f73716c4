/*
 * lanes_html.c - the explain page: a template from src/report/html with the story
 * as JSON in it.
 *
 * The build turns the template's files into strings (cmake/embed.cmake).  In the
 * JSON every `<` is escaped, so that no text of the code under test can end the
 * script element that holds it.
 */
#include "lanes_html.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../base/io.h"
#include "../engine/plan.h"
#include "rules.h"

extern const char hd_explain_html[], hd_explain_css[], hd_explain_js[];

enum {
    SOURCE_MAX = 1 << 22, /* bytes of a source file */
    SOURCE_BEFORE = 5,    /* lines that are shown around one */
    SOURCE_AFTER = 3,
};

/* ---- small things ---- */

static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value))
        hd_die("out of memory, or a text that is not UTF-8, in \"%s\"", key);
}

static void add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value))
        hd_die("out of memory");
}

static json_t *number(uint64_t v)
{
    return json_integer((json_int_t)v);
}

static void put_text(struct hd_lanes *l, json_t *object, const char *key,
                     const char *text)
{
    if (text)
        put(object, key, json_string(hd_lanes_clean(l, text)));
}

/* The index of a return address in frames[], or -1. */
static json_int_t frame_of(const struct hd_lanes *l, uint64_t pc)
{
    const struct hd_where *w = hd_lanes_where(l, pc);
    return w ? (json_int_t)(w - l->where) : -1;
}

static json_t *stack_of(const struct hd_lanes *l, const struct hd_stack *s)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < s->count; i++)
        add(a, json_integer(frame_of(l, s->pc[i])));
    return a;
}

/* ---- the parts ---- */

static json_t *params_of(const struct hd_lanes *l)
{
    json_t *a = json_array();
    const struct hd_param *p = l->about.scenario->params;
    for (size_t i = 0; i < hd_params_count(p); i++) {
        json_t *o = json_object();
        put(o, "name", json_string(p[i].name));
        put(o, "value", json_integer(l->about.account->in.param[i]));
        add(a, o);
    }
    return a;
}

static json_t *finding_of(struct hd_lanes *l)
{
    const struct hd_finding *f = l->about.finding;
    if (!f)
        return json_null();
    json_t *o = json_object();
    put(o, "class", json_string(hd_class_name(f->cls)));
    put_text(l, o, "message", f->message);
    put_text(l, o, "signature", f->signature);
    if (f->detail && f->detail[0])
        put_text(l, o, "detail", f->detail);
    return o;
}

static json_t *rules_of(const struct hd_scenario *s)
{
    json_t *a = json_array();
    for (int i = 0; i < HD_RULES_MAX && s->rules[i]; i++) {
        json_t *o = json_object();
        put(o, "number", json_integer(s->rules[i]));
        put(o, "text", json_string(hd_rule_text(s->rules[i])));
        add(a, o);
    }
    return a;
}

/* Without a step if it does not happen in this execution. */
static json_t *pair_op(struct hd_lanes *l, const struct hd_pair_op *op,
                       const char *place, char letter)
{
    json_t *o = json_object();
    put_text(l, o, "task", op->task);
    put_text(l, o, "op", op->op);
    put(o, "returns", json_boolean(op->returns));
    put_text(l, o, "object", op->object);
    put_text(l, o, "place", place);
    for (uint32_t i = 0; i < l->rows; i++)
        if (l->row[i].pair == letter)
            put(o, "step", number(l->row[i].step));
    return o;
}

static json_t *pair_of(struct hd_lanes *l)
{
    const struct hd_pair_op *a = hd_lanes_pair(l, 'a'), *b = hd_lanes_pair(l, 'b');
    if (!l->sentence)
        return json_null();
    json_t *o = json_object();
    put(o, "sentence", json_string(l->sentence));
    if (a)
        put(o, "a", pair_op(l, a, l->pair_at[0], 'a'));
    if (b)
        put(o, "b", pair_op(l, b, l->pair_at[1], 'b'));
    return o;
}

static json_t *tasks_of(struct hd_lanes *l)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < l->lanes; i++) {
        const struct hd_story_task *t = &l->about.story->task[i];
        json_t *o = json_object(), *end = json_object();
        put(o, "name", json_string(l->lane[i].name));
        put_text(l, o, "function", l->lane[i].function);
        if (t->parent != HD_STORY_NONE)
            put(o, "parent", number(t->parent));
        put(o, "spawn_step", number(t->spawn_step));
        put(o, "steps", number(t->steps));
        put(o, "matters", json_boolean(l->lane[i].matters));
        put_text(l, end, "role", t->end.role);
        put_text(l, end, "op", t->end.op);
        put_text(l, end, "object", t->end.object);
        put_text(l, end, "why", t->end.why);
        put(end, "stack", stack_of(l, &t->end.stack));
        put(o, "end", end);
        add(a, o);
    }
    return a;
}

/* ---- rows ---- */

static const char *const kinds[] = {
    [HD_ROW_STEP] = "step",       [HD_ROW_TIMER] = "timer",
    [HD_ROW_RESUME] = "resume",   [HD_ROW_DEVIATION] = "deviation",
    [HD_ROW_LOG] = "log",         [HD_ROW_GAP] = "gap",
    [HD_ROW_FINDING] = "finding",
};

static json_t *woken_of(const struct hd_lanes *l, const struct hd_row *r)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < r->woken; i++)
        add(a, number(l->woken[r->woken_first + i]));
    return a;
}

static json_t *row_of(struct hd_lanes *l, const struct hd_row *r)
{
    json_t *o = json_object();
    json_int_t frame = frame_of(l, r->pc);
    put(o, "kind", json_string(kinds[r->kind]));
    put(o, "level", json_integer(r->level));
    put(o, "task", number(r->task));
    put(o, "step", number(r->step));
    put(o, "ns", json_integer(r->now_ns));
    put_text(l, o, "what", r->what);
    put_text(l, o, "value", r->value);
    put_text(l, o, "block", r->block);
    if (r->for_ever)
        put(o, "for_ever", json_true());
    if (r->named)
        put(o, "named", json_true());
    if (r->woken)
        put(o, "wakes", woken_of(l, r));
    if (r->kind == HD_ROW_GAP)
        put(o, "count", number(r->count));
    if (r->kind == HD_ROW_DEVIATION)
        put(o, "deviation", number(r->deviation));
    if (r->other != HD_STORY_NONE)
        put(o, "other", number(r->other));
    if (r->stack != HD_STORY_NONE)
        put(o, "stack", number(r->stack));
    else if (frame >= 0)
        put(o, "frame", json_integer(frame));
    if (r->pair)
        put(o, "pair", json_string(r->pair == 'a' ? "a" : "b"));
    return o;
}

static json_t *rows_of(struct hd_lanes *l)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < l->rows; i++)
        add(a, row_of(l, &l->row[i]));
    return a;
}

/* ---- source ---- */

static json_t *frames_of(struct hd_lanes *l)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < l->wheres; i++) {
        json_t *o = json_object();
        put_text(l, o, "function", l->where[i].function);
        put_text(l, o, "file", l->where[i].file);
        put(o, "line", number(l->where[i].line));
        add(a, o);
    }
    return a;
}

/* Adds the lines of a file that are around one of its places. */
static void lines_add(struct hd_lanes *l, json_t *lines, const char *file,
                      const char *text)
{
    uint32_t n = 1;
    for (const char *p = text; *p; n++) {
        size_t length = strcspn(p, "\n");
        bool wanted = false;
        for (uint32_t i = 0; i < l->wheres && !wanted; i++) {
            const struct hd_where *w = &l->where[i];
            wanted = w->file && n + SOURCE_BEFORE >= w->line &&
                     n <= w->line + SOURCE_AFTER && !strcmp(w->file, file);
        }
        if (wanted) {
            char key[16];
            snprintf(key, sizeof key, "%u", n);
            char *line = strndup(p, length);
            if (!line)
                hd_die("out of memory");
            put(lines, key, json_string(hd_lanes_clean(l, line)));
            free(line);
        }
        p += length + (p[length] == '\n');
    }
}

/* Of each readable source file, by name, the lines that somebody stood at. */
static json_t *sources_of(struct hd_lanes *l)
{
    json_t *files = json_object();
    for (uint32_t i = 0; i < l->wheres; i++) {
        const char *file = l->where[i].file;
        struct hd_bytes b = {0};
        if (!file || json_object_get(files, file))
            continue;
        json_t *lines = json_object();
        put(files, file, lines);
        if (hd_file_read(file, SOURCE_MAX, &b) == HD_E_OK) {
            hd_bytes_u8(&b, 0);
            lines_add(l, lines, file, (const char *)b.data);
        }
        hd_bytes_free(&b);
    }
    return files;
}

/* ---- the whole ---- */

static json_t *stacks_of(const struct hd_lanes *l)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < l->about.story->stacks; i++)
        add(a, stack_of(l, &l->about.story->stack[i]));
    return a;
}

static json_t *story_of(struct hd_lanes *l)
{
    const struct hd_lanes_about *a = &l->about;
    const struct hd_symptom *seen =
        a->finding
            ? hd_symptom_of(a->finding->cls, a->scenario->rules, HD_RULES_MAX)
            : NULL;
    json_t *o = json_object();
    put(o, "schema", json_string("heddle/story/1"));
    put(o, "scenario", json_string(a->scenario->name));
    put(o, "variant", json_string(a->variant));
    put(o, "flavor", json_string(a->flavor));
    put(o, "outcome", json_string(hd_outcome_name(a->account->outcome)));
    put(o, "finding", finding_of(l));
    put(o, "rules", rules_of(a->scenario));
    put_text(l, o, "fix", a->scenario->fix);
    put_text(l, o, "symptom", seen ? seen->symptom : NULL);
    put(o, "params", params_of(l));
    put(o, "deviations", number(a->account->plan.count));
    put(o, "preemptions", number(a->account->preemptions));
    put(o, "starvation_ns", json_integer(a->account->starvation_ns));
    put(o, "steps", number(a->story->steps_total));
    put(o, "left_out", number(a->story->steps_total - a->story->steps));
    put(o, "now_ns", json_integer(a->story->now_ns));
    put_text(l, o, "replay", a->replay);
    put(o, "pair", pair_of(l));
    put(o, "tasks", tasks_of(l));
    put(o, "frames", frames_of(l));
    put(o, "stacks", stacks_of(l));
    put(o, "sources", sources_of(l));
    put(o, "rows", rows_of(l));
    return o;
}

static void json_put(struct hd_lanes *l, struct hd_bytes *out)
{
    json_t *root = story_of(l);
    char *text = json_dumps(root, JSON_COMPACT);
    if (!text)
        hd_die("out of memory");
    json_decref(root);
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "<");
        hd_bytes_put(out, p, n);
        p += n;
        if (*p == '<') {
            hd_bytes_put(out, "\\u003c", 6);
            p++;
        }
    }
    free(text);
}

static void title_put(const struct hd_lanes *l, struct hd_bytes *out)
{
    const struct hd_lanes_about *a = &l->about;
    /* A scenario's name has letters, digits and dashes only, and so have classes.
     */
    hd_bytes_printf(out, "%s/%s%s%s", a->scenario->name, a->variant,
                    a->finding ? ": " : "",
                    a->finding ? hd_class_name(a->finding->cls) : "");
}

void hd_lanes_html(struct hd_lanes *l, struct hd_bytes *out)
{
    const char *p = hd_explain_html;
    while (*p) {
        size_t n = strcspn(p, "@");
        hd_bytes_put(out, p, n);
        p += n;
        if (!strncmp(p, "@TITLE@", 7))
            title_put(l, out);
        else if (!strncmp(p, "@CSS@", 5))
            hd_bytes_put(out, hd_explain_css, strlen(hd_explain_css));
        else if (!strncmp(p, "@JS@", 4))
            hd_bytes_put(out, hd_explain_js, strlen(hd_explain_js));
        else if (!strncmp(p, "@DATA@", 6))
            json_put(l, out);
        if (*p)
            p += 2 + strcspn(p + 1, "@");
    }
}

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
#include "json_value.h"
#include "rules.h"

extern const char hd_explain_html[], hd_explain_css[], hd_explain_js[];

enum {
    SOURCE_MAX = 1 << 22, /* bytes of a source file */
    SOURCE_BEFORE = 5,    /* lines that are shown around one */
    SOURCE_AFTER = 3,
};

/* ---- small things ---- */

static void put_text(struct hd_lanes *l, json_t *object, const char *key,
                     const char *text)
{
    if (text)
        hd_json_put(object, key, json_string(hd_lanes_clean(l, text)));
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
        hd_json_append(a, json_integer(frame_of(l, s->pc[i])));
    return a;
}

/* ---- the parts ---- */

static json_t *params_of(const struct hd_lanes *l)
{
    json_t *a = json_array();
    const struct hd_param *p = l->about.scenario->params;
    for (size_t i = 0; i < hd_params_count(p); i++) {
        json_t *o = json_object();
        hd_json_put(o, "name", json_string(p[i].name));
        hd_json_put(o, "value", json_integer(l->about.account->in.param[i]));
        hd_json_append(a, o);
    }
    return a;
}

static json_t *finding_of(struct hd_lanes *l)
{
    const struct hd_finding *f = l->about.finding;
    if (!f)
        return json_null();
    json_t *o = json_object();
    hd_json_put(o, "class", json_string(hd_class_name(f->cls)));
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
        hd_json_put(o, "number", json_integer(s->rules[i]));
        hd_json_put(o, "text", json_string(hd_rule_text(s->rules[i])));
        hd_json_append(a, o);
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
    hd_json_put(o, "returns", json_boolean(op->returns));
    put_text(l, o, "object", op->object);
    put_text(l, o, "place", place);
    for (uint32_t i = 0; i < l->rows; i++)
        if (l->row[i].pair == letter)
            hd_json_put(o, "step", hd_json_number(l->row[i].step));
    return o;
}

static json_t *pair_of(struct hd_lanes *l)
{
    const struct hd_pair_op *a = hd_lanes_pair(l, 'a'), *b = hd_lanes_pair(l, 'b');
    if (!l->sentence)
        return json_null();
    json_t *o = json_object();
    hd_json_put(o, "sentence", json_string(l->sentence));
    if (a)
        hd_json_put(o, "a", pair_op(l, a, l->pair_at[0], 'a'));
    if (b)
        hd_json_put(o, "b", pair_op(l, b, l->pair_at[1], 'b'));
    return o;
}

static json_t *tasks_of(struct hd_lanes *l)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < l->lanes; i++) {
        const struct hd_story_task *t = &l->about.story->task[i];
        json_t *o = json_object(), *end = json_object();
        hd_json_put(o, "name", json_string(l->lane[i].name));
        put_text(l, o, "function", l->lane[i].function);
        if (t->parent != HD_STORY_NONE)
            hd_json_put(o, "parent", hd_json_number(t->parent));
        hd_json_put(o, "spawn_step", hd_json_number(t->spawn_step));
        hd_json_put(o, "steps", hd_json_number(t->steps));
        hd_json_put(o, "matters", json_boolean(l->lane[i].matters));
        put_text(l, end, "role", t->end.role);
        put_text(l, end, "op", t->end.op);
        put_text(l, end, "object", t->end.object);
        put_text(l, end, "why", t->end.why);
        hd_json_put(end, "stack", stack_of(l, &t->end.stack));
        hd_json_put(o, "end", end);
        hd_json_append(a, o);
    }
    return a;
}

/* ---- rows ---- */

static const char *const kinds[] = {
    [HD_ROW_STEP] = "step",     [HD_ROW_TIMER] = "timer",
    [HD_ROW_RESUME] = "resume", [HD_ROW_DEVIATION] = "deviation",
    [HD_ROW_LOG] = "log",       [HD_ROW_CALL] = "call",
    [HD_ROW_GAP] = "gap",       [HD_ROW_FINDING] = "finding",
};

static json_t *woken_of(const struct hd_lanes *l, const struct hd_row *r)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < r->woken; i++)
        hd_json_append(a, hd_json_number(l->woken[r->woken_first + i]));
    return a;
}

static json_t *row_of(struct hd_lanes *l, const struct hd_row *r)
{
    json_t *o = json_object();
    json_int_t frame = frame_of(l, r->pc);
    hd_json_put(o, "kind", json_string(kinds[r->kind]));
    hd_json_put(o, "level", json_integer(r->level));
    hd_json_put(o, "task", hd_json_number(r->task));
    hd_json_put(o, "step", hd_json_number(r->step));
    hd_json_put(o, "ns", json_integer(r->now_ns));
    put_text(l, o, "what", r->what);
    put_text(l, o, "value", r->value);
    put_text(l, o, "block", r->block);
    if (r->for_ever)
        hd_json_put(o, "for_ever", json_true());
    if (r->named)
        hd_json_put(o, "named", json_true());
    if (r->woken)
        hd_json_put(o, "wakes", woken_of(l, r));
    if (r->kind == HD_ROW_GAP)
        hd_json_put(o, "count", hd_json_number(r->count));
    if (r->kind == HD_ROW_DEVIATION)
        hd_json_put(o, "deviation", hd_json_number(r->deviation));
    if (r->other != HD_STORY_NONE)
        hd_json_put(o, "other", hd_json_number(r->other));
    if (r->stack != HD_STORY_NONE)
        hd_json_put(o, "stack", hd_json_number(r->stack));
    else if (frame >= 0)
        hd_json_put(o, "frame", json_integer(frame));
    if (r->pair)
        hd_json_put(o, "pair", json_string(r->pair == 'a' ? "a" : "b"));
    return o;
}

static json_t *rows_of(struct hd_lanes *l)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < l->rows; i++)
        hd_json_append(a, row_of(l, &l->row[i]));
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
        hd_json_put(o, "line", hd_json_number(l->where[i].line));
        hd_json_append(a, o);
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
            hd_json_put(lines, key, json_string(hd_lanes_clean(l, line)));
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
        hd_json_put(files, file, lines);
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
        hd_json_append(a, stack_of(l, &l->about.story->stack[i]));
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
    hd_json_put(o, "schema", json_string("heddle/story/1"));
    hd_json_put(o, "scenario", json_string(a->scenario->name));
    hd_json_put(o, "variant", json_string(a->variant));
    hd_json_put(o, "flavor", json_string(a->flavor));
    hd_json_put(o, "outcome", json_string(hd_outcome_name(a->account->outcome)));
    hd_json_put(o, "finding", finding_of(l));
    hd_json_put(o, "rules", rules_of(a->scenario));
    put_text(l, o, "fix", a->scenario->fix);
    put_text(l, o, "symptom", seen ? seen->symptom : NULL);
    hd_json_put(o, "params", params_of(l));
    hd_json_put(o, "deviations", hd_json_number(a->account->plan.count));
    hd_json_put(o, "preemptions", hd_json_number(a->account->preemptions));
    hd_json_put(o, "starvation_ns", json_integer(a->account->starvation_ns));
    hd_json_put(o, "steps", hd_json_number(a->story->steps_total));
    hd_json_put(o, "left_out",
                hd_json_number(a->story->steps_total - a->story->steps));
    hd_json_put(o, "now_ns", json_integer(a->story->now_ns));
    put_text(l, o, "replay", a->replay);
    hd_json_put(o, "pair", pair_of(l));
    hd_json_put(o, "tasks", tasks_of(l));
    hd_json_put(o, "frames", frames_of(l));
    hd_json_put(o, "stacks", stacks_of(l));
    hd_json_put(o, "sources", sources_of(l));
    hd_json_put(o, "rows", rows_of(l));
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

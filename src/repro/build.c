/* build.c - an execution as a schedule; see the header. */
#include "build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/io.h"
#include "program.h"

static char *copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;
    if (s && !p)
        hd_die("out of memory");
    return p;
}

static void *array(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        hd_die("out of memory");
    return p;
}

void hd_input_make(const struct hd_account *e, const struct hd_scenario *s,
                   struct hd_bytes *out)
{
    hd_params_encode(s->params, &e->in, out);
    hd_plan_encode(&e->plan, out);
}

/* A task whose path nobody recorded gets one made of its index: unique, which
 * is what the parser asks of names, though its real parent may be another. */
static char *task_name(const char *path, uint32_t index)
{
    char text[24];
    if (path)
        return copy(path);
    if (index == 0)
        return copy("main");
    snprintf(text, sizeof text, "main.%u", index);
    return copy(text);
}

static void devs_make(struct hd_schedule *s, const struct hd_account *e)
{
    static const struct hd_account_anchor unknown;
    s->dev = array(e->plan.count, sizeof *s->dev);
    s->devs = e->plan.count;
    for (size_t i = 0; i < s->devs; i++) {
        const struct hd_deviation *d = &e->plan.dev[i];
        const struct hd_account_anchor *a = e->anchor ? &e->anchor[i] : &unknown;
        bool names_task = d->kind == HD_CHOICE_SWITCH || d->kind == HD_CHOICE_NEXT;
        s->dev[i] = (struct hd_schedule_dev){
            .dev = *d,
            .task = task_name(a->task, d->task),
            .choice_task = names_task ? task_name(a->choice_task, d->choice) : NULL,
            .op = copy(a->op),
            .occurrence = a->occurrence,
            .function = a->op ? copy(a->function) : NULL,
            .function_offset = a->function_offset,
        };
    }
}

void hd_schedule_make(struct hd_schedule *s, const struct hd_account *e,
                      const struct hd_finding *f,
                      const struct hd_schedule_about *about)
{
    size_t n = hd_params_count(about->scenario->params);
    *s = (struct hd_schedule){
        .scenario = copy(about->scenario->name),
        .variant = copy(about->variant),
        .flavor = copy(about->hello->flavor),
        .carrier = copy(hd_program_given ? "thread" : "fiber"),
        .compiler = copy(about->hello->compiler),
        .build = copy(about->hello->build),
        .steps_max = about->steps_max,
        .starve_max_ns = about->starve_max_ns,
        .param = array(n, sizeof *s->param),
        .params = n,
        .cls = f ? f->cls : HD_NO_CLASS,
        .signature = copy(f ? f->signature : "none"),
        .trace_hash = e->trace_hash,
    };
    for (size_t i = 0; i < n; i++)
        s->param[i] = (struct hd_schedule_param){
            .name = copy(about->scenario->params[i].name), .value = e->in.param[i]};
    devs_make(s, e);
    hd_params_encode(about->scenario->params, &e->in, &s->bytes);
    s->params_size = s->bytes.size;
    hd_plan_encode(&e->plan, &s->bytes);
}

enum hd_err hd_schedule_save(const char *path, const struct hd_account *e,
                             const struct hd_finding *f,
                             const struct hd_schedule_about *about)
{
    struct hd_schedule s;
    struct hd_bytes text = {0};
    hd_schedule_make(&s, e, f, about);
    hd_schedule_print(&s, &text);
    enum hd_err err = hd_file_write(path, text.data, text.size);
    hd_bytes_free(&text);
    hd_schedule_free(&s);
    return err;
}

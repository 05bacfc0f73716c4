/*
 * panic.c - defer, panic and recover; semantics in heddle/panic.h.
 *
 * A frame is a jmp_buf and a list of deferred calls.  A panic runs the deferred
 * calls on top of the panicking stack; once one of them has recovered and
 * returned, longjmp goes to the frame that deferred it, which runs what is
 * left of its list and returns normally.  It is libc's longjmp, not the
 * compiler's: TSan and ASan follow only that.
 */
#include <heddle/panic.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "../engine/engine.h"
#include "../engine/object.h"
#include "../engine/watch.h"
#include "panic.h"

struct deferred {
    hd_fn *fn;
    void *arg;
    struct deferred *next;
};

struct hd_frame {
    jmp_buf resume;
    struct deferred *first;
    struct hd_frame *outer;
    unsigned depth;
};

struct panic {
    struct hd_panic_value value;
    bool recovered;
    uintptr_t pc;
    struct hd_frame *frame; /* whose deferred calls it runs now */
    unsigned depth;         /* of that frame */
    struct panic *earlier;  /* in progress when this one started, or NULL */
};

/* Calls the deferred functions of the innermost frame, last first. */
static void run_deferred(struct hd_frame *f)
{
    while (f->first != NULL) {
        struct deferred *d = f->first;
        f->first = d->next;
        d->fn(d->arg);
        d->arg = NULL; /* or LSan takes what it points to for reachable */
    }
}

/*
 * The frame's locals are read after longjmp, hence volatile where they would
 * change; they do not.
 */
static void frame_run(hd_fn *fn, void *arg)
{
    struct hd_task *t = hd__cur;
    struct hd_frame f = {.outer = t->frames,
                         .depth = t->frames == NULL ? 0 : t->frames->depth + 1};
    t->frames = &f;
    if (_setjmp(f.resume) == 0)
        fn(arg);
    run_deferred(hd__cur->frames);
    hd__cur->frames = f.outer;
}

/* Installed before main(): tasks' functions run in a frame of their own. */
__attribute__((constructor)) static void install(void)
{
    hd__frame_run = frame_run;
}

/* Deferred calls run on top of the stack, which then is left as by a panic. */
bool hd__frames_left(uintptr_t sp)
{
    struct hd_task *t = hd__cur;
    while (t->frames != NULL && (uintptr_t)t->frames < sp) {
        if (t->frames->outer == NULL)
            return true;
        run_deferred(t->frames);
        t->frames = t->frames->outer;
    }
    return sp ==
           UINTPTR_MAX; /* the first thread of a program: main() is no task's */
}

void hd__frames_leave(void)
{
    struct hd_task *t = hd__cur;
    t->panic = NULL;
    if (t->frames != NULL)
        longjmp(t->frames->resume, 1);
    hd__task_over(t);
    hd_bug("a task came back from its end");
}

void hd_call(hd_fn *fn, void *arg)
{
    hd__self("hd_call");
    frame_run(fn, arg);
}

void hd_defer(hd_fn *fn, void *arg)
{
    struct hd_task *t = hd__self("hd_defer");
    struct deferred *d = hd_arena_alloc(&hd__exec.arena, sizeof *d);
    d->fn = fn;
    d->arg = arg;
    d->next = t->frames->first;
    t->frames->first = d;
}

static void die(struct hd_task *t, const struct panic *p)
{
    t->op = (struct hd_op){.kind = HD_OP_PANIC, .pc = p->pc};
    hd__emit(&(struct hd_event){.kind = HD_EVENT_PANIC,
                                .task = t,
                                .text = p->value.text,
                                .a = p->earlier != NULL});
    hd__stop(HD_OUTCOME_STOPPED);
}

/*
 * A recovered panic is over, and so are earlier ones whose deferred call it left
 * behind.  One whose deferred call lies further out than this frame goes on
 * when that call returns.
 */
__attribute__((noreturn)) static void resume(struct hd_task *t, struct panic *p,
                                             struct hd_frame *f)
{
    struct panic *e = p->earlier;
    while (e != NULL && e->depth >= f->depth)
        e = e->earlier;
    t->panic = e;
    longjmp(f->resume, 1); /* not _longjmp, which TSan does not intercept */
}

/* Unwinds frame by frame; comes back to one whose deferred call recovered. */
__attribute__((noreturn)) static void unwind(struct hd_task *t, struct panic *p)
{
    for (struct hd_frame *f = t->frames; f != NULL; f = f->outer) {
        t->frames = p->frame = f;
        p->depth = f->depth;
        while (f->first != NULL) {
            struct deferred *d = f->first;
            f->first = d->next;
            d->fn(d->arg);
            if (p->recovered)
                resume(t, p, f);
        }
    }
    die(t, p);
    hd_bug("a panic came back");
}

static void start(const struct hd_panic_value *v, const void *pc, const void *frame)
    __attribute__((noreturn));
static void start(const struct hd_panic_value *v, const void *pc, const void *frame)
{
    struct hd_task *t = hd__self("hd_panic");
    struct panic *p = hd_arena_alloc(&hd__exec.arena, sizeof *p);
    if (hd__is_runtime((uintptr_t)pc)) { /* a misuse: it is the caller's panic */
        pc = (const void *)t->op.pc;
        frame = t->frame;
    }
    if (hd__trace.next >= hd__trace.end)
        hd__stop(HD_OUTCOME_BUDGET);
    hd__note(HD_OP_PANIC, t, (uintptr_t)pc, v->kind);
    HD_WATCH("%s", v->text);
    p->value = *v;
    p->pc = (uintptr_t)pc;
    p->earlier = t->panic;
    t->panic = p;
    t->frame = frame;
    unwind(t, p);
}

void hd_panic(const char *format, ...)
{
    char line[201];
    va_list ap;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    const char *text = hd_arena_strdup(&hd__exec.arena, line);
    struct hd_panic_value v = {HD_PANIC_STRING, text, text};
    start(&v, __builtin_return_address(0), __builtin_frame_address(0));
}

void hd_panic_value(enum hd_panic_kind kind, const void *value, const char *text)
{
    struct hd_panic_value v = {kind, value, hd_arena_strdup(&hd__exec.arena, text)};
    start(&v, __builtin_return_address(0), __builtin_frame_address(0));
}

bool hd_recover(struct hd_panic_value *out)
{
    struct hd_task *t = hd__self("hd_recover");
    struct panic *p = t->panic;
    /* Only in a deferred call that the panic itself runs. */
    if (p == NULL || p->recovered || t->frames != p->frame)
        return false;
    p->recovered = true;
    HD_WATCH("recovered");
    if (out != NULL)
        *out = p->value;
    return true;
}

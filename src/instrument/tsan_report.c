/*
 * tsan_report.c - what the real ThreadSanitizer reports, as events.
 *
 * TSan calls the hooks below with its locks held, in the middle of the racing
 * access.  There the report is only copied into static memory; it is
 * told to the oracles when the execution is over, so that a race ends nothing:
 * the wrong value that follows from it is found in the same execution.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/elfsym.h"
#include "../engine/engine.h"
#include "../engine/fiber.h"
#include "../race/memory.h"
#include "../race/race.h"
#include "sanitizer.h"

#define WEAK __attribute__((weak))

extern int get_report_data(
    void *report, const char **description, int *count, int *stack_count,
    int *mop_count, int *loc_count, int *mutex_count, int *thread_count,
    int *unique_tid_count, void **sleep_trace,
    unsigned long trace_size) __asm__("__tsan_get_report_data") WEAK;
extern int __tsan_get_report_mop(void *report, unsigned long idx, int *tid,
                                 void **addr, int *size, int *write, int *atomic,
                                 void **trace, unsigned long trace_size) WEAK;
extern int __tsan_get_report_thread(void *report, unsigned long idx, int *tid,
                                    unsigned long *os_id, int *running,
                                    const char **name, int *parent_tid,
                                    void **trace, unsigned long trace_size) WEAK;
extern void __sanitizer_set_report_fd(void *fd) WEAK;
extern void __tsan_flush_memory(void) WEAK;

enum { RACES_MAX = 32 };

static struct hd_race race[RACES_MAX];
static unsigned races;
static bool off; /* nobody wants to know of races in this execution */

/* On the thread carrier. */
static int task_of_thread(int os_id)
{
    for (uint32_t i = 0; i < hd__exec.tasks; i++)
        if (hd__exec.task[i]->fiber->tid == os_id)
            return (int)i;
    return -1;
}

/* "task 12" is the fiber of task 12 (sanitizer.c); -1: none of ours. */
static int task_of_name(const char *name)
{
    static const char prefix[] = "task ";
    int n = 0;
    if (name == NULL)
        return -1;
    for (unsigned i = 0; i < sizeof prefix - 1; i++)
        if (*name++ != prefix[i])
            return -1;
    for (; *name >= '0' && *name <= '9'; name++)
        n = n * 10 + (*name - '0');
    return n;
}

static int task_of_tid(void *report, int threads, int wanted)
{
    for (int i = 0; i < threads; i++) {
        int tid, running, parent;
        unsigned long os_id;
        const char *name = NULL;
        void *trace[1];
        __tsan_get_report_thread(report, (unsigned long)i, &tid, &os_id, &running,
                                 &name, &parent, trace, 1);
        /* The main thread has the id that it had before the process was forked. */
        if (tid == wanted && hd__exec.threads && tid == 0)
            return 0;
        if (tid == wanted)
            return hd__exec.threads ? task_of_thread((int)os_id)
                                    : task_of_name(name);
    }
    return -1;
}

static bool begins(const char *text, const char *prefix)
{
    while (*prefix != '\0' && *text == *prefix)
        text++, prefix++;
    return *prefix == '\0';
}

/* TSan's frames are return addresses or one less; either names the call once
 * the report has subtracted one more. */
static void add_frame(struct hd_race_side *s, uintptr_t call)
{
    uint64_t offset, rel = hd_relative(call);
    const char *function = hd_function_at(rel, &offset);
    bool ours = hd__is_runtime(call), innermost = s->stack.count == 0;
    if (innermost && begins(function, "__interceptor_")) {
        function += sizeof "__interceptor_" - 1;
        if (begins(function, "free") || begins(function, "realloc"))
            s->kind = HD_ACCESS_FREE;
        return; /* the caller comes next */
    }
    if (!ours && !hd__is_nobodys(function) &&
        !(innermost && begins(function, "__tsan_")))
        s->stack.pc[s->stack.count++] = rel;
}

static void copy_side(struct hd_race_side *s, void *report, unsigned long i,
                      int threads)
{
    int tid, size, write, atomic;
    void *addr, *trace[HD_FRAMES_MAX] = {0};
    __tsan_get_report_mop(report, i, &tid, &addr, &size, &write, &atomic, trace,
                          HD_FRAMES_MAX);
    *s = (struct hd_race_side){.size = (uint32_t)size,
                               .addr = (uintptr_t)addr,
                               .task = task_of_tid(report, threads, tid)};
    if (write)
        s->kind = atomic ? HD_ACCESS_ATOMIC_WRITE : HD_ACCESS_WRITE;
    else
        s->kind = atomic ? HD_ACCESS_ATOMIC_READ : HD_ACCESS_READ;
    for (int k = 0; k < HD_FRAMES_MAX && trace[k] != NULL; k++)
        add_frame(s, (uintptr_t)trace[k]);
}

static void keep(void *report)
{
    const char *description = NULL;
    int count, stacks, mops = 0, locs = 0, mutexes, threads = 0, tids;
    void *sleep_trace[1];
    if (!hd__tsan_present() || !hd__exec.active || races == RACES_MAX || off)
        return;
    get_report_data(report, &description, &count, &stacks, &mops, &locs, &mutexes,
                    &threads, &tids, sleep_trace, 1);
    if (mops < 2)
        return; /* not a race of two accesses: a lock-order report and the like */
    struct hd_race *r = &race[races];
    copy_side(&r->side[0], report, 0, threads);
    copy_side(&r->side[1], report, 1, threads);
    races++;
}

/*
 * bool __tsan::OnReport(const ReportDesc *, bool suppressed), a weak hook of the
 * runtime that is asked before a report is formatted; true means that it is
 * taken care of.  Formatting costs three times the report itself.
 */
bool hd__tsan_take_report(const void *report, bool suppressed) __asm__(
    "_ZN6__tsan8OnReportEPKNS_10ReportDescEb");
bool hd__tsan_take_report(const void *report, bool suppressed)
{
    if (!suppressed)
        keep((void *)report);
    return true;
}

/* The documented hook, should a runtime not have the other one. */
void __tsan_on_report(void *report)
{
    keep(report);
}

/* Reports are findings here; TSan's own text would only be in the way. */
static void silence(void)
{
    static bool silent;
    if (silent || !hd__tsan_present())
        return;
    silent = true;
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && __sanitizer_set_report_fd)
        __sanitizer_set_report_fd((void *)(intptr_t)fd);
}

/*
 * Once TSan has reported a race it no longer looks at that address.  Its whole
 * memory is forgotten, so that the next execution shows what it would show in a
 * fresh process.
 *
 * Which of more than four accesses to a word TSan remembers depends on how much
 * it has seen in its life, so with many tasks even that needs the flush (fresh).
 */
void hd__tsan_reports_begin(bool fresh)
{
    if ((races > 0 || fresh) && __tsan_flush_memory)
        __tsan_flush_memory();
    races = 0;
    off = hd__exec.opt.no_race_detector;
    silence();
}

void hd__tsan_reports_flush(void)
{
    for (unsigned i = 0; i < races; i++) {
        const struct hd_race_side *a = &race[i].side[0], *b = &race[i].side[1];
        uintptr_t at = a->addr > b->addr ? a->addr : b->addr;
        if (!hd__race_is_benign(a->addr, a->size, b->addr, b->size) &&
            !hd__memory_is_thread_local(at))
            hd__emit(&(struct hd_event){.kind = HD_EVENT_RACE, .race = &race[i]});
    }
}

/*
 * heddle/panic.h - Go's defer, panic and recover.
 *
 * C has no function epilogue to hook, so a *frame* is made explicitly: each
 * task has one, and hd_call() makes one more.  hd_defer() adds to the
 * innermost frame of the calling task; a frame's deferred calls run, last
 * first, when the frame's function returns or a panic passes through.
 *
 *     static void cleanup(void *arg)
 *     {
 *         struct hd_panic_value v;
 *         if (hd_recover(&v))
 *             hd_log("recovered: %s", v.text);
 *     }
 *     static void body(void *arg)
 *     {
 *         hd_defer(cleanup, NULL);
 *         hd_panic("bad input");
 *     }
 *     hd_call(body, NULL);     // returns normally
 *
 * As in Go: a panic runs the deferred calls of its own task, innermost frame
 * first; if one of them recovers, the frame that deferred it returns normally
 * to its caller; if none does, the program dies: the execution ends with a
 * finding of class `panic`.  Deferred calls run on top of the panicking stack.
 * A panic inside a deferred call replaces the current one.
 *
 * Nothing else is unwound: as with longjmp, automatic variables of the skipped
 * frames are gone and their memory owners are not told.  The calls are not
 * scheduling points.
 */
#ifndef HEDDLE_PANIC_H
#define HEDDLE_PANIC_H

#include <stdbool.h>

#include <heddle/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum hd_panic_kind {
    HD_PANIC_STRING, /* panic("text") */
    HD_PANIC_ERROR,  /* panic(err) */
    HD_PANIC_VALUE,  /* panic of anything else; `value` points to it */
};

struct hd_panic_value {
    enum hd_panic_kind kind;
    const void *value; /* the string, the error's text, or the value */
    const char *text;  /* always printable; lives until the execution ends */
};

/* Runs fn(arg) in a frame of its own, then its deferred calls. */
void hd_call(hd_fn *fn, void *arg);

/* Has fn(arg) called when the innermost frame ends. */
void hd_defer(hd_fn *fn, void *arg);

/* Panics with a formatted string (cut at 200 bytes). */
void hd_panic(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Panics with an error or another value; text is what a log would show. */
void hd_panic_value(enum hd_panic_kind kind, const void *value, const char *text)
    __attribute__((noreturn));

/*
 * In a deferred call that runs because of a panic: stops the panic, stores its
 * value in *out (unless NULL) and returns true.  Anywhere else returns false.
 * As in Go it must be called by the deferred function itself.
 */
bool hd_recover(struct hd_panic_value *out);

#ifdef __cplusplus
}
#endif
#endif

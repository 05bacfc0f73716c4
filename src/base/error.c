/*
 * error.c - texts of error codes, and the two ways in which heddle gives up.
 *
 * Both print one line and flush nothing else: hd_bug() aborts, so that a core
 * file and a sanitizer see where; hd_die() leaves through _exit(), because the
 * handlers of the code under test must not run on a broken machine.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

char *hd_last_words;

const char *hd_err_text(enum hd_err e)
{
    switch (e) {
#define X(id, text)                                                                \
    case HD_E_##id:                                                                \
        return text;
        HD_ERRORS(X)
#undef X
    }
    return "unknown error";
}

/* One write, so that lines of several worker processes do not mix. */
static void say(const char *prefix, const char *format, va_list ap)
{
    char line[1024];
    int at = snprintf(line, sizeof line, "%s", prefix);
    int n = vsnprintf(line + at, sizeof line - (size_t)at - 1, format, ap);
    if (n > 0)
        at += n;
    if ((size_t)at > sizeof line - 2)
        at = sizeof line - 2;
    line[at++] = '\n';
    for (int done = 0; done < at;) {
        ssize_t w = write(STDERR_FILENO, line + done, (size_t)(at - done));
        if (w <= 0)
            break;
        done += (int)w;
    }
}

void hd_bug(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    say("heddle: bug or misuse: ", format, ap);
    va_end(ap);
    abort();
}

void hd_die(const char *format, ...)
{
    va_list ap;
    if (hd_last_words && !hd_last_words[0]) {
        va_start(ap, format);
        vsnprintf(hd_last_words, HD_LAST_WORDS_MAX, format, ap);
        va_end(ap);
    }
    va_start(ap, format);
    say("heddle: ", format, ap);
    va_end(ap);
    _exit(HD_EXIT_HARNESS);
}

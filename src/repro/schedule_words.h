/*
 * schedule_words.h - internal to the schedule parser: a line's words.
 *
 * Every hd__take...() takes words from the front of *rest (or all of a rest that
 * is passed by value) and returns whether they were what they should be; if not,
 * the error is filled in.  `what` names the word in messages: "the gap".
 */
#ifndef HD_REPRO_SCHEDULE_WORDS_H
#define HD_REPRO_SCHEDULE_WORDS_H

#include "schedule_file.h"

/* What is left of a line, or a word of it; not terminated.  p is NULL when
 * the line is used up. */
struct hd__text {
    const char *p;
    size_t size;
};

/* Where the parser is, and where an error goes. */
struct hd__place {
    struct hd_schedule_error *error;
    int line;
};

/* Fills in the error.  Always false, so that callers can return it. */
bool hd__fail(struct hd__place *p, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For "%.*s": how much of a word a message quotes, and the word. */
int hd__quoted(struct hd__text t);
#define HD__QUOTED(t) hd__quoted(t), (t).p

bool hd__text_is(struct hd__text t, const char *s);
char *hd__text_dup(struct hd__text t); /* malloc'd, terminated */

bool hd__take(struct hd__place *p, struct hd__text *rest, const char *what,
              struct hd__text *word);
bool hd__take_end(struct hd__place *p, struct hd__text rest);
bool hd__take_last(struct hd__place *p, struct hd__text rest, const char *what,
                   struct hd__text *word);
bool hd__take_u32(struct hd__place *p, struct hd__text *rest, const char *what,
                  uint32_t max, uint32_t *out);
bool hd__take_i64(struct hd__place *p, struct hd__text *rest, const char *what,
                  int64_t *out);
/* A task's spawn path; *out is malloc'd. */
bool hd__take_path(struct hd__place *p, struct hd__text *rest, const char *what,
                   char **out);
/* Whole bytes in lower-case hex, or "none". */
bool hd__take_hex(struct hd__place *p, struct hd__text rest, const char *what,
                  struct hd_bytes *out);

/* [a-z0-9]+, and the characters of others. */
bool hd__is_name(struct hd__text t, const char *others);
/* Lower-case hex digits, 1 to 16 of them. */
bool hd__hexadecimal(struct hd__text t, uint64_t *v);

#endif

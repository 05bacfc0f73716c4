/*
 * linked.h - objects of the archive that must be linked where another one is,
 * although nothing calls them by a name that only they define: heap.c defines
 * functions that others define as well, and what --wrap makes of a call is a weak
 * reference wherever the sanitizers' own definition is weak.
 */
#ifndef HD_INSTRUMENT_LINKED_H
#define HD_INSTRUMENT_LINKED_H

void hd__heap_linked(void);      /* heap.c */
void hd__libc_wrap_linked(void); /* libc_wrap.c */

/* HD_LINKS(f): the object that says this takes f's object with it. */
#define HD_LINKS(f)                                                                \
    static void (*const hd__links_##f)(void) __attribute__((used)) = (f)

#endif

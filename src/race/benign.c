/*
 * benign.c - hd_benign_race(): races that the code under test declares to be
 * harmless, with a reason.  Asked when a race was found, by either detector, so
 * a declaration costs nothing elsewhere.
 */
#include <heddle/race.h>

#include "../engine/engine.h"
#include "memory.h"

struct benign {
    struct benign *next;
    uintptr_t hidden; /* ~ address: LSan must not follow it */
    size_t size;
};

static struct {
    uint64_t epoch;
    struct benign *first;
} declared;

void hd_benign_race(const volatile void *addr, size_t size, const char *reason)
{
    hd__self("hd_benign_race");
    HD_CHECK(reason != NULL && reason[0] != '\0');
    if (declared.epoch != hd__exec.epoch) {
        declared.epoch = hd__exec.epoch;
        declared.first = NULL;
    }
    struct benign *b = hd_arena_alloc(&hd__exec.arena, sizeof *b);
    *b = (struct benign){declared.first, ~(uintptr_t)addr, size};
    declared.first = b;
}

static bool is_declared(uintptr_t addr, size_t size)
{
    const struct benign *b =
        declared.epoch == hd__exec.epoch ? declared.first : NULL;
    for (; b != NULL; b = b->next) {
        uintptr_t at = ~b->hidden;
        if (addr < at + b->size && at < addr + size)
            return true;
    }
    return false;
}

bool hd__race_is_benign(uintptr_t a, size_t a_size, uintptr_t b, size_t b_size)
{
    return is_declared(a, a_size) || is_declared(b, b_size);
}

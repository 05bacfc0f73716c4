/*
 * lanes_matter.c - which memory and which objects tasks compete for.
 *
 * Memory matters if two tasks access it, one of them writing, and the later one
 * existed already at the earlier access: what a parent sets up for its children
 * is no contest.
 */
#include "../engine/op.h"
#include "lanes_words.h"

/* The latest accesses of one task to one place. */
struct access {
    uint32_t task;
    uint32_t read, write; /* moments after them; 0: none */
    struct access *next;
};

bool *hd_lanes_contested(struct hd_lanes *l)
{
    const struct hd_story *s = l->about.story;
    bool *yes = hd_arena_alloc(&l->memory, (s->places + 1) * sizeof *yes);
    struct access **seen =
        hd_arena_alloc(&l->memory, (s->places + 1) * sizeof(struct access *));
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *t = &s->step[i];
        if (t->place == HD_STORY_NONE || !s->place[t->place].shared)
            continue;
        bool writes = hd_op_flags[t->kind] & HD_OPF_W;
        uint32_t born = s->task[t->task].spawn_step;
        struct access *mine = NULL;
        for (struct access *a = seen[t->place]; a; a = a->next) {
            if (a->task == t->task)
                mine = a;
            else if (a->write > born || (writes && a->read > born))
                yes[t->place] = true;
        }
        if (!mine) {
            mine = hd_arena_alloc(&l->memory, sizeof *mine);
            mine->task = t->task;
            mine->next = seen[t->place];
            seen[t->place] = mine;
        }
        *(writes ? &mine->write : &mine->read) = t->index + 1;
    }
    return yes;
}

bool *hd_lanes_shared(struct hd_lanes *l)
{
    const struct hd_story *s = l->about.story;
    bool *shared = hd_arena_alloc(&l->memory, (s->objects + 1) * sizeof *shared);
    uint32_t *first = hd_arena_alloc(&l->memory, (s->objects + 1) * sizeof *first);
    for (uint32_t i = 0; i < s->steps; i++) {
        const struct hd_story_step *t = &s->step[i];
        if (!t->object)
            continue;
        if (!first[t->object])
            first[t->object] = t->task + 1;
        shared[t->object] |= first[t->object] != t->task + 1;
    }
    return shared;
}

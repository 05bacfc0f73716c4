/*
 * key.c - thread-specific data.
 *
 * Keys that an execution makes have numbers of their own, which are not used
 * again, so that the use of a deleted key is seen.  Three kinds of key are older
 * than the execution:
 *   - for those of the sanitizers, whose runtime asks for them while tasks run, the
 *     real functions answer;
 *   - of those that the program made, each task has its own value, and the first
 *     task that of the thread that runs the execution;
 *   - those of an earlier execution are unknown: EINVAL.
 */
#include "key.h"

#include <errno.h>
#include <limits.h>

#include "object.h"
#include "thread.h"

HD_POSIX_FILE(key);

enum { FIRST = 0x10000 };

struct key {
    struct hd_object object;
    void (*destroy)(void *);
    bool deleted;
};

static struct {
    uint64_t epoch;
    struct key **key;
    size_t count, capacity, live;
} keys;

/* A value of one task; in the order in which the keys were first set. */
struct hd_value {
    pthread_key_t key;
    void *value;
    struct hd_value *next;
};

static const struct hd_object_kind kind = {"key", NULL, NULL};

/* ---- keys that are older than executions ---- */

static struct {
    const void *maker; /* who made it, until that has been looked at */
    bool program;      /* made by the program, not by a sanitizer */
    void (*destroy)(void *);
    /* Deleted in that execution, and then what stands for it. */
    uint64_t epoch;
    struct key *deleted;
} older[PTHREAD_KEYS_MAX];

static bool unknown; /* of some key the maker has not been looked at */

static void note_older(pthread_key_t key, void (*destroy)(void *), const void *pc)
{
    if (key < PTHREAD_KEYS_MAX) {
        older[key].maker = pc;
        older[key].destroy = destroy;
        unknown = true;
    }
}

/* Symbols cannot be asked for while ASan starts, so it is done here. */
void hd__keys_begin(void)
{
    if (!unknown)
        return;
    unknown = false;
    for (size_t i = 0; i < PTHREAD_KEYS_MAX; i++) {
        if (older[i].maker != NULL)
            older[i].program = !hd__foreign_code((uintptr_t)older[i].maker);
        older[i].maker = NULL;
    }
}

/*
 * ASan asks for its key whenever memory is allocated or freed, and the first
 * dlsym() may free.  During that ASan is told that it has not set a value yet,
 * which it can live with.
 */
static __thread bool looking_up __attribute__((tls_model("initial-exec")));

static void *(*getter(void))(pthread_key_t)
{
    return HD_REAL(pthread_getspecific);
}

static void *real_get(pthread_key_t key)
{
    static bool known;
    if (looking_up)
        return NULL;
    if (!known) {
        looking_up = true;
        known = getter() != NULL;
        looking_up = false;
    }
    return getter()(key);
}

/* Whether the real functions answer for it. */
static bool is_real(pthread_key_t key)
{
    if (key >= PTHREAD_KEYS_MAX || !older[key].program)
        return key < PTHREAD_KEYS_MAX;
    return hd__cur == hd__exec.root && older[key].epoch != hd__exec.epoch;
}

/* How many of the program's there are. */
static size_t older_live(void)
{
    size_t n = 0;
    for (size_t i = 0; i < PTHREAD_KEYS_MAX; i++)
        n += older[i].program && older[i].epoch != hd__exec.epoch;
    return n;
}

/* ---- keys of the execution ---- */

static struct key *key_of(pthread_key_t key)
{
    if (key < PTHREAD_KEYS_MAX && older[key].epoch == hd__exec.epoch)
        return older[key].deleted;
    if (keys.epoch != hd__exec.epoch || key < FIRST || key - FIRST >= keys.count)
        return NULL;
    return keys.key[key - FIRST];
}

static struct key *key_new(void (*destroy)(void *), struct hd_caller c)
{
    struct key *k = hd_arena_alloc(&hd__exec.arena, sizeof *k);
    hd__object_init(&k->object, &kind, c.pc);
    k->destroy = destroy;
    return k;
}

int hd__key_create(pthread_key_t *out, void (*destroy)(void *), struct hd_caller c)
{
    if (keys.epoch != hd__exec.epoch) {
        keys.epoch = hd__exec.epoch;
        keys.key = NULL;
        keys.count = keys.capacity = keys.live = 0;
    }
    if (keys.live + older_live() >= PTHREAD_KEYS_MAX)
        return EAGAIN;
    keys.key = hd_arena_grow(&hd__exec.arena, keys.key, sizeof(struct key *),
                             keys.count, &keys.capacity, keys.count + 1);
    keys.live++;
    *out = (pthread_key_t)(FIRST + keys.count);
    keys.key[keys.count++] = key_new(destroy, c);
    return 0;
}

/* Whether a key may be used; the use of a deleted one is reported. */
static bool usable(pthread_key_t key, struct hd_caller c)
{
    struct key *k = key_of(key);
    if (k == NULL)
        return key < PTHREAD_KEYS_MAX && older[key].program;
    if (!k->deleted)
        return true;
    /* It is no operation of its own, and the last one may not have been noted. */
    hd__cur->op = (struct hd_op){.kind = HD_OP_KEY, .pc = (uintptr_t)c.pc};
    hd__cur->frame = c.frame;
    hd__posix_misuse(k, "use of %s after it was deleted",
                     hd__object_name(&k->object));
    return false;
}

int hd__key_delete(pthread_key_t key, struct hd_caller c)
{
    struct key *k = key_of(key);
    if (!usable(key, c))
        return EINVAL;
    if (k == NULL) { /* for libc it stays: the next execution has it again */
        k = older[key].deleted = key_new(older[key].destroy, c);
        older[key].epoch = hd__exec.epoch;
    } else {
        keys.live--;
    }
    k->deleted = true;
    return 0;
}

static struct hd_value **value_of(struct hd_thread *th, pthread_key_t key)
{
    struct hd_value **v = &th->values;
    while (*v != NULL && (*v)->key != key)
        v = &(*v)->next;
    return v;
}

int hd__key_set(pthread_key_t key, void *value, struct hd_caller c)
{
    if (is_real(key))
        return HD_REAL(pthread_setspecific)(key, value);
    if (!usable(key, c))
        return EINVAL;
    struct hd_value **v = value_of(hd__thread_self(), key);
    if (*v == NULL) {
        *v = hd_arena_alloc(&hd__exec.arena, sizeof **v);
        (*v)->key = key;
    }
    (*v)->value = value;
    return 0;
}

void *hd__key_get(pthread_key_t key, struct hd_caller c)
{
    if (is_real(key))
        return real_get(key);
    if (!usable(key, c))
        return NULL;
    struct hd_value **v = value_of(hd__thread_self(), key);
    return *v == NULL ? NULL : (*v)->value;
}

/* ---- destructors ---- */

static void (*destructor_of(pthread_key_t key))(void *)
{
    const struct key *k = key_of(key);
    if (k != NULL)
        return k->deleted ? NULL : k->destroy;
    return key < PTHREAD_KEYS_MAX ? older[key].destroy : NULL;
}

/* A program's first thread ends: what libc keeps for it is to be destroyed, too. */
static void real_values_take(struct hd_thread *th)
{
    for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++) {
        void *value = NULL;
        if (older[key].program && is_real(key))
            value = real_get(key);
        if (value == NULL)
            continue;
        struct hd_value **v = value_of(th, key);
        if (*v == NULL)
            *v = hd_arena_alloc(&hd__exec.arena, sizeof **v);
        **v = (struct hd_value){key, value, (*v)->next};
        HD_REAL(pthread_setspecific)(key, NULL);
    }
}

/* As often as POSIX says, since a destructor may set values again. */
void hd__values_destroy(struct hd_thread *th)
{
    bool again = true;
    for (int round = 0; again && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        again = false;
        if (hd__exec.threads && hd__cur == hd__exec.root)
            real_values_take(th);
        for (struct hd_value *v = th->values; v != NULL; v = v->next) {
            void *value = v->value;
            void (*destroy)(void *) = destructor_of(v->key);
            v->value = NULL;
            if (value == NULL || destroy == NULL)
                continue;
            destroy(value);
            again = true;
        }
    }
}

/* ---- the functions ---- */

int pthread_key_create(pthread_key_t *key, void (*destroy)(void *))
{
    if (hd__cur != NULL)
        return hd__key_create(key, destroy, HD_CALLER);
    int error = HD_REAL(pthread_key_create)(key, destroy);
    if (error == 0)
        note_older(*key, destroy, __builtin_return_address(0));
    return error;
}

int pthread_key_delete(pthread_key_t key)
{
    bool program = key >= PTHREAD_KEYS_MAX || older[key].program;
    if (hd__cur == NULL && key < PTHREAD_KEYS_MAX)
        older[key].program = false;
    if (hd__cur == NULL || !program)
        return HD_REAL(pthread_key_delete)(key);
    return hd__key_delete(key, HD_CALLER);
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_setspecific)(key, value);
    return hd__key_set(key, (void *)value, HD_CALLER);
}

void *pthread_getspecific(pthread_key_t key)
{
    if (hd__cur == NULL)
        return real_get(key);
    return hd__key_get(key, HD_CALLER);
}

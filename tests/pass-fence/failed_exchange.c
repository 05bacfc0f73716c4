/*
 * A compare and exchange that fails only loads (C17 7.17.7.4p2), and two loads do
 * not conflict: a task tries in vain to replace a value that others read plainly.
 * No fence is involved, but ThreadSanitizer takes the attempt for a write and would
 * report it.
 *
 * The compiler's __atomic builtins work on a plain int, so the same object can be
 * accessed both ways.
 */
#include <heddle/heddle.h>

enum { CLOSED = 3, OPEN = 1 };

static void try_to_close(void *arg)
{
    int *state = arg;
    int expected = OPEN;
    bool done = __atomic_compare_exchange_n(state, &expected, 2, false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    hd_assert(!done && expected == CLOSED);
}

static void look(void *arg)
{
    const int *state = arg;
    hd_assert(*state == CLOSED);
}

static void clean(const struct hd_input *in)
{
    int *state = hd_alloc(sizeof(*state));
    (void)in;
    *state = CLOSED;
    hd_task *task[] = {hd_go(try_to_close, state), hd_go(look, state)};
    hd_assert(*state == CLOSED);
    hd_join(task[0]);
    hd_join(task[1]);
    *state = OPEN;
}

HD_SCENARIO(failed_exchange) = {
    .name = "pass-fence-failed-exchange",
    .title = "a compare and exchange that fails does not write",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};

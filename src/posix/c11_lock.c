/*
 * c11_lock.c - mtx_* and cnd_*, which in glibc have the layouts of pthread_mutex_t
 * and pthread_cond_t.
 */
#include "c11.h"
#include "cond.h"
#include "mutex.h"
#include "startup.h"

static pthread_mutex_t *mutex(mtx_t *m)
{
    return (pthread_mutex_t *)m;
}

static pthread_cond_t *condition(cnd_t *c)
{
    return (pthread_cond_t *)c;
}

int mtx_init(mtx_t *m, int type)
{
    if (hd__cur == NULL)
        return HD_REAL(mtx_init)(m, type);
    if ((type & ~(mtx_recursive | mtx_timed)) != 0)
        return thrd_error;
    return hd__thrd_answer(hd__pmutex_init(
        mutex(m),
        type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL,
        false, HD_CALLER));
}

void mtx_destroy(mtx_t *m)
{
    if (!hd__within(!hd__pmutex_free(mutex(m))))
        HD_REAL(mtx_destroy)(m);
    else
        hd__pmutex_destroy(mutex(m), HD_CALLER);
}

int mtx_lock(mtx_t *m)
{
    if (!hd__within(hd__pmutex_stuck(mutex(m))))
        return HD_REAL(mtx_lock)(m);
    return hd__thrd_answer(hd__pmutex_lock(mutex(m), HD_FOREVER, HD_CALLER));
}

int mtx_timedlock(mtx_t *m, const struct timespec *at)
{
    if (!hd__within(hd__pmutex_stuck(mutex(m))))
        return HD_REAL(mtx_timedlock)(m, at);
    return hd__thrd_answer(hd__pmutex_lock(
        mutex(m), (struct hd_until){CLOCK_REALTIME, at}, HD_CALLER));
}

int mtx_trylock(mtx_t *m)
{
    if (hd__cur == NULL)
        return HD_REAL(mtx_trylock)(m);
    return hd__thrd_answer(hd__pmutex_trylock(mutex(m), HD_CALLER));
}

int mtx_unlock(mtx_t *m)
{
    if (!hd__within(hd__pmutex_free(mutex(m))))
        return HD_REAL(mtx_unlock)(m);
    return hd__thrd_answer(hd__pmutex_unlock(mutex(m), HD_CALLER));
}

int cnd_init(cnd_t *c)
{
    if (hd__cur == NULL)
        return HD_REAL(cnd_init)(c);
    return hd__thrd_answer(hd__pcond_init(condition(c), CLOCK_REALTIME, HD_CALLER));
}

void cnd_destroy(cnd_t *c)
{
    if (hd__cur == NULL)
        HD_REAL(cnd_destroy)(c);
    else
        hd__pcond_destroy(condition(c), HD_CALLER);
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
    if (!hd__within(true))
        return HD_REAL(cnd_wait)(c, m);
    return hd__thrd_answer(
        hd__pcond_wait(condition(c), mutex(m), NULL, NULL, HD_CALLER));
}

int cnd_timedwait(cnd_t *c, mtx_t *m, const struct timespec *at)
{
    if (!hd__within(true))
        return HD_REAL(cnd_timedwait)(c, m, at);
    return hd__thrd_answer(
        hd__pcond_wait(condition(c), mutex(m), NULL, at, HD_CALLER));
}

int cnd_signal(cnd_t *c)
{
    if (hd__cur == NULL)
        return HD_REAL(cnd_signal)(c);
    return hd__thrd_answer(hd__pcond_signal(condition(c), false, HD_CALLER));
}

int cnd_broadcast(cnd_t *c)
{
    if (hd__cur == NULL)
        return HD_REAL(cnd_broadcast)(c);
    return hd__thrd_answer(hd__pcond_signal(condition(c), true, HD_CALLER));
}

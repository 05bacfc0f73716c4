/*
 * c11_data.c - tss_* and call_once(); once_flag has the layout of
 * pthread_once_t.
 */
#include "../engine/engine.h"
#include "c11.h"
#include "key.h"
#include "once.h"

int tss_create(tss_t *key, tss_dtor_t destroy)
{
    if (hd__cur == NULL)
        return HD_REAL(tss_create)(key, destroy);
    return hd__thrd_answer(hd__key_create(key, destroy, HD_CALLER));
}

void tss_delete(tss_t key)
{
    if (hd__cur == NULL)
        HD_REAL(tss_delete)(key);
    else
        hd__key_delete(key, HD_CALLER);
}

int tss_set(tss_t key, void *value)
{
    if (hd__cur == NULL)
        return HD_REAL(tss_set)(key, value);
    return hd__thrd_answer(hd__key_set(key, value, HD_CALLER));
}

void *tss_get(tss_t key)
{
    if (hd__cur == NULL)
        return HD_REAL(tss_get)(key);
    return hd__key_get(key, HD_CALLER);
}

void call_once(once_flag *once, void (*fn)(void))
{
    if (hd__cur == NULL)
        pthread_once((pthread_once_t *)once, fn);
    else
        hd__ponce((pthread_once_t *)once, fn, HD_CALLER);
}

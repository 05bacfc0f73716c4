/* key.h - what key.c does for pthread_key_t and tss_t. */
#ifndef HD_POSIX_KEY_H
#define HD_POSIX_KEY_H

#include <pthread.h>

#include "real.h"

/* An execution begins. */
void hd__keys_begin(void);

int hd__key_create(pthread_key_t *key, void (*destroy)(void *), struct hd_caller c);
int hd__key_delete(pthread_key_t key, struct hd_caller c);
int hd__key_set(pthread_key_t key, void *value, struct hd_caller c);
void *hd__key_get(pthread_key_t key, struct hd_caller c);

#endif

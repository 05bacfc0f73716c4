/* once.h - what once.c does for pthread_once_t and once_flag. */
#ifndef HD_POSIX_ONCE_H
#define HD_POSIX_ONCE_H

#include <pthread.h>

#include "real.h"

int hd__ponce(pthread_once_t *once, void (*fn)(void), struct hd_caller c);

#endif

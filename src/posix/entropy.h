/* entropy.h - random bytes for other files of this room. */
#ifndef HD_POSIX_ENTROPY_H
#define HD_POSIX_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "real.h"

/* Fills memory of the caller's. */
void hd__entropy_give(void *out, size_t n, struct hd_caller c);

/* Whether it is /dev/random or /dev/urandom, under whatever name. */
bool hd__is_random_device(const struct stat *st);

#endif

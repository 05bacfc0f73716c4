/*
 * io.h - whole files: read one, and write one so that a crash, a kill or a full
 * disk leaves either the old content or the new, never a part.
 */
#ifndef HD_BASE_IO_H
#define HD_BASE_IO_H

#include <stddef.h>

#include "bytes.h"
#include "error.h"

/* Appends the file's content.  HD_E_NOENT, HD_E_SYSTEM (errno is kept), or
 * HD_E_RANGE if it is larger than max. */
enum hd_err hd_file_read(const char *path, size_t max, struct hd_bytes *out);

/* Writes beside it, syncs, renames.  On HD_E_SYSTEM errno says why and the old
 * file is untouched.  Makes missing parent folders. */
enum hd_err hd_file_write(const char *path, const void *data, size_t size);

#endif

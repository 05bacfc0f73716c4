/*
 * attr.c - attributes that ask for what heddle does not do: objects shared with
 * other processes, and protocols of priorities.  Attributes are libc's all the
 * same, since they only hold values; setting these is named.
 */
#include <pthread.h>

#include "asked.h"
#include "uncontrolled.h"

HD_POSIX_FILE(attr);

#define NAMED(function, type, usual)                                               \
    int function(type *attr, int value)                                            \
    {                                                                              \
        struct hd_caller c = HD_CALLER;                                            \
        if (value != (usual) && hd__asked(c))                                      \
            hd__uncontrolled(HD_U_##function);                                     \
        return HD_REAL(function)(attr, value);                                     \
    }

NAMED(pthread_mutexattr_setpshared, pthread_mutexattr_t, PTHREAD_PROCESS_PRIVATE)
NAMED(pthread_condattr_setpshared, pthread_condattr_t, PTHREAD_PROCESS_PRIVATE)
NAMED(pthread_rwlockattr_setpshared, pthread_rwlockattr_t, PTHREAD_PROCESS_PRIVATE)
NAMED(pthread_barrierattr_setpshared, pthread_barrierattr_t,
      PTHREAD_PROCESS_PRIVATE)
NAMED(pthread_mutexattr_setprotocol, pthread_mutexattr_t, PTHREAD_PRIO_NONE)

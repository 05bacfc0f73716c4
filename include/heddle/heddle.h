/* heddle/heddle.h - everything that a scenario needs. */
#ifndef HEDDLE_HEDDLE_H
#define HEDDLE_HEDDLE_H

#include <heddle/chan.h>
#include <heddle/class.h>
#include <heddle/cond.h>
#include <heddle/context.h>
#include <heddle/errgroup.h>
#include <heddle/expect.h>
#include <heddle/map.h>
#include <heddle/mutex.h>
#include <heddle/once.h>
#include <heddle/panic.h>
#include <heddle/pool.h>
#include <heddle/race.h>
#include <heddle/rwlock.h>
#include <heddle/scenario.h>
#include <heddle/semaphore.h>
#include <heddle/syncmap.h>
#include <heddle/task.h>
#include <heddle/time.h>
#include <heddle/waitgroup.h>
#include <heddle/work.h>

#endif

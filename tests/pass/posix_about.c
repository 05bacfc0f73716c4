/*
 * Names, attributes, clocks, processors and priorities.
 */
#include <heddle/heddle.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

static void *work(void *arg)
{
    char big[600 << 10], name[16];
    pthread_attr_t attr;
    size_t size;
    int state, policy;
    struct sched_param param;
    cpu_set_t set;
    clockid_t clock;
    pthread_t me = pthread_self();
    big[0] = 1;
    hd_assert(big[0] == 1);
    hd_assert(pthread_getattr_np(me, &attr) == 0);
    hd_assert(pthread_attr_getstacksize(&attr, &size) == 0 && size >= 800 << 10);
    hd_assert(pthread_attr_getdetachstate(&attr, &state) == 0 &&
              state == PTHREAD_CREATE_JOINABLE);
    pthread_attr_destroy(&attr);
    hd_assert(pthread_setname_np(me, "far too long a name") == ERANGE);
    hd_assert(pthread_setname_np(me, "worker") == 0);
    hd_assert(pthread_getname_np(me, name, 4) == ERANGE);
    hd_assert(pthread_getname_np(me, name, sizeof(name)) == 0);
    hd_assert(strcmp(name, "worker") == 0);
    hd_assert(pthread_getcpuclockid(me, &clock) == 0);
    hd_assert(pthread_getaffinity_np(me, sizeof(set), &set) == 0);
    hd_assert(CPU_COUNT(&set) == 4);
    hd_assert(pthread_getschedparam(me, &policy, &param) == 0);
    hd_assert(policy == SCHED_OTHER);
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 800 << 10);
    hd_assert(pthread_create(&t, &attr, work, NULL) == 0);
    pthread_attr_destroy(&attr);
    pthread_join(t, NULL);
}

HD_SCENARIO(posix_about) = {
    .name = "pass-posix-about",
    .title = "what can be asked and said about a thread",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};

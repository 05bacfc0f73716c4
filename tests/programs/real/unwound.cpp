/*
 * A thread that is cancelled while it waits leaves the frames of C++ behind it: the
 * guards give back their locks, and the one that was taken without a guard stays locked
 * for whoever comes.  What the destructors do, and what a thread-local and a key
 * have to destroy, comes in the order that it has in life.
 *
 * expect: deadlock
 */
#include <cassert>
#include <cstring>
#include <cxxabi.h>
#include <mutex>
#include <pthread.h>
#include <string>
#include <unistd.h>

static std::mutex first, second;
static pthread_mutex_t third = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static bool fixed;
static std::string said;

struct Says {
    const char *text;
    explicit Says(const char *t) : text(t) {}
    ~Says()
    {
        said += text;
    }
};

static thread_local Says local("local ");

static void says(void *text)
{
    said += static_cast<const char *>(text);
}

static void give_back(void *mutex)
{
    said += "unlock ";
    pthread_mutex_unlock(static_cast<pthread_mutex_t *>(mutex));
}

static void wait_for_ever()
{
    Says goes("inner ");
    std::unique_lock<std::mutex> guard(second, std::defer_lock);
    if (fixed)
        guard.lock();
    else
        second.lock();
    pthread_mutex_lock(&third);
    pthread_cleanup_push(give_back, &third);
    for (;;)
        pthread_cond_wait(&never, &third);
    pthread_cleanup_pop(1);
}

static void passes_on()
{
    std::lock_guard<std::mutex> guard(first);
    try {
        Says goes("outer ");
        wait_for_ever();
    } catch (const std::exception &) {
        said += "an exception? ";
    } catch (abi::__forced_unwind &) {
        said += "caught ";
        throw;
    }
}

static void *work(void *arg)
{
    static char text[] = "key ";
    local.text = "local ";
    pthread_setspecific(key, text);
    Says goes("last ");
    passes_on();
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t;
    void *result;
    fixed = argc > 1 && !std::strcmp(argv[1], "fixed");
    pthread_key_create(&key, says);
    pthread_create(&t, nullptr, work, nullptr);
    usleep(1000);
    pthread_cancel(t);
    pthread_join(t, &result);
    assert(result == PTHREAD_CANCELED);
    assert(!fixed || said == "unlock inner outer caught last local key ");
    std::lock_guard<std::mutex> one(first), two(second);
    assert(pthread_mutex_trylock(&third) == 0);
    pthread_mutex_unlock(&third);
    return 0;
}

/*
 * A thread-local adds itself up when its thread ends, and two threads end at a
 * time. The fixed one locks.
 *
 * expect: data-race
 * flavors: race asan tsan
 */
#include <cassert>
#include <cstring>
#include <mutex>
#include <thread>

static int total;
static std::mutex lock;
static bool careful;

struct counter {
    int n = 0;
    ~counter()
    {
        std::unique_lock<std::mutex> hold(lock, std::defer_lock);
        if (careful)
            hold.lock();
        total += n;
    }
};

static thread_local counter mine;

static void work()
{
    for (int i = 0; i < 3; i++)
        mine.n++;
}

int main(int argc, char **argv)
{
    careful = argc > 1 && !std::strcmp(argv[1], "fixed");
    std::thread a(work), b(work);
    a.join();
    b.join();
    assert(!careful || total == 6);
    return 0;
}

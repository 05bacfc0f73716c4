/*
 * A wait without a predicate, for a notification that may come before it.  The
 * fixed one has the predicate.
 *
 * expect: deadlock
 */
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

static std::mutex lock;
static std::condition_variable changed;
static bool ready;

static void tell()
{
    std::lock_guard<std::mutex> hold(lock);
    ready = true;
    changed.notify_one();
}

int main(int argc, char **argv)
{
    std::thread t(tell);
    {
        std::unique_lock<std::mutex> hold(lock);
        if (argc > 1 && !std::strcmp(argv[1], "fixed"))
            changed.wait(hold, [] { return ready; });
        else
            changed.wait(hold);
    }
    t.join();
    return 0;
}

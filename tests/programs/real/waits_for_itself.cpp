/*
 * The result of an asynchronous task is waited for with the lock held that the task
 * needs.  The fixed one gives it up before.
 *
 * expect: deadlock
 */
#include <cassert>
#include <cstring>
#include <future>
#include <mutex>

int main(int argc, char **argv)
{
    std::mutex lock;
    int n = 1;
    std::unique_lock<std::mutex> hold(lock);
    std::future<int> later = std::async(std::launch::async, [&] {
        std::lock_guard<std::mutex> mine(lock);
        return ++n;
    });
    if (argc > 1 && !std::strcmp(argv[1], "fixed"))
        hold.unlock();
    assert(later.get() == 2);
    return 0;
}

/*
 * A latch for three, and two that arrive.  The fixed one counts right.
 *
 * expect: deadlock
 */
#include <atomic>
#include <cassert>
#include <cstring>
#include <latch>
#include <semaphore>
#include <thread>

int main(int argc, char **argv)
{
    bool fixed = argc > 1 && !std::strcmp(argv[1], "fixed");
    std::latch all(fixed ? 2 : 3);
    std::binary_semaphore go(0);
    std::atomic<int> sum = 0;
    auto work = [&](int n) {
        sum += n;
        all.count_down();
    };
    std::thread a(work, 1), b([&] {
        go.acquire();
        work(2);
    });
    go.release();
    all.wait();
    assert(sum == 3);
    a.join();
    b.join();
    return 0;
}

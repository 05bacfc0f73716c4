/*
 * A consumer that comes too early throws, and nobody catches it: std::terminate().
 * The fixed one hands the exception to who joins, who tries again.
 *
 * expect: assertion
 */
#include <cassert>
#include <cstring>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

static std::mutex lock;
static std::vector<int> queue;

static int take()
{
    std::lock_guard<std::mutex> hold(lock);
    if (queue.empty())
        throw std::runtime_error("nothing there");
    int item = queue.back();
    queue.pop_back();
    return item;
}

static void put()
{
    std::lock_guard<std::mutex> hold(lock);
    queue.push_back(7);
}

int main(int argc, char **argv)
{
    bool fixed = argc > 1 && !std::strcmp(argv[1], "fixed");
    std::exception_ptr error;
    std::thread producer(put);
    std::thread consumer([&] {
        if (!fixed) {
            take();
            return;
        }
        try {
            take();
        } catch (...) {
            error = std::current_exception();
        }
    });
    producer.join();
    consumer.join();
    try {
        if (error)
            std::rethrow_exception(error);
    } catch (const std::runtime_error &) {
        assert(take() == 7);
    }
    return 0;
}

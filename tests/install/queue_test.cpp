// queue_test.cpp - the same from C++, with std::thread and an atomic sum.
#include <atomic>
#include <iostream>
#include <thread>

#include "queue.h"

int main()
{
    struct queue queue;
    std::atomic<int> sum{0};
    queue_init(&queue);
    auto take = [&] {
        for (int i = 0; i < 2; i++)
            sum += queue_take(&queue);
    };
    std::thread a(take), b(take);
    for (int i = 1; i <= 4; i++)
        queue_put(&queue, i);
    a.join();
    b.join();
    queue_destroy(&queue);
    std::cout << "sum " << sum << "\n";
    return sum == 10 ? 0 : 1;
}

/*
 * Two accounts are locked in the order in which they are named.  The fixed one lets
 * std::scoped_lock see to it.
 *
 * expect: deadlock
 */
#include <cassert>
#include <cstring>
#include <mutex>
#include <thread>

struct account {
    std::mutex lock;
    int money = 10;
};

static void transfer_in_order(account &from, account &to, int sum)
{
    std::lock_guard<std::mutex> one(from.lock);
    std::lock_guard<std::mutex> two(to.lock);
    from.money -= sum;
    to.money += sum;
}

static void transfer(account &from, account &to, int sum)
{
    std::scoped_lock both(from.lock, to.lock);
    from.money -= sum;
    to.money += sum;
}

int main(int argc, char **argv)
{
    account a, b;
    auto how =
        argc > 1 && !std::strcmp(argv[1], "fixed") ? transfer : transfer_in_order;
    std::thread forth([&] { how(a, b, 3); });
    std::thread back([&] { how(b, a, 2); });
    forth.join();
    back.join();
    assert(a.money == 9 && b.money == 11);
    return 0;
}

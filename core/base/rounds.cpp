#include "core/base/rounds.hpp"

namespace berth {

Rounds::Rounds(Round round, Duration first_rest)
    : round_{std::move(round)}, thread_{[this, first_rest] { Work(first_rest); }}
{
}

void Rounds::Stop()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    stopped_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Rounds::Work(Duration rest)
{
    while (true) {
        {
            std::unique_lock lock{mutex_};
            if (stopped_.wait_for(lock, rest, [this] { return stopping_.load(); })) return;
        }
        rest = round_(stopping_);
    }
}

}  // namespace berth

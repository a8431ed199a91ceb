#include "relay-image/storage/event_readers.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxQueued = 20000;

}  // namespace

EventReaders::EventReaders(const EventStoreFactory& factory, int threads)
{
    for (int i = 0; i < threads; ++i) {
        auto& store = *stores_.emplace_back(factory());
        threads_.emplace_back([this, &store] { Work(store); });
    }
}

EventReaders::~EventReaders()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

bool EventReaders::Post(const std::string& client, Job job)
{
    const std::scoped_lock lock{mutex_};
    if (queue_.size() >= kMaxQueued) return false;
    queue_.Put(client, std::move(job));
    changed_.notify_one();
    return true;
}

void EventReaders::Work(EventStore& store)
{
    while (true) {
        Job job;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return stopping_ || queue_.size() > 0; });
            if (stopping_) return;
            job = queue_.Take();
        }
        job(store);
    }
}

}  // namespace berth::relay

#include "worker/run/job_slots.hpp"

namespace berth::worker {

JobSlots::JobSlots(int count, std::function<void(v1::Job)> run) : run_{std::move(run)}, free_{count}
{
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { Serve(); });
}

JobSlots::~JobSlots() { Stop(); }

int JobSlots::WaitForFree()
{
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return free_ > 0 || stopped_; });
    return stopped_ ? 0 : free_;
}

void JobSlots::Start(v1::Job job)
{
    const std::scoped_lock lock{mutex_};
    --free_;
    waiting_.push_back(std::move(job));
    changed_.notify_all();
}

void JobSlots::Stop()
{
    const std::scoped_lock lock{mutex_};
    stopped_ = true;
    changed_.notify_all();
}

void JobSlots::Serve()
{
    while (true) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return !waiting_.empty() || stopped_; });
        if (waiting_.empty()) return;
        auto job = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        run_(std::move(job));
        lock.lock();
        ++free_;
        changed_.notify_all();
    }
}

}  // namespace berth::worker

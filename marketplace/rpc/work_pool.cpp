#include "marketplace/rpc/work_pool.hpp"

#include <memory>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace berth::rpc {
namespace {

namespace asio = boost::asio;

/// A timer that keeps itself alive from tick to tick.
void Tick(std::shared_ptr<asio::steady_timer> timer, std::chrono::milliseconds period,
          WorkPool::Work work)
{
    timer->expires_after(period);
    auto& armed = *timer;
    armed.async_wait([timer = std::move(timer), period,
                      work = std::move(work)](const boost::system::error_code& error) mutable {
        if (error) return;
        work();
        Tick(std::move(timer), period, std::move(work));
    });
}

}  // namespace

WorkPool::WorkPool(Options options)
    : options_{options}, threads_{static_cast<std::size_t>(options.threads)}
{
}

WorkPool::~WorkPool() { Stop(); }

bool WorkPool::TryPost(Work work)
{
    if (stopped_) return false;
    if (queued_.fetch_add(1) >= options_.queue_max) {
        queued_.fetch_sub(1);
        return false;
    }
    asio::post(threads_, [this, work = std::move(work)] {
        queued_.fetch_sub(1);
        work();
    });
    return true;
}

void WorkPool::Repeat(std::chrono::milliseconds period, Work work)
{
    asio::post(threads_, work);
    Tick(std::make_shared<asio::steady_timer>(threads_.get_executor()), period, std::move(work));
}

void WorkPool::Stop()
{
    if (stopped_.exchange(true)) return;
    threads_.stop();
    threads_.join();
}

}  // namespace berth::rpc

#include "relay-image/mirror/mirrors.hpp"

#include <condition_variable>
#include <mutex>

#include "core/base/assert.hpp"
#include "core/base/strict_json.hpp"
#include "relay-image/protocol/event_kind.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kMaxInFlight = 200;  ///< Then reading from the other relays waits.

Filter FilterOf(const std::string& text)
{
    const auto value = ParseJsonStrict(text, {.integers_only = true});
    BERTH_ASSERT(value.has_value());  // ReadMirrorSettings looked at it.
    auto filter = ParseFilter(*value);
    BERTH_ASSERT(filter.has_value());
    return std::move(*filter);
}

}  // namespace

/// Hands events of other relays in, so many at a time.
class Mirrors::Inflow final : public Publisher, public std::enable_shared_from_this<Inflow> {
public:
    explicit Inflow(Ports ports) : ports_{std::move(ports)} {}

    bool Take(const nostr::Event& event)
    {
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [this] { return stopping_ || in_flight_ < kMaxInFlight; });
            if (stopping_) return false;
            ++in_flight_;
        }
        ports_.submit("[\"EVENT\"," + nostr::ToJson(event) + "]", weak_from_this());
        return true;
    }

    void Stop()
    {
        {
            const std::scoped_lock lock{mutex_};
            stopping_ = true;
        }
        changed_.notify_all();
    }

    void OnWritten(const EventPtr&, const Result<Verdict>&) override { Release(); }
    void OnRefused(std::string) override { Release(); }
    void OnAccepted(const EventPtr& event) override
    {
        ports_.deliver(event);
        Release();
    }

private:
    void Release()
    {
        {
            const std::scoped_lock lock{mutex_};
            --in_flight_;
        }
        changed_.notify_one();
    }

    Ports ports_;
    std::mutex mutex_;  ///< Guards the two below.
    std::size_t in_flight_ = 0;
    bool stopping_ = false;
    std::condition_variable changed_;
};

Mirrors::Mirrors(const MirrorSettings& settings, Ports ports)
    : filter_{FilterOf(settings.filter)}, inflow_{std::make_shared<Inflow>(ports)}
{
    for (const auto& url : settings.from) {
        followers_.push_back(std::make_unique<Follower>(
            url, settings.filter,
            Follower::Ports{
                .clock = ports.clock,
                .log = ports.log,
                .take = [this](const nostr::Event& event) { return inflow_->Take(event); },
                .first_retry = settings.first_retry}));
    }
    for (const auto& url : settings.to) {
        senders_.push_back(std::make_unique<Sender>(url, ports.log, settings.first_retry));
    }
}

Mirrors::~Mirrors() { inflow_->Stop(); }

void Mirrors::Offer(const EventPtr& event)
{
    const auto& content = event->event;
    if (senders_.empty() || content.kind == kGiftWrapKind || IsProtected(content)) return;
    if (!filter_.Matches(content)) return;
    for (const auto& sender : senders_) sender->Offer(event->json);
}

}  // namespace berth::relay

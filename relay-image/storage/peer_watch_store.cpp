#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "relay-image/storage/peer_watch.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr auto kListen = "LISTEN berth_relay";
constexpr auto kHello = "SELECT pg_notify('berth_relay', 'hello')";
constexpr auto kTryAlone = "SELECT pg_try_advisory_lock(2186412038)::int";
constexpr auto kStopAlone = "SELECT pg_advisory_unlock(2186412038)";
constexpr auto kShare = "SELECT pg_advisory_lock_shared(2186412038)";
constexpr auto kStopSharing = "SELECT pg_advisory_unlock_shared(2186412038)";
constexpr auto kTell = "SELECT pg_notify('berth_relay', $1)";

// What is told here is no more durable than its listeners.
constexpr auto kSettings = "-c statement_timeout=10s -c synchronous_commit=off";
constexpr auto kPatience = 10s;    ///< Of a writer for the watch.
constexpr auto kBackoff = 500ms;   ///< Between attempts to connect.
constexpr auto kLookAround = 10s;  ///< Whether the others are gone.
constexpr std::string_view kStored = "stored ";
constexpr std::string_view kWhole = "event ";
constexpr std::size_t kIdBytes = 64;
constexpr std::size_t kNameBytes = 16;
constexpr std::size_t kMostOfNotice = 7999;  ///< Bytes that PostgreSQL takes.
constexpr std::size_t kIdsOfNotice = 120;
constexpr std::size_t kMostWholes = 1000;  ///< That wait.

std::vector<std::string> IdsOf(std::string_view list)
{
    std::vector<std::string> ids;
    for (; list.size() >= kIdBytes; list.remove_prefix(kIdBytes)) {
        ids.emplace_back(list.substr(0, kIdBytes));
    }
    return ids;
}

}  // namespace

PeerWatch::PeerWatch(Secret url, Listener listener)
    : listener_{std::move(listener)},
      name_{ToHex(RandomBytes(kNameBytes))},
      connection_{std::move(url), kSettings}
{
    BERTH_ASSERT(::pipe2(wake_, O_CLOEXEC | O_NONBLOCK) == 0);
}

PeerWatch::~PeerWatch()
{
    Stop();
    ::close(wake_[0]);
    ::close(wake_[1]);
}

void PeerWatch::Start()
{
    thread_ = std::thread{[this] { Work(); }};
}

void PeerWatch::Stop()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    const auto written = ::write(wake_[1], "", 1);
    BERTH_ASSERT(written == 1);
    if (thread_.joinable()) thread_.join();
}

Result<void> PeerWatch::AwaitKnown()
{
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [this] { return known_.load() || stopping_; });
    if (known_) return {};
    return Fail(ErrorCode::kUnavailable, "DATABASE_UNAVAILABLE",
                "The other relays on the database cannot be reached.");
}

void PeerWatch::Work()
{
    while (true) {
        auto went = Meet();
        while (went) {
            went = Hear();
            const std::scoped_lock lock{mutex_};
            if (stopping_) return;
        }
        SetAlone(false);
        SetKnown(false);
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, kBackoff, [this] { return stopping_; });
        if (stopping_) return;
    }
}

Result<void> PeerWatch::Meet()
{
    shares_ = false;
    if (auto done = connection_.RunScript(kListen); !done) return done;
    if (auto done = TryToBeAlone(); !done) return done;
    if (!alone_) {
        if (auto done = connection_.RunScript(kHello); !done) return done;
        if (auto done = Share(); !done) return done;
    }
    SetKnown(true);
    return {};
}

Result<void> PeerWatch::TryToBeAlone()
{
    looked_around_ = Steady::now();
    const auto rows = connection_.Run({kTryAlone, {}});
    if (!rows) return rows.error();
    const bool alone = rows->Number(0, 0) == 1;
    if (alone && std::exchange(shares_, false)) {  // Only now, so that there is no gap.
        if (auto done = connection_.RunScript(kStopSharing); !done) return done;
    }
    SetAlone(alone);
    return {};
}

Result<void> PeerWatch::Share()
{
    looked_around_ = Steady::now();  // Who said hello is about to share, too.
    const bool was_alone = alone_;
    SetAlone(false);
    if (auto done = connection_.RunScript(kShare); !done) return done;
    shares_ = true;
    return was_alone ? connection_.RunScript(kStopAlone) : Result<void>{};
}

/// Waits for what the others tell, or for what they are to be told; once in a while looks whether
/// they are gone.
Result<void> PeerWatch::Hear()
{
    const auto heard = connection_.AwaitNotices(wake_[0], kLookAround);
    if (!heard) return heard.error();
    for (const auto& notice : *heard) {
        Report(notice);
        if (!notice.starts_with(kStored) && !notice.starts_with(kWhole) && alone_) {
            if (auto done = Share(); !done) return done;
        }
    }
    if (WasWoken()) {
        if (auto done = SendWholes(); !done) return done;
    }
    if (alone_ || !heard->empty() || Steady::now() < looked_around_ + kLookAround) return {};
    return TryToBeAlone();
}

void PeerWatch::Report(const std::string& notice)
{
    if (notice.starts_with(kStored) && !notice.ends_with(name_)) {
        listener_.on_stored(IdsOf(std::string_view{notice}.substr(kStored.size())));
    }
    if (notice.starts_with(kWhole) && listener_.on_whole) {
        listener_.on_whole(notice.substr(kWhole.size()));
    }
}

bool PeerWatch::WasWoken() const
{
    char bytes[64];
    bool woken = false;
    while (::read(wake_[0], bytes, sizeof bytes) > 0) woken = true;
    return woken;
}

bool PeerWatch::TellWhole(EventText json)
{
    if (kWhole.size() + json.size() > kMostOfNotice) return false;
    const std::scoped_lock lock{mutex_};
    if (wholes_.size() == kMostWholes) return false;
    wholes_.push_back(std::move(json));
    if (wholes_.size() > 1) return true;  // It is awake.
    return ::write(wake_[1], "", 1) == 1;
}

Result<void> PeerWatch::SendWholes()
{
    std::deque<EventText> wholes;
    {
        const std::scoped_lock lock{mutex_};
        wholes.swap(wholes_);
    }
    std::vector<Statement> statements;
    for (const auto& json : wholes) {
        statements.push_back({kTell, {SqlValue::Text(std::string{kWhole}.append(json))}});
    }
    if (statements.empty()) return {};
    const auto told = connection_.RunTransaction(statements);
    // What the database takes for no text is lost, and nothing else.
    if (told || told.error().code == ErrorCode::kInternal) return {};
    return told.error();
}

void PeerWatch::SetAlone(bool alone)
{
    if (alone_.exchange(alone) != alone) listener_.on_alone(alone);
}

void PeerWatch::SetKnown(bool known)
{
    const std::scoped_lock lock{mutex_};
    known_ = known;
    changed_.notify_all();
}

std::vector<Statement> TellStored(const std::vector<std::string>& ids, const std::string& name)
{
    std::vector<Statement> statements;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i % kIdsOfNotice == 0) statements.push_back({kTell, {SqlValue::Text("stored ")}});
        statements.back().values.front().bytes->append(ids[i]);
    }
    // Behind the ids: who knows no names takes it for the beginning of one that is cut off.
    for (auto& statement : statements) statement.values.front().bytes->append(name);
    return statements;
}

std::vector<std::string> Greeting() { return {kHello, kShare}; }

}  // namespace berth::relay

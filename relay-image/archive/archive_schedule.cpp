#include "relay-image/archive/archive_schedule.hpp"

#include <algorithm>
#include <utility>

#include "relay-image/archive/archiver.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kFirstPass = 10s, kFirstRetry = 1min;
constexpr std::int64_t kDay = 86'400;

}  // namespace

std::int64_t ArchivedUntil(std::int64_t now, std::chrono::seconds after)
{
    return std::max<std::int64_t>(0, now - after.count()) / kDay * kDay;
}

bool MayArchive(const ArchiveSettings& settings, const AccessPolicy& access)
{
    return settings.key || !access.Current().restricted_reads;
}

ArchiveSchedule::ArchiveSchedule(std::optional<ArchiveSettings> settings,
                                 const EventStoreFactory& factory, const AccessPolicy& access,
                                 const Clock& clock, Log& log)
    : settings_{std::move(settings)}, store_{factory()}, access_{access}, clock_{clock}, log_{log}
{
    if (settings_) thread_ = std::thread{[this] { Work(); }};
}

ArchiveSchedule::~ArchiveSchedule()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void ArchiveSchedule::Work()
{
    auto wait = std::min(kFirstPass, settings_->every);
    auto retry = kFirstRetry;
    while (true) {
        {
            std::unique_lock lock{mutex_};
            const bool failed = retry > kFirstRetry;
            changed_.wait_for(lock, wait, [this, failed] {
                return stopping_.load() || (!failed && wanted_until_ > 0);
            });
            if (stopping_) return;
        }
        const bool done = ArchiveOnce();
        wait = done ? settings_->every : std::min(retry, settings_->every);
        retry = done ? kFirstRetry : 2 * retry;
    }
}

bool ArchiveSchedule::ArchiveOnce()
{
    auto until = ArchivedUntil(ToUnixSeconds(clock_.Now()), settings_->after);
    {
        const std::scoped_lock lock{mutex_};
        until = std::max(until, wanted_until_);
    }
    const auto place = MakePlace(*settings_);
    const auto report =
        MayArchive(*settings_, access_)
            ? ArchiveUntil(*store_, *place, settings_->key, until, stopping_)
            : Result<ArchiveReport>{Fail(ErrorCode::kPrecondition, "ARCHIVE_NEEDS_KEY",
                                         "What only members read is archived only where "
                                         "relay.archive_key_file encrypts it.")};
    if (!report) {
        log_.Warning("not archived",
                     {{"reason", report.error().reason}, {"error", report.error().message}});
        return false;
    }
    ++passes_;
    {
        const std::scoped_lock lock{mutex_};
        if (wanted_until_ <= until) wanted_until_ = 0;
    }
    if (report->pieces > 0) {
        log_.Info("archived", {{"events", report->events}, {"pieces", report->pieces}});
    }
    return true;
}

bool ArchiveSchedule::MayForget(EventStore& store, const StoredEvent& event)
{
    if (!settings_ || !IsArchivable(event)) return true;
    const auto day = DayOf(event.created_at);
    const auto pass = passes_.load();
    if (known_.day != day || known_.pass != pass) {
        auto heads = archive_journal::HeadsOf(store, day);
        if (!heads) return false;  // It stays until this can be read.
        known_ = {day, pass, std::move(*heads)};
    }
    if (known_.heads.contains(IdHeadOf(event.id))) return true;
    WantUntil(event.created_at);
    return false;
}

void ArchiveSchedule::WantUntil(std::int64_t created_at)
{
    const std::scoped_lock lock{mutex_};
    const bool news = wanted_until_ <= created_at;
    wanted_until_ = std::max(wanted_until_, created_at + 1);
    if (news) changed_.notify_all();
}

}  // namespace berth::relay

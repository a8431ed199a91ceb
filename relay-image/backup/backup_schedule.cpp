#include "relay-image/backup/backup_schedule.hpp"

#include <algorithm>

#include "relay-image/backup/backup.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kFirstRetry = 1min;

}  // namespace

BackupSchedule::BackupSchedule(std::optional<BackupSettings> settings,
                               const EventStoreFactory& factory, const Clock& clock, Log& log)
    : settings_{std::move(settings)}, store_{factory()}, clock_{clock}, log_{log}
{
    if (settings_ && settings_->every.count() > 0) thread_ = std::thread{[this] { Work(); }};
}

BackupSchedule::~BackupSchedule()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void BackupSchedule::Work()
{
    auto wait = settings_->every;
    auto retry = kFirstRetry;
    while (true) {
        {
            std::unique_lock lock{mutex_};
            if (stopped_.wait_for(lock, wait, [this] { return stopping_.load(); })) return;
        }
        const bool done = BackUpOnce();
        wait = done ? settings_->every : std::min(retry, settings_->every);
        retry = done ? kFirstRetry : 2 * retry;
    }
}

bool BackupSchedule::BackUpOnce()
{
    S3ObjectStore objects{settings_->bucket};
    const auto report = BackUp(*store_, objects, settings_->key, BackedUpCollections(),
                               ToUnixSeconds(clock_.Now()), stopping_);
    if (!report) {
        log_.Warning("no backup",
                     {{"reason", report.error().reason}, {"error", report.error().message}});
        return false;
    }
    log_.Info("backed up",
              {{"events", report->events}, {"pieces", report->pieces}, {"sent", report->moved}});
    return true;
}

}  // namespace berth::relay

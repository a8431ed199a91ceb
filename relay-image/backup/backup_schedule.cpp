#include "relay-image/backup/backup_schedule.hpp"

#include <algorithm>
#include <utility>

#include "relay-image/backup/backup.hpp"

namespace berth::relay {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kFirstRetry = 1min;

}  // namespace

BackupSchedule::BackupSchedule(std::optional<BackupSettings> settings,
                               const EventStoreFactory& factory, const Clock& clock, Log& log)
    : settings_{std::move(settings)},
      store_{factory()},
      clock_{clock},
      log_{log},
      retry_{kFirstRetry}
{
    if (!settings_ || settings_->every.count() == 0) return;
    rounds_.emplace([this](auto& stopping) { return BackUpAndRest(stopping); }, settings_->every);
}

Rounds::Duration BackupSchedule::BackUpAndRest(const std::atomic<bool>& stopping)
{
    if (BackUpOnce(stopping)) {
        retry_ = kFirstRetry;
        return settings_->every;
    }
    return std::min(std::exchange(retry_, 2 * retry_), settings_->every);
}

bool BackupSchedule::BackUpOnce(const std::atomic<bool>& stopping)
{
    S3ObjectStore objects{settings_->bucket};
    const auto report = BackUp(*store_, objects, settings_->key, BackedUpCollections(),
                               ToUnixSeconds(clock_.Now()), stopping);
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

#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/backup/backup_settings.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Backs up in time on a thread of its own. What fails is tried again, after a minute at first; an
/// object store that is down delays backups and nothing else.
class BackupSchedule {
public:
    /// Does nothing if there is no bucket, or no time between backups is set.
    BackupSchedule(std::optional<BackupSettings> settings, const EventStoreFactory& factory,
                   const Clock& clock, Log& log);
    /// Gives up a backup that is on its way; the one before it stays whole.
    ~BackupSchedule();

private:
    void Work();
    bool BackUpOnce();

    const std::optional<BackupSettings> settings_;
    const std::unique_ptr<EventStore> store_;
    const Clock& clock_;
    Log& log_;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::condition_variable stopped_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay

#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/base/rounds.hpp"
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

private:
    Rounds::Duration BackUpAndRest(const std::atomic<bool>& stopping);
    bool BackUpOnce(const std::atomic<bool>& stopping);

    const std::optional<BackupSettings> settings_;
    const std::unique_ptr<EventStore> store_;
    const Clock& clock_;
    Log& log_;
    std::chrono::seconds retry_;
    std::optional<Rounds> rounds_;  ///< Its end gives up a backup; the one before it stays whole.
};

}  // namespace berth::relay

#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/archive/archive_journal.hpp"
#include "relay-image/archive/archive_settings.hpp"
#include "relay-image/governance/access_policy.hpp"

namespace berth::relay {

/// Until when events are archived at `now` (Unix seconds): whole days that are over for `after`.
std::int64_t ArchivedUntil(std::int64_t now, std::chrono::seconds after);

/// Whether these events may go to the archive: those of a relay that serves its members alone go
/// there encrypted only.
bool MayArchive(const ArchiveSettings& settings, const AccessPolicy& access);

/// Archives in time on a thread of its own. What fails is tried again, after a minute at first; a
/// place that is down delays the archive and what waits for it, and nothing else.
class ArchiveSchedule {
public:
    /// Does nothing without settings. `access`, `clock` and `log` outlive it.
    ArchiveSchedule(std::optional<ArchiveSettings> settings, const EventStoreFactory& factory,
                    const AccessPolicy& access, const Clock& clock, Log& log);
    /// Gives up what is on its way; the next process goes on with it.
    ~ArchiveSchedule();

    /// Whether an event may be forgotten: the archive has it, or does not want it. What it has to
    /// have first it gets in the next pass, whatever its age. Called on one thread.
    bool MayForget(EventStore& store, const StoredEvent& event);

private:
    void Work();
    bool ArchiveOnce();
    void WantUntil(std::int64_t created_at);

    const std::optional<ArchiveSettings> settings_;
    const std::unique_ptr<EventStore> store_;
    const AccessPolicy& access_;
    const Clock& clock_;
    Log& log_;
    std::atomic<std::uint64_t> passes_ = 0;  ///< That are over.
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;               ///< Guards the one below.
    std::int64_t wanted_until_ = 0;  ///< What retention waits for.
    std::condition_variable changed_;

    /// What MayForget knows of one day.
    struct KnownDay {
        std::string day;
        std::uint64_t pass = 0;
        IdHeads heads;
    };
    KnownDay known_;

    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay

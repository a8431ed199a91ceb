#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/db/listener.hpp"
#include "marketplace/queue/job_store.hpp"
#include "marketplace/queue/settings.hpp"

namespace berth::queue {

/// What a duty came to. Where the duty has finished or moved its job itself, in the transaction of
/// its effects, it says kRecorded; else the executor does what is asked for here.
struct DutyOutcome {
    enum class Kind { kRecorded, kFinished, kAgain };
    Kind kind = Kind::kFinished;
    std::chrono::milliseconds again_in{0};  ///< For kAgain.
    std::string waiting_for;

    static DutyOutcome Recorded() { return {.kind = Kind::kRecorded, .waiting_for = {}}; }
    static DutyOutcome Finished() { return {.kind = Kind::kFinished, .waiting_for = {}}; }
    static DutyOutcome Again(std::chrono::milliseconds delay, std::string why = {})
    {
        return {.kind = Kind::kAgain, .again_in = delay, .waiting_for = std::move(why)};
    }
};

/// One kind of job, at one step, that the marketplace does itself. Runs on an executor's thread;
/// may run again after a crash or a lost lease, so it is idempotent, and every change that it makes
/// is fenced by LockHeld on its job. An Error is tried again with backoff, without end.
class Duty {
public:
    virtual ~Duty() = default;
    virtual std::string_view kind() const = 0;
    virtual std::string_view step() const = 0;
    virtual Result<DutyOutcome> Run(const Job& job, Deadline deadline) = 0;
};

/// The threads that do the marketplace's own jobs: `threads` that lease and run them, one that
/// keeps their leases. Stops and waits for what runs when destroyed.
class Executor {
public:
    struct Parts {
        db::Database& database;
        db::Listener& listener;
        Log& log;
        Settings settings;
        int threads = 2;
        std::chrono::milliseconds duty_limit{60'000};
    };

    Executor(Parts parts, std::vector<Duty*> duties);
    ~Executor();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace berth::queue

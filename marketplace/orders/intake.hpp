#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <pqxx/pqxx>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"
#include "core/base/log.hpp"

namespace berth::orders {

/// A verified order as it is stored. All of it fits its columns; what does not fails alone.
struct NewOrder {
    std::string customer_id;
    std::string event_id;
    std::string event;   ///< The signed event, as JSON.
    std::string answer;  ///< Serialized PlaceOrderResponse.
    std::string order_id;
    std::string operator_id;
    std::string plan_id;
    std::string plan;  ///< Serialized.
    std::string hostname;
    std::string custom_hostname;
    std::string relay_name;
    std::string relay_description;
    std::int64_t setup_usd_micros = 0;
    std::int64_t monthly_usd_micros = 0;
    std::string due;  ///< Serialized Quote.
    Time quote_expires_at;
    Time created_at;
};

/// Stores one order, its event and its answer within the caller's transaction, past the groups.
/// False when the event was stored before.
bool PlaceNow(pqxx::work& tx, const NewOrder& order);

/// Commits new orders in groups: one statement and one flush to disk for all that came meanwhile,
/// each with its own answer. Commits at once when idle; a bad row fails alone, by bisection; a
/// repeated event gets the stored answer. One committer thread with a connection of its own.
class Intake {
public:
    struct Options {
        std::string url;
        std::size_t queue_max = 4096;
        std::size_t batch_max = 256;
        std::chrono::milliseconds reconnect_for{5'000};  ///< Then waiting orders are refused.
    };
    /// The stored answer; errors: kInvalid `BAD_ORDER`; kUnavailable `DATABASE_UNAVAILABLE`;
    /// kUnknown `COMMIT_UNKNOWN`: ask again with the same event.
    using Done = std::function<void(Result<std::string>)>;

    /// `log` has to outlive it.
    Intake(Options options, Log& log);
    /// Commits what is queued, then stops.
    ~Intake();

    /// Queues an order; `done` is called once, on the committer's thread. Thread-safe.
    /// Errors: kExhausted `INTAKE_FULL`; `done` is not called then.
    Result<void> Submit(NewOrder order, Done done);

private:
    struct Waiting {
        NewOrder order;
        Done done;
    };
    class Committer;

    void Run();

    const Options options_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<Waiting> queue_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace berth::orders

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/json/value.hpp>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/governance/amendment.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// What is new about the rules.
struct RulesChange {
    bool of_membership = false;       ///< This process changed members or roles.
    std::vector<std::string> joined;  ///< Keys that it made members.
    std::vector<std::string> left;    ///< Keys that it made members no longer.
    std::vector<std::string> roles;   ///< Ids of roles that it made, changed or deleted.
};

/// How often the governor looks, and how it waits.
struct GovernorTiming {
    std::chrono::milliseconds look_every{2000};     ///< For changes that other replicas made.
    std::chrono::milliseconds sweep_again{10'000};  ///< For events that were on their way.
    std::chrono::milliseconds first_backoff{20};    ///< Until the rules can be read.
};

/// The one thread that changes the rules. A change is durable before it counts and before it is
/// answered. It also reads the rules at the start, learns of other replicas' changes, and removes
/// the events of what was banned, again after a while for those that were on their way to the
/// store. Thread-safe.
class Governor {
public:
    /// Makes a change, or answers a question; may use the store to read.
    using Act = std::function<Result<boost::json::value>(Amendment&, EventStore&)>;
    /// Told on the governor's thread when new rules hold, made here or by another replica.
    using Changed = std::function<void(const RulesChange&)>;
    /// Told on the governor's thread.
    using Done = std::function<void(Result<boost::json::value>)>;

    Governor(const EventStoreFactory& factory, AccessPolicy& access, const Clock& clock, Log& log,
             Changed changed, GovernorTiming timing = {});
    /// Finishes what was submitted.
    ~Governor();

    /// Queues an act; false if the queue is full. Errors that `done` gets: those of the act;
    /// kUnavailable `RULES_NOT_READ`, and those of the store.
    bool Submit(Actor actor, Act act, Done done);
    /// Whether the rules were read.
    bool loaded() const { return loaded_; }

private:
    using Steady = std::chrono::steady_clock;

    struct Request {
        Actor actor;
        Act act;
        Done done;
    };
    /// Events to be removed: those of a banned key, or one banned event.
    struct Purge {
        bool of_key = false;
        std::string subject;
        Steady::time_point not_before{};
        bool is_second = false;
    };

    void Work();
    std::optional<Request> Take();
    Steady::duration Patience() const;
    void LookForChanges();
    Result<void> Load();
    Result<boost::json::value> Perform(const Request& request);
    Result<void> Enact(Amendment& amendment);
    void QueuePurges(const Rules& before, const Rules& after);
    void PurgeSome();
    void Finish(const Purge& purge);

    const std::unique_ptr<EventStore> store_;
    AccessPolicy& access_;
    const Clock& clock_;
    Log& log_;
    const Changed changed_;
    const GovernorTiming timing_;
    std::atomic<bool> loaded_ = false;
    std::string revision_;
    bool complained_ = false;
    std::chrono::milliseconds backoff_;
    Steady::time_point next_look_{};
    std::deque<Purge> purges_;
    std::mutex mutex_;  ///< Guards the two below.
    std::deque<Request> queue_;
    bool stopping_ = false;
    std::condition_variable asked_;
    std::thread thread_;  ///< Last: it uses all of the above.
};

}  // namespace berth::relay

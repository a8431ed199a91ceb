#pragma once

#include <array>
#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace berth::orders {

/// Who carries out a step.
enum class StepExecutor { kWorker, kMarketplace };

/// A step of a kind of job: who does it, what the customer reads once it is done and another one
/// follows, and how long it may take unless a setting says else. `meter_lease` and
/// `renew_certificate` go on as long as the order is served.
struct StepRow {
    std::string_view kind;
    std::string_view step;
    StepExecutor executor;
    std::string_view told{};              ///< One sentence; empty where nobody is told.
    std::chrono::milliseconds budget{0};  ///< 0: as long as it takes.
    /// Between two tries that failed; 0: as the worker asks and the queue's settings allow.
    std::chrono::milliseconds pause{0};
    /// The longest that it may ask to wait; 0: as the queue's settings allow.
    std::chrono::milliseconds wait_max{0};
};

/// Every step of every kind of job of an order, in order.
inline constexpr std::array kSteps{
    StepRow{"provision", "reserve", StepExecutor::kMarketplace, "An operator takes the order.",
            std::chrono::minutes{10}},
    StepRow{"provision", "prepare", StepExecutor::kWorker, "The keys of the relay are made.",
            std::chrono::minutes{15}},
    StepRow{"provision", "create_deployment", StepExecutor::kWorker,
            "The relay is offered to providers.", std::chrono::minutes{15}},
    StepRow{"provision", "choose_bid", StepExecutor::kWorker, "A bid is chosen.",
            std::chrono::minutes{5}},
    StepRow{"provision", "create_lease", StepExecutor::kWorker, "The lease is signed.",
            std::chrono::minutes{15}},
    StepRow{"provision", "send_manifest", StepExecutor::kWorker, "The provider has its manifest.",
            std::chrono::minutes{15}},
    StepRow{"provision", "await_service", StepExecutor::kWorker, "The provider runs the relay.",
            std::chrono::minutes{15}},
    StepRow{"provision", "publish_dns", StepExecutor::kWorker,
            "The name of the relay is published.", std::chrono::minutes{15}},
    StepRow{"provision", "issue_certificate", StepExecutor::kWorker, "The certificate is in place.",
            std::chrono::minutes{30}},
    StepRow{"provision", "verify_relay", StepExecutor::kWorker,
            "The operator has tested the relay.", std::chrono::minutes{15}},
    StepRow{"provision", "verify_relay", StepExecutor::kMarketplace,
            "The marketplace has tested it too.", std::chrono::minutes{15}},
    StepRow{"provision", "activate", StepExecutor::kMarketplace},
    StepRow{"meter_lease", "meter_lease", StepExecutor::kWorker, {}, std::chrono::minutes{15}},
    StepRow{"meter_lease", "book_lease", StepExecutor::kMarketplace},
    StepRow{"renew_certificate",
            "renew_certificate",
            StepExecutor::kWorker,
            {},
            std::chrono::milliseconds{0},
            std::chrono::hours{1},
            std::chrono::hours{24 * 60}},
    // What costs money comes first: a name may take as long as its server is down.
    StepRow{"close", "close_deployment", StepExecutor::kWorker, "The deployment is closed."},
    StepRow{"close", "remove_edge", StepExecutor::kWorker, "The name of the relay is withdrawn."},
    StepRow{"close", "confirm_closed", StepExecutor::kWorker, "The operator saw the lease end."},
    StepRow{"close", "confirm_closed", StepExecutor::kMarketplace},
};

/// The first step of a kind.
const StepRow& FirstStep(std::string_view kind);
/// nullptr for a step that there is not.
const StepRow* FindStep(std::string_view kind, std::string_view step, StepExecutor executor);
/// The step after it; nullptr after the last.
const StepRow* StepAfter(const StepRow& step);
/// The first step of closing that a job has not `done`, by the names of the workers' steps. So a
/// job goes on rightly that was begun when its steps were in another order.
const StepRow& NextOfClosing(const std::set<std::string>& done);

}  // namespace berth::orders

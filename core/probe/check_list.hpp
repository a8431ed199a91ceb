#pragma once

#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/probe/relay_probe.hpp"

namespace berth::probe {

/// Runs checks one after the other, each within its own limit, and keeps their results.
class CheckList {
public:
    CheckList(Deadline deadline, std::chrono::milliseconds step_limit)
        : deadline_{deadline}, step_limit_{step_limit}
    {
    }

    /// Makes one check; `call(Deadline)` returns a Result<std::string> with the detail.
    template <typename Call>
    bool Run(std::string name, Call call)
    {
        const auto start = Deadline::Steady::now();
        const Result<std::string> result = call(deadline_.AtMost(step_limit_));
        const auto latency =
            std::chrono::duration_cast<std::chrono::microseconds>(Deadline::Steady::now() - start);
        checks_.push_back(
            {.name = std::move(name),
             .passed = result.has_value(),
             .detail = result ? *result : result.error().reason + ": " + result.error().message,
             .latency = latency});
        return result.has_value();
    }

    bool AllPassed() const
    {
        for (const auto& check : checks_) {
            if (!check.passed) return false;
        }
        return true;
    }
    std::vector<Check> Take() { return std::move(checks_); }

private:
    const Deadline deadline_;
    const std::chrono::milliseconds step_limit_;
    std::vector<Check> checks_;
};

/// A refusal that a check found.
inline Error Refused(std::string reason, std::string message)
{
    return Fail(ErrorCode::kPrecondition, std::move(reason), std::move(message));
}

}  // namespace berth::probe

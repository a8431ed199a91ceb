#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::worker {

/// Our own limits, below those of the CA.
struct IssuanceLimits {
    int per_domain_and_week = 40;      ///< Certificates per registered domain in 7 days.
    int per_account_in_3_hours = 200;  ///< Orders of the account in 3 hours.
};

/// How many certificates were asked for, kept in a file: counted before the CA is asked, so that a
/// crash errs on the safe side. Thread-safe within one process, which owns the file.
class IssuanceBudget {
public:
    /// `clock` must outlive it.
    IssuanceBudget(std::filesystem::path file, IssuanceLimits limits, const Clock& clock);

    /// Counts one order for the domain that `name` is registered under.
    /// Errors: kExhausted `ISSUANCE_BUDGET_SPENT`; kUnavailable `FILE_NOT_WRITTEN`; those of
    /// ReadFile: what was spent before is not known then.
    Result<void> Spend(const std::string& name);
    /// Takes the newest order for that domain back: it is known that no certificate came of it.
    /// What cannot be written down stays counted.
    void TakeBack(const std::string& name);

private:
    struct Entry {
        std::int64_t at = 0;
        std::string domain;
    };
    Result<std::vector<Entry>> Load() const;
    Result<void> Store(const std::vector<Entry>& entries) const;

    const std::filesystem::path file_;
    const IssuanceLimits limits_;
    const Clock& clock_;
    std::mutex mutex_;
};

}  // namespace berth::worker

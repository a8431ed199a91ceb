#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "marketplace/call/call.hpp"
#include "marketplace/claims/booking.hpp"
#include "marketplace/db/database.hpp"

namespace berth::claims {

/// Commits claims in groups: one transaction, and one fsync, for whoever waits; at once when idle.
/// Each claim has its own answer; one that the database refuses is booked again alone, so that it
/// never fails its neighbours. One thread of its own. Thread-safe.
class ClaimIntake {
public:
    struct Limits {
        std::size_t waiting_max = 2048;
        std::size_t group_max = 128;
    };
    using Answer = call::Answer<v1::SubmitClaimResponse>;

    ClaimIntake(db::Database& database, const rails::ClaimPolicy& policy)
        : ClaimIntake{database, policy, Limits{}}
    {
    }
    ClaimIntake(db::Database& database, const rails::ClaimPolicy& policy, Limits limits);
    ClaimIntake(const ClaimIntake&) = delete;
    ClaimIntake& operator=(const ClaimIntake&) = delete;
    /// Answers who waits, then stops.
    ~ClaimIntake();

    /// Answers on the intake's thread after COMMIT; at once, on the caller's, with kExhausted
    /// `INTAKE_FULL`. Errors beside those of BookClaim: those of Database.
    void Submit(VerifiedClaim claim, Answer answer);

private:
    struct Waiting {
        VerifiedClaim claim;
        Answer answer;
    };
    using Group = std::vector<Waiting>;
    using Answers = std::vector<Result<v1::SubmitClaimResponse>>;

    void Run();
    Group Take();
    Answers Book(const Group& group);
    Result<v1::SubmitClaimResponse> BookAlone(const VerifiedClaim& claim);

    db::Database& database_;
    const rails::ClaimPolicy& policy_;
    const Limits limits_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace berth::claims

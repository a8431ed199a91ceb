#include "marketplace/claims/claim_intake.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/base/failpoint.hpp"
#include "marketplace/claims/claim_store.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/payments/channel_store.hpp"

namespace berth::claims {
namespace {

using Booked = Result<v1::SubmitClaimResponse>;

auto LockOrderOf(const VerifiedClaim& claim)
{
    const auto& key = claim.channel;
    return std::tie(key.customer_id, key.rail, key.channel_id, claim.order_id, claim.cumulative);
}

/// Every channel of the group by id, then every order by id: two groups never wait in a ring.
template <typename Group>
void LockAll(pqxx::work& tx, const Group& group)
{
    std::set<std::pair<std::string, std::string>> wanted;
    for (const auto& waiting : group) {
        const auto& claim = waiting.claim;
        payments::LockChannel(tx, claim.channel);
        if (!claim.order_id.empty()) wanted.emplace(claim.channel.customer_id, claim.order_id);
    }
    for (const auto& [customer, order] : wanted) orders::LockOrder(tx, customer, order);
}

/// The refusal of one row made the whole transaction fail: its rows are booked one by one.
bool OneRowFailed(const Error& error) { return error.code == ErrorCode::kInternal; }

}  // namespace

ClaimIntake::ClaimIntake(db::Database& database, const rails::ClaimPolicy& policy, Limits limits)
    : database_{database}, policy_{policy}, limits_{limits}, thread_{[this] { Run(); }}
{
}

ClaimIntake::~ClaimIntake()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void ClaimIntake::Submit(VerifiedClaim claim, Answer answer)
{
    {
        const std::scoped_lock lock{mutex_};
        if (!stopping_ && waiting_.size() < limits_.waiting_max) {
            waiting_.push_back({.claim = std::move(claim), .answer = std::move(answer)});
            changed_.notify_one();
            return;
        }
    }
    answer(Fail(ErrorCode::kExhausted, "INTAKE_FULL", "Too many claims wait; try again."));
}

void ClaimIntake::Run()
{
    for (auto group = Take(); !group.empty(); group = Take()) {
        std::ranges::stable_sort(group, [](const Waiting& a, const Waiting& b) {
            return LockOrderOf(a.claim) < LockOrderOf(b.claim);
        });
        auto answers = Book(group);
        Failpoint("market.claim.after_commit");
        for (std::size_t i = 0; i < group.size(); ++i) group[i].answer(std::move(answers[i]));
    }
}

ClaimIntake::Group ClaimIntake::Take()
{
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    Group group;
    while (!waiting_.empty() && group.size() < limits_.group_max) {
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return group;
}

ClaimIntake::Answers ClaimIntake::Book(const Group& group)
{
    const auto booked = database_.Transact<Answers>([&](pqxx::work& tx) -> Result<Answers> {
        LockAll(tx, group);
        Answers answers;
        for (const auto& waiting : group) {
            answers.push_back(BookClaim(tx, waiting.claim, policy_));
            if (!answers.back() && OneRowFailed(answers.back().error())) {
                return answers.back().error();
            }
        }
        Failpoint("market.claim.before_commit");
        return answers;
    });
    if (booked) return *booked;
    Answers answers;
    const auto& error = booked.error();
    const bool alone = OneRowFailed(error) || error.code == ErrorCode::kUnknown;
    for (const auto& waiting : group) {
        answers.push_back(alone ? BookAlone(waiting.claim) : Booked{error});
    }
    return answers;
}

// After an unknown COMMIT this is also the way to look: an event that was accepted gets its stored
// answer, any other is booked now.
Booked ClaimIntake::BookAlone(const VerifiedClaim& claim)
{
    return database_.Transact<v1::SubmitClaimResponse>(
        [&](pqxx::work& tx) { return BookClaim(tx, claim, policy_); });
}

}  // namespace berth::claims

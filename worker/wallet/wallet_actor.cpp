#include "worker/wallet/wallet_actor.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/failpoint.hpp"

namespace berth::worker {
namespace {

using namespace std::chrono_literals;

constexpr auto kBalancesEvery = 15s;
constexpr auto kPastTimeout = 10s;  // Of block time: a block that was being made is out by then.
constexpr std::size_t kOrderedUnderWayMax = 20;  // One that is lost holds up all after it.

v1::WalletTransaction ToProto(const akash::SignedTransaction& made,
                              const v1::OutboxMessage& message)
{
    v1::WalletTransaction transaction;
    transaction.set_hash(made.hash);
    transaction.set_signed_bytes(made.json);
    transaction.set_timeout(ToUnixSeconds(made.timeout) + 1);
    transaction.add_messages(message.id());
    transaction.set_state("signed");
    transaction.set_fee_uakt(made.fee_uakt.ToString());
    if (made.place) {
        transaction.set_sequence(made.place->sequence);
        transaction.set_timeout_height(made.place->timeout_height);
    }
    return transaction;
}

v1::WalletTransaction Ended(const v1::WalletTransaction& transaction, std::string state)
{
    v1::WalletTransaction ended;
    ended.set_hash(transaction.hash());
    *ended.mutable_messages() = transaction.messages();
    ended.set_state(std::move(state));
    return ended;
}

v1::WalletTransaction Refused(const v1::OutboxMessage& message, const Error& error)
{
    v1::WalletTransaction refused;
    refused.add_messages(message.id());
    refused.set_state("failed");
    // `codespace/code: text`, as the signer words what the simulation said.
    const auto slash = error.message.find('/');
    const auto colon = error.message.find(": ");
    int code = 1;
    if (slash != std::string::npos && colon != std::string::npos && slash < colon) {
        const auto* const text = error.message.data();
        std::from_chars(text + slash + 1, text + colon, code);
        refused.set_codespace(error.message.substr(0, slash));
    }
    refused.set_code(code);
    refused.set_error(error.message);
    return refused;
}

}  // namespace

WalletActor::WalletActor(const Needs& needs, WalletSettings settings, std::string worker,
                         std::chrono::milliseconds lease)
    : needs_{needs},
      settings_{std::move(settings)},
      worker_{std::move(worker)},
      lease_{lease},
      places_{needs.chain, needs.pace}
{
    standing_.set_not_ready_because("The wallet has not been looked at yet.");
}

Result<bool> WalletActor::Round(Deadline deadline)
{
    const auto observed = Observe(deadline);
    std::vector<v1::WalletTransaction> news;
    if (observed) {
        for (const auto& transaction : unresolved_) {
            auto fate = FateOf(transaction, deadline);
            if (fate && *fate) news.push_back(std::move(**fate));
        }
    }
    Failpoint("worker.wallet.before_report");
    const auto orders = Exchange(std::move(news), deadline);
    Failpoint("worker.wallet.after_report");
    if (!orders) return orders.error();
    if (!observed) return observed.error();

    if (const auto resent = Resend(deadline); !resent) return resent.error();
    if (!standing_.ready()) return !unresolved_.empty();
    for (const auto& message : orders->pending()) {
        if (ordered_ && unresolved_.size() >= kOrderedUnderWayMax) break;
        if (const auto sent = SignAndSend(message, deadline); !sent) return sent.error();
    }
    return !unresolved_.empty() || !orders->pending().empty();
}

/// Sends what is signed and was not sent by this process, lowest sequence first.
Result<void> WalletActor::Resend(Deadline deadline)
{
    auto by_sequence = unresolved_;
    std::ranges::stable_sort(by_sequence, {}, &v1::WalletTransaction::sequence);
    for (const auto& transaction : by_sequence) {
        if (sent_.contains(transaction.hash())) continue;
        if (const auto sent = Send(transaction, false, deadline); !sent) return sent.error();
    }
    return {};
}

void WalletActor::Release(Deadline deadline)
{
    if (epoch_ == 0) return;
    standing_.set_release(true);
    const auto released = Exchange({}, deadline);
    if (!released) needs_.log.Warning("The wallet's lease was not given back.");
    standing_.set_release(false);
    epoch_ = 0;
}

/// Reads the chain. What cannot be read makes the wallet not ready; its lease is kept all the same.
Result<void> WalletActor::Observe(Deadline deadline)
{
    if (address_.empty()) {
        const auto address = needs_.signer.Address(deadline);
        if (!address) return address.error();
        address_ = *address;
    }
    const auto status = needs_.chain.Status(deadline);
    if (!status) {
        standing_.set_ready(false);
        standing_.set_not_ready_because("No node can be read: " + status.error().message);
        return status.error();
    }
    status_ = *status;
    needs_.pace.Note(*status);
    if (balances_due_.Passed() || !standing_.ready()) ObserveBalances(deadline);
    return {};
}

void WalletActor::ObserveBalances(Deadline deadline)
{
    const auto gas = needs_.chain.Balance(address_, settings_.gas_denom, deadline);
    const auto deposit = needs_.chain.Balance(address_, settings_.deposit_denom, deadline);
    const auto deployments = needs_.chain.ListDeployments(address_, deadline);
    standing_.set_ready(false);
    if (!gas || !deposit || !deployments) {
        standing_.set_not_ready_because("The wallet's balances cannot be read.");
        return;
    }
    standing_.clear_balances();
    const auto add = [&](const std::string& denom, money::Amount amount) {
        auto& balance = *standing_.add_balances();
        balance.set_denom(denom);
        balance.set_amount(amount.ToString());
    };
    add(settings_.gas_denom, *gas);
    add(settings_.deposit_denom, *deposit);
    standing_.clear_deployments();
    for (const auto& deployment : *deployments) {
        if (deployment.state == "active") standing_.add_deployments(deployment.id.dseq);
    }
    standing_.set_height(status_->height);
    const bool has_gas = *gas >= money::Amount{settings_.least_gas};
    const bool has_deposit = *deposit >= money::Amount{settings_.least_deposit};
    standing_.set_ready(has_gas && has_deposit);
    standing_.set_not_ready_because(
        has_gas ? (has_deposit ? "" : "Too little " + settings_.deposit_denom)
                : "Too little " + settings_.gas_denom);
    balances_due_ = Deadline::After(kBalancesEvery);
}

/// The fate of a transaction that was signed, if it is known by now. Absent counts only when the
/// node's own block time is well past the timeout.
Result<std::optional<v1::WalletTransaction>> WalletActor::FateOf(
    const v1::WalletTransaction& transaction, Deadline deadline)
{
    const auto found = needs_.chain.FindTx(transaction.hash(), deadline);
    if (!found) return found.error();
    if (*found) {
        auto ended = Ended(transaction, (*found)->code == 0 ? "committed" : "failed");
        ended.set_height((*found)->height);
        ended.set_codespace((*found)->codespace);
        ended.set_code((*found)->code);
        ended.set_error((*found)->code == 0 ? "" : (*found)->raw_log);
        return std::optional{std::move(ended)};
    }
    auto lost = transaction.has_sequence()
                    ? places_.IsLost(address_, status_->height, transaction, deadline)
                    : Result<bool>{status_->block_time >
                                   FromUnixSeconds(transaction.timeout()) + kPastTimeout};
    if (!lost) return lost.error();
    if (*lost) return std::optional{Ended(transaction, "expired")};
    return std::optional<v1::WalletTransaction>{};
}

Result<v1::WalletOrders> WalletActor::Exchange(std::vector<v1::WalletTransaction> news,
                                               Deadline deadline)
{
    v1::ReportWalletsRequest request;
    request.set_worker(worker_);
    auto& report = *request.add_wallets();
    report = standing_;
    report.set_address(address_);
    report.set_epoch(epoch_);
    report.mutable_transactions()->Add(std::make_move_iterator(news.begin()),
                                       std::make_move_iterator(news.end()));
    const auto asked = Deadline::Steady::now();
    const auto response = needs_.marketplace.ReportWallets(request, deadline);
    if (!response && response.error().code == ErrorCode::kAborted) {
        return LoseLease(response.error().reason);
    }
    if (!response) return response.error();
    if (response->wallets_size() != 1) {
        return Fail(ErrorCode::kInternal, "BAD_ANSWER", "The marketplace answered for no wallet.");
    }
    const auto& orders = response->wallets(0);
    if (report.release() && orders.refused().empty()) return orders;
    if (!orders.refused().empty() || orders.epoch() == 0) return LoseLease(orders.refused());
    epoch_ = orders.epoch();
    ordered_ = orders.ordered();
    lease_ends_ = Deadline{asked + lease_ * 4 / 5};
    unresolved_.assign(orders.unresolved().begin(), orders.unresolved().end());
    for (const auto dseq : orders.unknown_deployments()) {
        if (!alarmed_.insert(dseq).second) continue;
        needs_.log.Error("A deployment of this wallet belongs to no order; it is left alone.",
                         {{"dseq", std::to_string(dseq)}, {"wallet", address_}});
    }
    return orders;
}

Error WalletActor::LoseLease(const std::string& why)
{
    epoch_ = 0;
    unresolved_.clear();
    return Fail(ErrorCode::kAborted, "WALLET_REFUSED", why);
}

Result<void> WalletActor::SignAndSend(const v1::OutboxMessage& message, Deadline deadline)
{
    if (!HoldsLease()) return Fail(ErrorCode::kAborted, "WALLET_REFUSED", "The lease has run out.");
    const auto epoch = epoch_;
    Failpoint("worker.wallet.before_sign");
    const auto made = Sign(message, deadline);
    if (!made && made.error().reason == "SIMULATION_FAILED") {
        return Refuse(message, made.error(), deadline);
    }
    if (!made) return made.error();
    const auto transaction = ToProto(*made, message);
    Failpoint("worker.wallet.after_sign");
    const auto stored = Exchange({transaction}, deadline);
    Failpoint("worker.wallet.after_store");
    if (!stored) return stored.error();
    if (epoch_ != epoch || !HoldsLease()) {
        return Fail(ErrorCode::kAborted, "WALLET_REFUSED", "The lease was lost while signing.");
    }
    return Send(transaction, true, deadline);
}

/// Unordered as long as no node has refused that, otherwise at the wallet's next sequence.
Result<akash::SignedTransaction> WalletActor::Sign(const v1::OutboxMessage& message,
                                                   Deadline deadline)
{
    if (ordered_) return SignInOrder(message, deadline);
    auto made = needs_.signer.Sign({message.body()}, std::nullopt, deadline);
    if (made || made.error().reason != "UNORDERED_REFUSED") return made;
    const auto noted = NoteUnorderedRefused(made.error().message, deadline);
    if (!noted) return noted.error();
    return SignInOrder(message, deadline);
}

Result<akash::SignedTransaction> WalletActor::SignInOrder(const v1::OutboxMessage& message,
                                                          Deadline deadline)
{
    const auto place = places_.Next(address_, status_->height, unresolved_, deadline);
    if (!place) return place.error();
    return needs_.signer.Sign({message.body()}, *place, deadline);
}

Result<void> WalletActor::NoteUnorderedRefused(const std::string& why, Deadline deadline)
{
    needs_.log.Warning("Transactions of this wallet are signed in order from now on.",
                       {{"wallet", address_}, {"because", why}});
    standing_.set_unordered_refused(true);
    const auto noted = Exchange({}, deadline);
    standing_.set_unordered_refused(false);
    if (!noted) return noted.error();
    return {};
}

/// The chain's own simulation says that the message cannot succeed: nothing was signed.
Result<void> WalletActor::Refuse(const v1::OutboxMessage& message, const Error& error,
                                 Deadline deadline)
{
    needs_.log.Warning(
        "The chain's simulation refused a message.",
        {{"kind", message.kind()}, {"job", message.job()}, {"error", error.message}});
    const auto reported = Exchange({Refused(message, error)}, deadline);
    if (!reported) return reported.error();
    return {};
}

/// Sends the stored bytes. Only a plain refusal of the very first sending is a fate; whatever else
/// is said, the hash is looked up in the next rounds.
Result<void> WalletActor::Send(const v1::WalletTransaction& transaction, bool first_time,
                               Deadline deadline)
{
    akash::SignedTransaction made{.json = transaction.signed_bytes(),
                                  .hash = transaction.hash(),
                                  .timeout = FromUnixSeconds(transaction.timeout()),
                                  .fee_uakt = {},
                                  .place = PlaceOf(transaction)};
    Failpoint("worker.wallet.before_broadcast");
    const auto answer = needs_.signer.Broadcast(made, deadline);
    Failpoint("worker.wallet.after_broadcast");
    sent_.insert(transaction.hash());
    if (!answer) {
        needs_.log.Warning("A transaction's broadcast has an unknown outcome.",
                           {{"hash", made.hash}, {"error", answer.error().message}});
        sent_.erase(transaction.hash());  // The same bytes are sent again, which is harmless.
        return {};
    }
    return TakeAnswer(transaction, *answer, first_time, deadline);
}

Result<void> WalletActor::TakeAnswer(const v1::WalletTransaction& transaction,
                                     const akash::BroadcastAnswer& answer, bool first_time,
                                     Deadline deadline)
{
    if (answer.code == 0) return {};
    const auto verdict = akash::Judge(answer.codespace, answer.code, answer.raw_log);
    if (transaction.has_sequence() && verdict == akash::ChainVerdict::kRebuild) {
        sent_.erase(transaction.hash());  // Its turn may still come; else it proves to be lost.
        return {};
    }
    if (!first_time || verdict == akash::ChainVerdict::kLookUp) return {};
    if (verdict == akash::ChainVerdict::kUseSequence) {
        const auto noted = NoteUnorderedRefused(answer.raw_log, deadline);
        if (!noted) return noted.error();
    }
    auto ended =
        Ended(transaction, verdict == akash::ChainVerdict::kUseSequence ? "expired" : "failed");
    ended.set_codespace(answer.codespace);
    ended.set_code(answer.code);
    ended.set_error(answer.raw_log);
    const auto reported = Exchange({std::move(ended)}, deadline);
    if (!reported) return reported.error();
    return {};
}

}  // namespace berth::worker

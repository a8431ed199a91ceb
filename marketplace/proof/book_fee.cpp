#include "marketplace/proof/book_fee.hpp"

#include <algorithm>

#include "core/base/encoding.hpp"
#include "core/base/lower_case.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/payments/price_store.hpp"

namespace berth::proof {
namespace {

using namespace std::chrono_literals;

constexpr auto kAgain = 15s;
constexpr int kLooks = 20;  // A node shows a block's transactions within seconds.
constexpr std::size_t kHashDigits = 64;
constexpr std::string_view kCollection = "transactions/";
constexpr auto kGas = "uakt";
constexpr auto kNotFound = "TX_NOT_FOUND";

/// What stands behind the collection and the operator, whatever it is.
std::string HashIn(const std::string& subject)
{
    return subject.substr(subject.find('/', kCollection.size()) + 1);
}

/// A transaction's hash as the chain writes it; empty where it is none, since it becomes a
/// program's argument.
std::string AsHash(std::string text)
{
    text = LowerCase(std::move(text));
    if (!IsLowerHex(text, kHashDigits)) return {};
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

void PostFee(pqxx::work& tx, const queue::SettledTransaction& settled, money::Amount fee, Time now)
{
    const auto asset = money::FindAsset(kGas);
    const auto price = payments::NewestPrice(tx, kGas).value_or(money::Price{});
    for (const auto& [order_id, share] : SharesOf(fee, settled.order_ids)) {
        const auto order = orders::FindOrder(tx, order_id);
        if (!order || share == money::Amount{0}) continue;
        const auto usd = money::ToUsdMicros(share, *asset, price, money::Rounding::kHalfEven);
        ledger::PostGas(tx, OwnerOf(*order), settled.hash,
                        {.asset = kGas,
                         .amount = share,
                         .usd_micros = usd.ToInt64().value_or(0),
                         .snapshot_id = price.snapshot_id},
                        now);
    }
}

}  // namespace

std::map<std::string, money::Amount> SharesOf(money::Amount fee,
                                              const std::vector<std::string>& order_ids)
{
    std::map<std::string, money::Amount> shares;
    if (order_ids.empty()) return shares;
    const auto count = static_cast<std::int64_t>(order_ids.size());
    const auto share = money::MulDiv(fee, 1, count, money::Rounding::kFloor);
    for (const auto& order_id : order_ids) shares[order_id] += share;
    shares[order_ids.front()] += fee - money::MulDiv(share, count, 1, money::Rounding::kFloor);
    return shares;
}

Result<queue::SettledTransaction> BookFee::Settled(const queue::Job& job)
{
    const auto order = Read(job);
    if (!order) return order.error();
    return parts_.database.Transact<queue::SettledTransaction>(
        [&](pqxx::work& tx) -> Result<queue::SettledTransaction> {
            auto settled = queue::FindSettled(tx, order->operator_id, HashIn(job.subject));
            if (settled) return std::move(*settled);
            return Fail(ErrorCode::kInternal, "TX_GONE", "The job's transaction is gone.");
        });
}

std::string BookFee::Objection(const queue::SettledTransaction& settled,
                               const std::optional<akash::TxOutcome>& found)
{
    if (!found) return kNotFound;
    if (found->signer != settled.wallet) return "TX_SIGNED_BY_ANOTHER";
    return found->fee.empty() || found->fee.contains(kGas) ? "" : "TX_FEE_IN_ANOTHER_ASSET";
}

Result<queue::DutyOutcome> BookFee::Run(const queue::Job& job, Deadline deadline)
{
    const auto settled = Settled(job);
    if (!settled) return settled.error();
    std::optional<akash::TxOutcome> found;
    if (const auto hash = AsHash(settled->hash); !hash.empty()) {
        auto read = parts_.chain.FindTx(hash, deadline);
        if (!read) return read.error();
        found = std::move(*read);
    }
    const auto objection = Objection(*settled, found);
    const bool may_appear = !found && settled->height > 0 && job.attempt < kLooks;
    if (may_appear) return Outcome::Again(kAgain, "the node to show the transaction");
    if (!objection.empty() && settled->height > 0) {
        parts_.log.Warning("What a transaction cost is not booked.", {{"hash", settled->hash},
                                                                      {"wallet", settled->wallet},
                                                                      {"order", job.order_id},
                                                                      {"reason", objection}});
    }
    return Change(
        job, [&](pqxx::work& tx, orders::OrderRow&, queue::Job& held, Time now) -> Result<Outcome> {
            if (objection.empty() && found->fee.contains(kGas)) {
                PostFee(tx, *settled, found->fee.at(kGas), now);
            }
            queue::Finish(tx, held, objection.empty() ? "done" : "refused", objection);
            return Outcome::Recorded();
        });
}

}  // namespace berth::proof

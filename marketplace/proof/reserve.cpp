#include "marketplace/proof/reserve.hpp"

#include <algorithm>

#include "core/base/digest.hpp"
#include "marketplace/orders/job_view.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/queue/wallet_store.hpp"

namespace berth::proof {
namespace {

using namespace std::chrono_literals;

constexpr auto kWalletPoll = 1s;
constexpr int kDraws = 8;

/// 48 random bits, never 0.
std::uint64_t DrawDseq()
{
    std::uint64_t dseq = 0;
    for (const char byte : RandomBytes(6)) dseq = dseq << 8 | static_cast<unsigned char>(byte);
    return std::max<std::uint64_t>(dseq, 1);
}

/// Claims a number for a deployment of `wallet`; 0 if luck was against us.
std::uint64_t ClaimDseq(pqxx::work& tx, const std::string& wallet, const std::string& order_id)
{
    for (int draw = 0; draw < kDraws; ++draw) {
        const auto dseq = DrawDseq();
        const auto value = wallet + '/' + std::to_string(dseq);
        if (orders::ClaimUnique(tx, "deployment", value, order_id)) return dseq;
    }
    return 0;
}

}  // namespace

Result<queue::DutyOutcome> Reserve::Run(const queue::Job& job, Deadline deadline)
{
    // Begins to measure the time of a block, which the lease will be judged by.
    if (const auto status = parts_.chain.Status(deadline)) parts_.pace.Note(*status);
    return Change(
        job,
        [this](pqxx::work& tx, orders::OrderRow& order, queue::Job& held,
               Time now) -> Result<Outcome> {
            const auto fail = [&](std::string reason, std::string message) {
                return GiveUp(tx, order, held,
                              Fail(ErrorCode::kPrecondition, std::move(reason), std::move(message)),
                              now);
            };
            if (orders::CeilingOf(order.plan, order.monthly_usd_micros) <= 0) {
                return fail("NO_MARGIN", "The plan's price leaves nothing to rent a lease with.");
            }
            if (!order.custom_hostname.empty() &&
                !orders::ClaimUnique(tx, "hostname", order.custom_hostname, order.order_id)) {
                return fail("HOSTNAME_TAKEN",
                            "Another order has the host name " + order.custom_hostname + ".");
            }
            const auto wallet = queue::ChooseReadyWallet(tx, order.operator_id);
            if (!wallet && held.step_overdue) {
                return fail("NO_WALLET_READY", "The operator had no wallet ready in time.");
            }
            if (!wallet) return Outcome::Again(kWalletPoll, "a ready wallet");
            const auto dseq = ClaimDseq(tx, *wallet, order.order_id);
            if (dseq == 0)
                return Fail(ErrorCode::kInternal, "NO_DSEQ", "No free number was drawn.");
            order.wallet = *wallet;
            order.dseq = dseq;
            const auto moved = orders::Move(
                tx, order, v1::ORDER_STATE_PROVISIONING,
                {.kind = "provisioning", .message = "The relay is being set up.", .details = {}},
                now);
            if (!moved) return moved.error();
            return Next(tx, order, held);
        });
}

}  // namespace berth::proof

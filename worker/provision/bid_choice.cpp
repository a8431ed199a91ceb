#include "worker/provision/bid_choice.hpp"

#include <tuple>

#include "akash/lease_price.hpp"
#include "worker/provision/relay_terms.hpp"

namespace berth::worker {
namespace {

v1::BidChoice Judged(const akash::Bid& bid, const v1::JobOrder& order, const std::string& denom,
                     std::chrono::milliseconds block_time)
{
    v1::BidChoice verdict;
    verdict.set_provider(bid.id.provider);
    verdict.set_price_amount(akash::FormatDec18(bid.price.amount_e18));
    verdict.set_price_denom(bid.price.denom);
    if (bid.price.denom != denom) {
        verdict.set_reason("The price is in " + bid.price.denom + ", not in " + denom + ".");
        return verdict;
    }
    const auto price = WholePriceE8(order, denom);
    if (!price) {
        verdict.set_reason("There is no price of " + denom + " to hold against the ceiling.");
        return verdict;
    }
    const auto monthly = akash::MonthlyUsdMicros(bid.price, *price, block_time).ToInt64();
    verdict.set_monthly_usd_micros(monthly.value_or(std::numeric_limits<std::int64_t>::max()));
    if (bid.state != "open") {
        verdict.set_reason("The bid is " + bid.state + ".");
    } else if (verdict.monthly_usd_micros() > order.ceiling_lease_usd_micros()) {
        verdict.set_reason("Dearer than the ceiling of " +
                           std::to_string(order.ceiling_lease_usd_micros()) + " micro-dollars.");
    }
    return verdict;
}

bool Cheaper(const akash::Bid& a, const akash::Bid& b)
{
    return std::tie(a.price.amount_e18, a.id.provider) <
           std::tie(b.price.amount_e18, b.id.provider);
}

}  // namespace

BidChoice ChooseAmong(const std::vector<akash::Bid>& bids, const v1::JobOrder& order,
                      const std::string& denom, std::chrono::milliseconds block_time)
{
    BidChoice choice;
    for (const auto& bid : bids) {
        if (bid.id.dseq != order.dseq()) continue;
        choice.verdicts.push_back(Judged(bid, order, denom, block_time));
        const bool acceptable = choice.verdicts.back().reason().empty();
        if (acceptable && (!choice.chosen || Cheaper(bid, *choice.chosen))) choice.chosen = bid;
    }
    for (auto& verdict : choice.verdicts) {
        if (!verdict.reason().empty()) continue;
        verdict.set_chosen(verdict.provider() == choice.chosen->id.provider);
        if (!verdict.chosen()) verdict.set_reason("Another one is cheaper.");
    }
    return choice;
}

v1::Lease LeaseOfBid(const akash::Bid& bid)
{
    v1::Lease lease;
    lease.set_owner(bid.id.owner);
    lease.set_dseq(bid.id.dseq);
    lease.set_gseq(bid.id.gseq);
    lease.set_oseq(bid.id.oseq);
    lease.set_provider(bid.id.provider);
    lease.set_price_amount(akash::FormatDec18(bid.price.amount_e18));
    lease.set_price_denom(bid.price.denom);
    return lease;
}

}  // namespace berth::worker

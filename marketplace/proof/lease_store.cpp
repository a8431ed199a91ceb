#include "marketplace/proof/lease_store.hpp"

namespace berth::proof {
namespace {

constexpr auto kAdd = R"sql(
    INSERT INTO leases (customer_id, order_id, owner, dseq, gseq, oseq, provider, price_denom,
                        price_e18, created_height, state, accrued_height)
    VALUES ($1, $2, $3, $4::numeric, $5, $6, $7, $8, $9::numeric, $10, $11, $10)
    ON CONFLICT DO NOTHING)sql";

constexpr auto kClose = R"sql(
    UPDATE leases SET state = 'closed', closed_height = $4
    WHERE customer_id = $1 AND order_id = $2 AND dseq = $3::numeric
    RETURNING price_denom)sql";

}  // namespace

void AddLease(pqxx::work& tx, const orders::OrderRow& order, const LeaseReading& reading)
{
    const auto& lease = reading.lease;
    tx.exec_params0(kAdd, order.customer_id, order.order_id, order.wallet,
                    std::to_string(order.dseq), lease.id.gseq, lease.id.oseq, lease.id.provider,
                    lease.price.denom, lease.price.amount_e18.ToString(), lease.created_at,
                    lease.state);
}

std::optional<std::string> CloseLease(pqxx::work& tx, const orders::OrderRow& order,
                                      std::int64_t closed_height)
{
    const auto closed = tx.exec_params(kClose, order.customer_id, order.order_id,
                                       std::to_string(order.dseq), closed_height);
    if (closed.empty()) return std::nullopt;
    return closed[0][0].as<std::string>();
}

}  // namespace berth::proof

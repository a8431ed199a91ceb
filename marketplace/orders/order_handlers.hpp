#pragma once

#include <memory>
#include <string>

#include "berth/v1/operator_service.pb.h"
#include "berth/v1/order_service.pb.h"
#include "core/nostr/event.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/call/feed.hpp"
#include "marketplace/db/database.hpp"
#include "marketplace/orders/catalogue.hpp"
#include "marketplace/orders/intake.hpp"
#include "marketplace/orders/order.hpp"
#include "marketplace/orders/quotes.hpp"
#include "marketplace/orders/settings.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::orders {

/// The calls of OrderService. Each does what its RPC's comment in the contract says. Thread-safe.
/// All block for the database, except PlaceOrder, which answers from the intake's thread.
class OrderHandlers {
public:
    /// References have to outlive it.
    struct Parts {
        db::Database& database;
        Catalogue& catalogue;
        Intake& intake;
        const Settings& settings;
    };
    explicit OrderHandlers(Parts parts)
        : parts_{parts}, quotes_{parts.database, parts.catalogue, parts.settings}
    {
    }

    Result<v1::ListPlansResponse> ListPlans(const call::Call& call,
                                            const v1::ListPlansRequest& request);
    Result<v1::QuoteOrderResponse> QuoteOrder(const call::Call& call,
                                              const v1::QuoteOrderRequest& request);
    /// Does not touch the database on the caller's thread unless the order names a quote,
    /// pays from a channel, or fails.
    void PlaceOrder(const call::Call& call, const v1::PlaceOrderRequest& request,
                    call::Answer<v1::PlaceOrderResponse> answer);
    Result<v1::GetOrderResponse> GetOrder(const call::Call& call,
                                          const v1::GetOrderRequest& request);
    Result<v1::ListOrdersResponse> ListOrders(const call::Call& call,
                                              const v1::ListOrdersRequest& request);
    /// Woken by the topic `orders/{id}`.
    call::Opened<v1::WatchOrderResponse> WatchOrder(const call::Call& call,
                                                    const v1::WatchOrderRequest& request);
    Result<v1::AmendOrderResponse> AmendOrder(const call::Call& call,
                                              const v1::AmendOrderRequest& request);
    Result<v1::CancelOrderResponse> CancelOrder(const call::Call& call,
                                                const v1::CancelOrderRequest& request);
    Result<v1::GetOrderLogsResponse> GetOrderLogs(const call::Call& call,
                                                  const v1::GetOrderLogsRequest& request);
    Result<v1::GetRelayAccessResponse> GetRelayAccess(const call::Call& call,
                                                      const v1::GetRelayAccessRequest& request);
    /// For OperatorService: the caller's orders as operator.
    Result<v1::ListOperatorOrdersResponse> ListOperatorOrders(
        const call::Call& call, const v1::ListOperatorOrdersRequest& request);

private:
    struct Prepared;
    static Prepared OnCredit(const nostr::Event& event, OrderRow order,
                             const payments::ChannelKey& channel);
    Result<Prepared> Prepare(const nostr::Event& event, const std::string& json, Time now);
    Result<v1::Quote> QuoteFor(const v1::OrderTerms& terms, const v1::Plan& plan, Time now);
    Result<std::optional<v1::PlaceOrderResponse>> AnswerBefore(const nostr::Event& event);

    void PlaceOnCredit(const Prepared& prepared, bool validate_only,
                       const call::Answer<v1::PlaceOrderResponse>& answer);

    const Parts parts_;
    Quotes quotes_;
};

/// An order that the caller may read: his own, or one of his plans. Errors: kInvalid `BAD_NAME`;
/// kNotFound `UNKNOWN_ORDER`; kUnauthenticated `NOT_AUTHENTICATED`.
Result<OrderRow> ReadableOrder(pqxx::work& tx, const call::Call& call, const std::string& name);

}  // namespace berth::orders

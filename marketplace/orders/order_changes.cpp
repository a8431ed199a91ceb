#include "marketplace/orders/order_changes.hpp"
#include "core/base/failpoint.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/orders/order_handlers.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/state_table.hpp"
#include "marketplace/orders/terms.hpp"
#include "marketplace/payments/holds.hpp"

namespace berth::orders {
namespace {

/// A signed change of an order: what it is, and how it is checked and applied.
template <typename Terms>
struct Change {
    int kind;
    Result<void> (*check)(const Terms& terms);
    Result<void> (*apply)(pqxx::work& tx, OrderRow& order, const Terms& terms, Time now);
};

Error UnknownOrder()
{
    return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "You have no such order.");
}

template <typename Response>
Result<std::optional<Response>> Stored(pqxx::work& tx, const nostr::Event& event)
{
    const auto answer = StoredAnswer(tx, event.pubkey, event.id);
    if (!answer) return std::optional<Response>{};
    Response response;
    response.ParseFromString(*answer);
    return std::optional{std::move(response)};
}

/// Looks for the stored answer, checks the terms, then changes the order and keeps event and
/// answer, all under the order's lock: the same event twice at once is one change and one answer. A
/// dry run goes as far and is rolled back.
template <typename Response, typename Request, typename Terms>
Result<Response> Carry(db::Database& database, const std::string& marketplace,
                       const call::Call& call, const Request& request, const Change<Terms>& change)
{
    const auto event = call::ReadSignedEvent(request.event(), change.kind);
    if (!event) return event.error();
    std::optional<Response> dry_run;
    auto carried = database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        if (const auto before = Stored<Response>(tx, *event); *before) return **before;
        Terms terms;
        const auto read = call::ReadTerms(*event, marketplace, call.now, terms);
        if (!read) return read.error();
        if (const auto checked = change.check(terms); !checked) return checked.error();
        const auto order_id = ReadName("orders", terms.order());
        if (!order_id) return UnknownOrder();
        auto order = LockWithHold(tx, event->pubkey, *order_id);
        if (!order) return UnknownOrder();
        if (const auto before = Stored<Response>(tx, *event); *before) return **before;
        const auto applied = change.apply(tx, *order, terms, call.now);
        if (!applied) return applied.error();
        Response response;
        *response.mutable_order() = ToProto(*order);
        if (request.validate_only()) {
            dry_run = std::move(response);
            return Fail(ErrorCode::kPrecondition, "DRY_RUN", "Rolled back.");
        }
        KeepEvent(tx, {.customer_id = event->pubkey,
                       .event_id = event->id,
                       .kind = change.kind,
                       .event = nostr::ToJson(*event),
                       .answer = response.SerializeAsString()});
        Failpoint("market.order_change.before_commit");
        return response;
    });
    Failpoint("market.order_change.after_commit");
    if (dry_run) return std::move(*dry_run);
    return carried;
}

Result<void> Amend(pqxx::work& tx, OrderRow& order, const v1::AmendTerms& terms, Time)
{
    if (order.state != v1::ORDER_STATE_AWAITING_PAYMENT && order.state != v1::ORDER_STATE_QUEUED) {
        return Fail(ErrorCode::kPrecondition, "WRONG_STATE",
                    "An order can be amended until its relay is being set up.");
    }
    order.relay_name = terms.relay_name();
    order.relay_description = terms.relay_description();
    Tell(tx, order, {.kind = "amended", .message = "The order was amended.", .details = {}});
    Save(tx, order);
    return {};
}

Result<void> Cancel(pqxx::work& tx, OrderRow& order, const v1::CancelTerms& terms, Time now)
{
    std::map<std::string, std::string> details;
    if (!terms.reason().empty()) details["because"] = terms.reason();
    return End(tx, order,
               {.reason = "CANCELLED_BY_CUSTOMER",
                .message = "The order was cancelled by its customer.",
                .details = std::move(details)},
               now);
}

Result<void> CheckCancel(const v1::CancelTerms& terms)
{
    v1::AmendTerms text;
    text.set_relay_description(terms.reason());
    return CheckTerms(text);
}

Result<void> CheckAmend(const v1::AmendTerms& terms) { return CheckTerms(terms); }

}  // namespace

Result<v1::AmendOrderResponse> OrderHandlers::AmendOrder(const call::Call& call,
                                                         const v1::AmendOrderRequest& request)
{
    return Carry<v1::AmendOrderResponse>(
        parts_.database, parts_.settings.marketplace, call, request,
        Change<v1::AmendTerms>{call::kAmendKind, CheckAmend, Amend});
}

Result<v1::CancelOrderResponse> OrderHandlers::CancelOrder(const call::Call& call,
                                                           const v1::CancelOrderRequest& request)
{
    return Carry<v1::CancelOrderResponse>(
        parts_.database, parts_.settings.marketplace, call, request,
        Change<v1::CancelTerms>{call::kCancelKind, CheckCancel, Cancel});
}

}  // namespace berth::orders

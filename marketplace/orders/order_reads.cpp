#include <charconv>

#include "marketplace/db/values.hpp"
#include "marketplace/orders/order_handlers.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/order_watch.hpp"
#include "marketplace/orders/state_table.hpp"
#include "marketplace/orders/terms.hpp"

namespace berth::orders {
namespace {

Error UnknownOrder()
{
    return Fail(ErrorCode::kNotFound, "UNKNOWN_ORDER", "You have no such order.");
}

/// `{created_at}/{order_id}` of a list of orders.
OrderPosition ReadPosition(const std::string& after)
{
    const auto slash = after.find('/');
    if (slash == std::string::npos) return {};
    return {.created_at = after.substr(0, slash), .order_id = after.substr(slash + 1)};
}

std::string PositionOf(const OrderRow& order)
{
    return db::ToSql(order.created_at) + '/' + order.order_id;
}

/// A page of orders in any response that has `orders` and `next_page_token`.
template <typename Response>
Result<Response> ListOf(db::Database& database, OrderOwner owner, const std::string& key,
                        const call::Page& page)
{
    const auto arguments = (owner == OrderOwner::kCustomer ? "orders:" : "served:") + key;
    return database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto orders = OrdersOf(tx, owner, key, ReadPosition(page.after), page.size + 1);
        Response response;
        for (const auto& order : orders) {
            if (response.orders_size() == page.size) {
                const auto& last = orders[orders.size() - 2];
                response.set_next_page_token(call::MakePageToken(PositionOf(last), arguments));
                break;
            }
            *response.add_orders() = ToProto(order);
        }
        return response;
    });
}

LogPosition ReadLogPosition(const std::string& after)
{
    LogPosition position;
    if (after.empty()) return position;
    const auto job = after.find('/');
    const auto epoch = after.find('/', job + 1);
    const auto sequence = after.find('/', epoch + 1);
    position.time = after.substr(0, job);
    position.job_id = after.substr(job + 1, epoch - job - 1);
    std::from_chars(after.data() + epoch + 1, after.data() + sequence, position.epoch);
    std::from_chars(after.data() + sequence + 1, after.data() + after.size(), position.sequence);
    return position;
}

std::string ToText(const LogPosition& position)
{
    return position.time + '/' + position.job_id + '/' + std::to_string(position.epoch) + '/' +
           std::to_string(position.sequence);
}

}  // namespace

Result<OrderRow> ReadableOrder(pqxx::work& tx, const call::Call& call, const std::string& name)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    const auto order_id = ReadName("orders", name);
    if (!order_id) return order_id.error();
    auto order = FindOrder(tx, *order_id);
    if (!order) return UnknownOrder();
    const bool own = order->customer_id == *caller;
    const bool served = call.Has(call::Role::kOperator) && order->operator_id == *caller;
    if (!own && !served) return UnknownOrder();
    return std::move(*order);
}

Result<v1::GetOrderResponse> OrderHandlers::GetOrder(const call::Call& call,
                                                     const v1::GetOrderRequest& request)
{
    using Response = v1::GetOrderResponse;
    return parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto order = ReadableOrder(tx, call, request.name());
        if (!order) return order.error();
        Response response;
        *response.mutable_order() = ToProto(*order);
        return response;
    });
}

Result<v1::ListOrdersResponse> OrderHandlers::ListOrders(const call::Call& call,
                                                         const v1::ListOrdersRequest& request)
{
    const auto caller = call::CallerOf(call);
    if (!caller) return caller.error();
    const auto page =
        call::ReadPage(request.page_size(), request.page_token(), "orders:" + *caller);
    if (!page) return page.error();
    return ListOf<v1::ListOrdersResponse>(parts_.database, OrderOwner::kCustomer, *caller, *page);
}

Result<v1::ListOperatorOrdersResponse> OrderHandlers::ListOperatorOrders(
    const call::Call& call, const v1::ListOperatorOrdersRequest& request)
{
    if (const auto allowed = call::Require(call, call::Role::kOperator); !allowed) {
        return allowed.error();
    }
    const auto page =
        call::ReadPage(request.page_size(), request.page_token(), "served:" + call.caller);
    if (!page) return page.error();
    return ListOf<v1::ListOperatorOrdersResponse>(parts_.database, OrderOwner::kOperator,
                                                  call.caller, *page);
}

call::Opened<v1::WatchOrderResponse> OrderHandlers::WatchOrder(const call::Call& call,
                                                               const v1::WatchOrderRequest& request)
{
    const auto order = parts_.database.Transact<OrderRow>([&](pqxx::work& tx) -> Result<OrderRow> {
        return ReadableOrder(tx, call, request.name());
    });
    if (!order) return order.error();
    return std::unique_ptr<call::Feed<v1::WatchOrderResponse>>{
        std::make_unique<OrderWatch>(parts_.database, *order, request.resume_after())};
}

Result<v1::GetOrderLogsResponse> OrderHandlers::GetOrderLogs(const call::Call& call,
                                                             const v1::GetOrderLogsRequest& request)
{
    using Response = v1::GetOrderLogsResponse;
    const auto arguments = "logs:" + request.name();
    const auto page = call::ReadPage(request.page_size(), request.page_token(), arguments);
    if (!page) return page.error();
    return parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto order = ReadableOrder(tx, call, request.name());
        if (!order) return order.error();
        auto logs = LogsOf(tx, *order, ReadLogPosition(page->after), page->size);
        Response response;
        if (static_cast<int>(logs.logs.size()) == page->size) {
            response.set_next_page_token(call::MakePageToken(ToText(logs.last), arguments));
        }
        for (auto& log : logs.logs) *response.add_logs() = std::move(log);
        return response;
    });
}

Result<v1::GetRelayAccessResponse> OrderHandlers::GetRelayAccess(
    const call::Call& call, const v1::GetRelayAccessRequest& request)
{
    using Response = v1::GetRelayAccessResponse;
    return parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto order = ReadableOrder(tx, call, request.name());
        if (!order) return order.error();
        if (order->customer_id != call.caller) return UnknownOrder();  // Not even for the operator.
        auto sealed = SecretsOf(tx, *order, "customer");
        Response response;
        response.set_relay_url(ToProto(*order).relay_url());
        if (!response.relay_url().empty()) {
            response.set_dashboard_url("https://" + PublicName(*order) + "/dashboard");
        }
        response.set_sealed_by(sealed.sealed_by);
        for (auto& secret : sealed.secrets) *response.add_secrets() = std::move(secret);
        return response;
    });
}

}  // namespace berth::orders

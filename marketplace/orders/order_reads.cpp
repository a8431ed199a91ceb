#include <algorithm>
#include <charconv>
#include <limits>

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

constexpr std::int64_t kMicrosMax = 253'402'300'799'999'999;  // The end of the year 9999.

/// A page token is sealed, but without a secret: what it says may be anybody's.
Error BadPosition()
{
    return Fail(ErrorCode::kInvalid, "BAD_PAGE_TOKEN", "The page token is not one of ours.");
}

/// Takes the part before the next slash, or all that is left.
std::string_view TakePart(std::string_view& text)
{
    const auto part = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

template <typename Number>
bool ReadNumber(std::string_view text, Number most, Number& number)
{
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end && number >= 0 && number <= most;
}

std::string Micros(Time time) { return std::to_string(time.time_since_epoch().count()); }

/// `{created_at}/{order_id}` of a list of orders, in microseconds.
Result<OrderPosition> ReadPosition(std::string_view after)
{
    OrderPosition position;
    if (after.empty()) return position;
    std::int64_t micros = 0;
    if (!ReadNumber(TakePart(after), kMicrosMax, micros)) return BadPosition();
    position.created_at = db::ToSql(Time{std::chrono::microseconds{micros}});
    position.order_id = after;
    return position;
}

std::string PositionOf(const OrderRow& order)
{
    return Micros(order.created_at) + '/' + order.order_id;
}

/// A page of orders in any response that has `orders` and `next_page_token`.
template <typename Response>
Result<Response> ListOf(db::Database& database, OrderOwner owner, const std::string& key,
                        const call::Page& page)
{
    const auto arguments = (owner == OrderOwner::kCustomer ? "orders:" : "served:") + key;
    const auto position = ReadPosition(page.after);
    if (!position) return position.error();
    return database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto orders = OrdersOf(tx, owner, key, *position, page.size + 1);
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

/// `{time}/{job}/{epoch}/{sequence}` of a list of logs, the time in microseconds.
Result<LogPosition> ReadLogPosition(std::string_view after)
{
    LogPosition position;
    if (after.empty()) return position;
    std::int64_t micros = 0;
    const auto time = TakePart(after);
    position.job_id = TakePart(after);
    const auto epoch = TakePart(after);
    const bool good = ReadNumber(time, kMicrosMax, micros) &&
                      ReadNumber(epoch, std::numeric_limits<std::int64_t>::max(), position.epoch) &&
                      ReadNumber(after, std::numeric_limits<int>::max(), position.sequence);
    if (!good) return BadPosition();
    position.time = db::ToSql(Time{std::chrono::microseconds{micros}});
    return position;
}

std::string PositionAfter(const LogPage& page)
{
    return std::to_string(page.logs.back().time()) + '/' + page.last.job_id + '/' +
           std::to_string(page.last.epoch) + '/' + std::to_string(page.last.sequence);
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
    const auto after =
        std::min(request.resume_after(), order->last_event);  // Others' are no numbers.
    return std::unique_ptr<call::Feed<v1::WatchOrderResponse>>{
        std::make_unique<OrderWatch>(parts_.database, *order, after)};
}

Result<v1::GetOrderLogsResponse> OrderHandlers::GetOrderLogs(const call::Call& call,
                                                             const v1::GetOrderLogsRequest& request)
{
    using Response = v1::GetOrderLogsResponse;
    const auto arguments = "logs:" + request.name();
    const auto page = call::ReadPage(request.page_size(), request.page_token(), arguments);
    if (!page) return page.error();
    const auto position = ReadLogPosition(page->after);
    if (!position) return position.error();
    return parts_.database.Transact<Response>([&](pqxx::work& tx) -> Result<Response> {
        const auto order = ReadableOrder(tx, call, request.name());
        if (!order) return order.error();
        auto logs = LogsOf(tx, *order, *position, page->size);
        Response response;
        if (static_cast<int>(logs.logs.size()) == page->size) {
            response.set_next_page_token(call::MakePageToken(PositionAfter(logs), arguments));
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

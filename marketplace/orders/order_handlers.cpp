#include "marketplace/orders/order_handlers.hpp"

#include "marketplace/call/signed_event.hpp"
#include "marketplace/orders/credit_order.hpp"
#include "marketplace/orders/order_reading.hpp"
#include "marketplace/orders/terms.hpp"
#include "marketplace/payments/price_store.hpp"

namespace berth::orders {
namespace {

constexpr std::size_t kEventMax = 16 * 1024;
constexpr int kPlansMax = 1000;

Time TimeOf(std::int64_t micros) { return Time{std::chrono::microseconds{micros}}; }

bool IsUnder(std::string_view name, std::string_view zone)
{
    return name == zone || (name.size() > zone.size() && name.ends_with(zone) &&
                            name[name.size() - zone.size() - 1] == '.');
}

Result<void> CheckOpen(const v1::Plan& plan)
{
    if (!plan.paused()) return {};
    return Fail(ErrorCode::kPrecondition, "PLAN_PAUSED", "The plan takes no new orders now.");
}

v1::PlaceOrderResponse AsResponse(const std::string& answer)
{
    v1::PlaceOrderResponse response;
    response.ParseFromString(answer);
    return response;
}

OrderRow NewOrderRow(const nostr::Event& event, const v1::OrderTerms& terms, const v1::Plan& plan)
{
    OrderRow order;
    order.customer_id = event.pubkey;
    order.order_id = nostr::OrderId(event.id);
    order.event_id = event.id;
    order.operator_id = plan.operator_();
    order.plan = plan;
    order.state = v1::ORDER_STATE_AWAITING_PAYMENT;
    order.hostname = order.order_id + '.' + plan.edge_zone();
    order.custom_hostname = terms.custom_hostname();
    order.relay_name = terms.relay_name();
    order.relay_description = terms.relay_description();
    order.last_event = 1;
    return order;
}

NewOrder ToStore(const OrderRow& order, const nostr::Event& event, std::string answer)
{
    return {.customer_id = order.customer_id,
            .event_id = order.event_id,
            .event = nostr::ToJson(event),
            .answer = std::move(answer),
            .order_id = order.order_id,
            .operator_id = order.operator_id,
            .plan_id = order.plan.name().substr(std::string_view{"plans/"}.size()),
            .plan = order.plan.SerializeAsString(),
            .hostname = order.hostname,
            .custom_hostname = order.custom_hostname,
            .relay_name = order.relay_name,
            .relay_description = order.relay_description,
            .setup_usd_micros = order.setup_usd_micros,
            .monthly_usd_micros = order.monthly_usd_micros,
            .due = order.due.SerializeAsString(),
            .quote_expires_at = TimeOf(order.due.expires_at()),
            .created_at = order.created_at};
}

}  // namespace

Result<v1::ListPlansResponse> OrderHandlers::ListPlans(const call::Call&,
                                                       const v1::ListPlansRequest& request)
{
    const auto page = call::ReadPage(request.page_size(), request.page_token(), "plans");
    if (!page) return page.error();
    const auto plans = parts_.catalogue.ListPlans();
    if (!plans) return plans.error();
    v1::ListPlansResponse response;
    response.set_marketplace(parts_.settings.marketplace);
    for (const auto& plan : *plans) {
        if (plan.name() <= page->after) continue;
        if (response.plans_size() == std::min(page->size, kPlansMax)) {
            const auto& last = response.plans(response.plans_size() - 1).name();
            response.set_next_page_token(call::MakePageToken(last, "plans"));
            break;
        }
        *response.add_plans() = plan;
    }
    return response;
}

Result<v1::QuoteOrderResponse> OrderHandlers::QuoteOrder(const call::Call& call,
                                                         const v1::QuoteOrderRequest& request)
{
    if (const auto checked = CheckTerms(request.terms()); !checked) return checked.error();
    const auto plan = parts_.catalogue.FindPlan(request.terms().plan());
    if (!plan) return plan.error();
    if (const auto open = CheckOpen(*plan); !open) return open.error();
    auto quote = quotes_.Offer(*plan, call.now);
    if (!quote) return quote.error();
    v1::QuoteOrderResponse response;
    *response.mutable_quote() = std::move(*quote);
    return response;
}

/// Today's price, or the one of the quote that the terms name.
Result<v1::Quote> OrderHandlers::QuoteFor(const v1::OrderTerms& terms, const v1::Plan& plan,
                                          Time now)
{
    if (const auto open = CheckOpen(plan); !open) return open.error();
    if (terms.quote().empty()) return parts_.catalogue.PriceOf(plan, now);
    const auto quote_id = ReadName("quotes", terms.quote());
    if (!quote_id) return quote_id.error();
    return quotes_.Find(*quote_id, plan, now);
}

/// An order that may be stored, with its answer.
struct OrderHandlers::Prepared {
    NewOrder order;
    v1::PlaceOrderResponse response;
    std::optional<CreditOrder> on_credit;  ///< Instead of `order`, which awaits payment.
};

/// An order whose answer is that of the paid one.
OrderHandlers::Prepared OrderHandlers::OnCredit(const nostr::Event& event, OrderRow order,
                                                const payments::ChannelKey& channel)
{
    Prepared prepared;
    *prepared.response.mutable_order() = ToProto(AsPaid(order));
    auto stored = ToStore(order, event, prepared.response.SerializeAsString());
    prepared.on_credit =
        CreditOrder{.row = std::move(order), .stored = std::move(stored), .channel = channel};
    return prepared;
}

Result<OrderHandlers::Prepared> OrderHandlers::Prepare(const nostr::Event& event,
                                                       const std::string& json, Time now)
{
    if (json.size() > kEventMax) {
        return Fail(ErrorCode::kInvalid, "BAD_TERMS", "An order event has at most 16 KiB.");
    }
    v1::OrderTerms terms;
    const auto read = call::ReadTerms(event, parts_.settings.marketplace, now, terms);
    if (!read) return read.error();
    if (const auto checked = CheckTerms(terms); !checked) return checked.error();
    const auto plan = parts_.catalogue.FindPlan(terms.plan());
    if (!plan) return plan.error();
    if (!terms.custom_hostname().empty() && IsUnder(terms.custom_hostname(), plan->edge_zone())) {
        return Fail(ErrorCode::kInvalid, "BAD_HOSTNAME",
                    "Names of the operator's zone are given, not chosen.");
    }
    auto quote = QuoteFor(terms, *plan, now);
    if (!quote) return quote.error();
    auto order = NewOrderRow(event, terms, *plan);
    order.setup_usd_micros = quote->setup_usd_micros();
    order.monthly_usd_micros = quote->monthly_usd_micros();
    order.due = std::move(*quote);
    order.created_at = now;
    if (!terms.pay_from().empty()) {
        const auto channel = ReadPayFrom(event.pubkey, terms.pay_from());
        if (!channel) return channel.error();
        return OnCredit(event, std::move(order), *channel);
    }
    Prepared prepared;
    *prepared.response.mutable_order() = ToProto(order);
    prepared.order = ToStore(order, event, prepared.response.SerializeAsString());
    return prepared;
}

Result<std::optional<v1::PlaceOrderResponse>> OrderHandlers::AnswerBefore(const nostr::Event& event)
{
    using Found = std::optional<v1::PlaceOrderResponse>;
    return parts_.database.Transact<Found>([&](pqxx::work& tx) -> Result<Found> {
        const auto answer = StoredAnswer(tx, event.pubkey, event.id);
        if (!answer) return Found{};
        return Found{AsResponse(*answer)};
    });
}

void OrderHandlers::PlaceOnCredit(const Prepared& prepared, bool validate_only,
                                  const call::Answer<v1::PlaceOrderResponse>& answer)
{
    std::optional<std::string> rehearsed;
    const auto placed =
        parts_.database.Transact<std::string>([&](pqxx::work& tx) -> Result<std::string> {
            auto stored = orders::PlaceOnCredit(tx, *prepared.on_credit, payments::DatabaseNow(tx));
            if (!stored || !validate_only) return stored;
            rehearsed = *stored;
            return Fail(ErrorCode::kPrecondition, "DRY_RUN", "Rolled back.");
        });
    if (rehearsed) return answer(AsResponse(*rehearsed));
    if (!placed) return answer(placed.error());
    answer(AsResponse(*placed));
}

void OrderHandlers::PlaceOrder(const call::Call& call, const v1::PlaceOrderRequest& request,
                               call::Answer<v1::PlaceOrderResponse> answer)
{
    const auto event = call::ReadSignedEvent(request.event(), call::kOrderKind);
    if (!event) return answer(event.error());
    auto prepared = Prepare(*event, request.event(), call.now);
    // The usual order goes straight on: a repeated one is found by the intake. One that could not
    // be accepted now may have been accepted before.
    if (!prepared || request.validate_only()) {
        const auto before = AnswerBefore(*event);
        if (!before) return answer(before.error());
        if (*before) return answer(**before);
        if (!prepared) return answer(prepared.error());
        if (prepared->on_credit) return PlaceOnCredit(*prepared, true, answer);
        return answer(prepared->response);
    }
    if (prepared->on_credit) return PlaceOnCredit(*prepared, false, answer);
    const auto queued = parts_.intake.Submit(std::move(prepared->order), [answer](auto stored) {
        if (!stored) return answer(stored.error());
        answer(AsResponse(*stored));
    });
    if (!queued) answer(queued.error());
}

}  // namespace berth::orders

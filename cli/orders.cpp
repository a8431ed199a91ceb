#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/signed_request.hpp"
#include "cli/text.hpp"

namespace berth::cli {
namespace {

constexpr int kPageSize = 100;
constexpr std::chrono::seconds kWatchLimit{3600};
constexpr int kReconnects = 60;

Result<void> ShowPlans(Session& session)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto plans = (*client)->Unary(&v1::OrderService::Stub::ListPlans, v1::ListPlansRequest{});
    if (!plans) return plans.error();
    std::string text;
    for (const auto& plan : plans->plans()) text += Describe(plan) + "\n";
    session.Print(*plans, text.empty() ? "No plans are offered.\n" : text);
    return {};
}

Result<void> ShowQuote(Session& session, const v1::OrderTerms& terms)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::QuoteOrderRequest request;
    *request.mutable_terms() = terms;
    const auto quote = (*client)->Unary(&v1::OrderService::Stub::QuoteOrder, request);
    if (!quote) return quote.error();
    session.Print(quote->quote(), Describe(quote->quote()));
    return {};
}

Result<v1::Order> ReadOrder(Session& session, const std::string& name)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::GetOrderRequest request;
    request.set_name(OrderName(name));
    auto answer = (*client)->Unary(&v1::OrderService::Stub::GetOrder, request);
    if (!answer) return answer.error();
    return answer->order();
}

Result<void> ShowOrder(Session& session, const std::string& name)
{
    const auto order = ReadOrder(session, name);
    if (!order) return order.error();
    session.Print(*order, Describe(*order));
    return {};
}

/// Signs `terms` and sends them as the event of `Request`.
template <typename Method, typename Request>
auto SendSigned(Session& session, Method method, Request request, int kind,
                const google::protobuf::Message& terms)
    -> decltype(std::declval<Client&>().Unary(method, request))
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto marketplace = session.Marketplace();
    if (!marketplace) return marketplace.error();
    request.set_event(SignTerms(kind, terms, *marketplace, *key, SystemClock{}.Now()));
    return (*client)->Unary(method, request);
}

Result<void> PlaceOrder(Session& session, const v1::OrderTerms& terms, bool validate_only)
{
    v1::PlaceOrderRequest request;
    request.set_validate_only(validate_only);
    const auto placed =
        SendSigned(session, &v1::OrderService::Stub::PlaceOrder, request, kOrderKind, terms);
    if (!placed) return placed.error();
    session.Print(placed->order(), Describe(placed->order()));
    return {};
}

Result<void> CancelOrder(Session& session, const v1::CancelTerms& terms)
{
    const auto cancelled = SendSigned(session, &v1::OrderService::Stub::CancelOrder,
                                      v1::CancelOrderRequest{}, kCancelKind, terms);
    if (!cancelled) return cancelled.error();
    session.Print(cancelled->order(), Describe(cancelled->order()));
    return {};
}

Result<void> ListOrders(Session& session)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::ListOrdersRequest request;
    request.set_page_size(kPageSize);
    v1::ListOrdersResponse all;
    do {
        const auto page = (*client)->Unary(&v1::OrderService::Stub::ListOrders, request);
        if (!page) return page.error();
        all.mutable_orders()->MergeFrom(page->orders());
        request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    std::string text;
    for (const auto& order : all.orders()) text += DescribeShort(order) + "\n";
    session.Print(all, text.empty() ? "No orders yet.\n" : text);
    return {};
}

void ShowEvent(const Session& session, const v1::OrderEvent& event)
{
    session.Print(event, Describe(event));
}

/// True once a watcher that waits for the relay has seen what he waits for.
bool Settled(v1::OrderState state, bool until_active)
{
    return Ended(state) || (until_active && state == v1::ORDER_STATE_ACTIVE);
}

/// Follows an order over dropped connections: each new stream resumes after the last event seen.
Result<void> WatchOrder(Session& session, const std::string& name, bool until_active)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    v1::WatchOrderRequest request;
    request.set_name(OrderName(name));
    auto state = v1::ORDER_STATE_UNSPECIFIED;
    for (int tries = 0;; ++tries) {
        const auto ended = (*client)->Stream(
            &v1::OrderService::Stub::WatchOrder, request, kWatchLimit,
            [&](const v1::WatchOrderResponse& change) {
                tries = 0;
                if (change.has_event()) {
                    ShowEvent(session, change.event());
                    request.set_resume_after(change.event().number());
                    state = change.event().state();
                } else if (change.snapshot().last_event() == request.resume_after()) {
                    state = change.snapshot().state();
                }
                return !Settled(state, until_active);
            });
        if (Settled(state, until_active)) break;
        if (!ended && (ended.error().code != ErrorCode::kUnavailable || tries >= kReconnects)) {
            return ended.error();
        }
        if (!ended) ::sleep(1);
    }
    if (state == v1::ORDER_STATE_FAILED) session.exit = Exit::kFailed;
    return {};
}

void AddTerms(CLI::App& command, const std::shared_ptr<v1::OrderTerms>& terms)
{
    command
        .add_option_function<std::string>(
            "plan", [terms](const std::string& v) { terms->set_plan(PlanName(v)); },
            "Plan, as `berth plans` lists it")
        ->required();
    command.add_option_function<std::string>(
        "--host", [terms](const std::string& v) { terms->set_custom_hostname(v); },
        "Your own host name; needs two CNAMEs, which the order names");
    command.add_option_function<std::string>(
        "--name", [terms](const std::string& v) { terms->set_relay_name(v); }, "Name of the relay");
    command.add_option_function<std::string>(
        "--description", [terms](const std::string& v) { terms->set_relay_description(v); },
        "What the relay says of itself");
}

void AddOrderSubcommands(CLI::App& order, Session& session)
{
    auto* place = order.add_subcommand("place", "Sign an order and place it");
    const auto terms = Slot<v1::OrderTerms>();
    const auto validate_only = Slot<bool>(false);
    AddTerms(*place, terms);
    place->add_option_function<std::string>(
        "--quote", [terms](const std::string& v) { terms->set_quote(v); },
        "Quote whose price is to count");
    place->add_option_function<std::string>(
        "--pay-from", [terms](const std::string& v) { terms->set_pay_from(v); },
        "Channel whose unapplied credit pays at once");
    place->add_flag("--validate-only", *validate_only, "Check everything and order nothing");
    place->callback([&session, terms, validate_only] {
        Run(session, [&] { return PlaceOrder(session, *terms, *validate_only); });
    });

    const auto name = Slot<std::string>();
    auto* get = order.add_subcommand("get", "Show an order");
    get->add_option("order", *name)->required();
    get->callback([&session, name] { Run(session, [&] { return ShowOrder(session, *name); }); });

    auto* watch = order.add_subcommand("watch", "Follow an order until it ends");
    const auto until_active = Slot<bool>(false);
    watch->add_option("order", *name)->required();
    watch->add_flag("--until-active", *until_active, "Stop when the relay runs");
    watch->callback([&session, name, until_active] {
        Run(session, [&] { return WatchOrder(session, *name, *until_active); });
    });

    auto* cancel = order.add_subcommand("cancel", "Cancel an order, or close a running relay");
    const auto reason = Slot<std::string>();
    cancel->add_option("order", *name)->required();
    cancel->add_option("--reason", *reason, "Why, for the operator");
    cancel->callback([&session, name, reason] {
        v1::CancelTerms cancel_terms;
        cancel_terms.set_order(OrderName(*name));
        cancel_terms.set_reason(*reason);
        Run(session, [&] { return CancelOrder(session, cancel_terms); });
    });

    order.add_subcommand("list", "List your orders, newest first")->callback([&session] {
        Run(session, [&] { return ListOrders(session); });
    });
}

}  // namespace

void AddOrderCommands(CLI::App& app, Session& session)
{
    app.add_subcommand("plans", "List what can be ordered")->callback([&session] {
        Run(session, [&] { return ShowPlans(session); });
    });
    auto* quote = app.add_subcommand("quote", "Price an order for 15 minutes");
    const auto terms = Slot<v1::OrderTerms>();
    AddTerms(*quote, terms);
    quote->callback(
        [&session, terms] { Run(session, [&] { return ShowQuote(session, *terms); }); });
    auto* order = app.add_subcommand("order", "Place and follow orders")->require_subcommand(1);
    AddOrderSubcommands(*order, session);
}

}  // namespace berth::cli

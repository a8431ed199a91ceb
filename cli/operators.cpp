#include <google/protobuf/util/json_util.h>

#include "cli/commands.hpp"
#include "cli/signed_request.hpp"
#include "cli/text.hpp"
#include "core/base/file.hpp"

namespace berth::cli {
namespace {

Result<void> Act(Session& session, const v1::OperatorAction& action)
{
    const auto key = session.Key();
    if (!key) return key.error();
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto marketplace = session.Marketplace();
    if (!marketplace) return marketplace.error();
    v1::ActRequest request;
    request.set_event(
        SignTerms(kOperatorActionKind, action, *marketplace, *key, SystemClock{}.Now()));
    const auto answer = (*client)->Unary(&v1::OperatorService::Stub::Act, request);
    if (!answer) return answer.error();
    session.Print(*answer, "done        " + answer->done() + "\n");
    return {};
}

/// A plan is written as the protobuf-JSON of berth.v1.Plan (docs/operations.md).
Result<v1::OperatorAction> ReadPlan(const std::string& path)
{
    const auto text = ReadFile(path, 65536);
    if (!text) return text.error();
    v1::OperatorAction action;
    const auto read = google::protobuf::util::JsonStringToMessage(
        *text, action.mutable_put_plan()->mutable_plan());
    if (!read.ok()) {
        return Fail(ErrorCode::kInvalid, "BAD_PLAN", path + ": " + std::string{read.message()});
    }
    return action;
}

template <typename Request, typename Method, typename DescribeOne>
Result<void> List(Session& session, Method method, DescribeOne describe)
{
    const auto client = session.Connect();
    if (!client) return client.error();
    const auto answer = (*client)->Unary(method, Request{});
    if (!answer) return answer.error();
    session.Print(*answer, describe(*answer));
    return {};
}

std::string DescribeWallets(const v1::ListWalletsResponse& wallets)
{
    std::string text;
    for (const auto& wallet : wallets.wallets()) {
        text += wallet.address() +
                (wallet.ready() ? "  ready" : "  not ready: " + wallet.not_ready_because());
        for (const auto& balance : wallet.balances()) text += "  " + balance;
        text += "\n";
    }
    return text;
}

std::string DescribeOrders(const v1::ListOperatorOrdersResponse& orders)
{
    std::string text;
    for (const auto& order : orders.orders()) text += DescribeShort(order) + "\n";
    return text;
}

std::string DescribePrices(const v1::ListPricesResponse& prices)
{
    std::string text;
    for (const auto& price : prices.prices()) {
        text += price.asset() + "  " + price.price_usd_e8() + " e-8 $  " + price.source() + "  " +
                ClockTime(price.fetched_at()) + " UTC\n";
    }
    return text;
}

void AddActions(CLI::App& app, Session& session)
{
    const auto action = Slot<v1::OperatorAction>();
    const auto act = [&session, action] { Run(session, [&] { return Act(session, *action); }); };

    auto* add = app.add_subcommand("add", "Make an operator known (admin)");
    add->add_option_function<std::string>(
           "pubkey",
           [action](const std::string& v) { action->mutable_put_operator()->set_operator_(v); })
        ->required();
    add->add_option_function<std::string>(
           "--title",
           [action](const std::string& v) { action->mutable_put_operator()->set_title(v); })
        ->required();
    add->callback(act);

    auto* wallet = app.add_subcommand("add-wallet", "Let an Akash wallet of yours serve orders");
    wallet
        ->add_option_function<std::string>(
            "address",
            [action](const std::string& v) { action->mutable_put_wallet()->set_address(v); })
        ->required();
    wallet
        ->add_option_function<std::string>(
            "--chain-id",
            [action](const std::string& v) { action->mutable_put_wallet()->set_chain_id(v); })
        ->required();
    wallet->callback(act);

    auto* price = app.add_subcommand("set-price", "Record an asset's price (admin)");
    price
        ->add_option_function<std::string>(
            "asset", [action](const std::string& v) { action->mutable_set_price()->set_asset(v); })
        ->required();
    price
        ->add_option_function<std::string>(
            "price-usd-e8",
            [action](const std::string& v) { action->mutable_set_price()->set_price_usd_e8(v); },
            "Dollars times 10^8")
        ->required();
    price
        ->add_option_function<std::string>(
            "--source",
            [action](const std::string& v) { action->mutable_set_price()->set_source(v); })
        ->required();
    price->callback([action, act] {
        action->mutable_set_price()->set_source_time(ToUnixSeconds(SystemClock{}.Now()));
        act();
    });

    for (const bool paused : {true, false}) {
        auto* pause = app.add_subcommand(
            paused ? "pause-plan" : "resume-plan",
            paused ? "Take no new orders of a plan" : "Take orders of a plan again");
        pause
            ->add_option_function<std::string>(
                "plan",
                [action, paused](const std::string& v) {
                    action->mutable_pause_plan()->set_plan(PlanName(v));
                    action->mutable_pause_plan()->set_paused(paused);
                })
            ->required();
        pause->callback(act);
    }
}

}  // namespace

void AddOperatorCommands(CLI::App& app, Session& session)
{
    auto* operators =
        app.add_subcommand("operator", "Run plans, wallets and prices")->require_subcommand(1);
    AddActions(*operators, session);
    const auto path = Slot<std::string>();
    auto* plan = operators->add_subcommand("put-plan", "Make or change a plan from a JSON file");
    plan->add_option("file", *path)->required();
    plan->callback([&session, path] {
        Run(session, [&]() -> Result<void> {
            const auto action = ReadPlan(*path);
            if (!action) return action.error();
            return Act(session, *action);
        });
    });
    using Stub = v1::OperatorService::Stub;
    operators->add_subcommand("wallets", "List your wallets")->callback([&session] {
        Run(session, [&] {
            return List<v1::ListWalletsRequest>(session, &Stub::ListWallets, DescribeWallets);
        });
    });
    operators->add_subcommand("orders", "List orders of your plans")->callback([&session] {
        Run(session, [&] {
            return List<v1::ListOperatorOrdersRequest>(session, &Stub::ListOperatorOrders,
                                                       DescribeOrders);
        });
    });
    operators->add_subcommand("prices", "List the newest prices")->callback([&session] {
        Run(session, [&] {
            return List<v1::ListPricesRequest>(session, &Stub::ListPrices, DescribePrices);
        });
    });
}

}  // namespace berth::cli

#include <algorithm>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "berth/v1/operator_service.pb.h"
#include "berth/v1/order_service.pb.h"
#include "cli/signed_request.hpp"
#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/event.hpp"
#include "tests/bench/intake/load.hpp"
#include "tests/bench/intake/yardstick.hpp"
#include "tests/integration/access/raw_client.hpp"
#include "tests/integration/access/running_marketplace.hpp"

namespace berth::bench {
namespace {

constexpr std::size_t kWarmUp = 5'000;
constexpr std::size_t kRounds = 3;  // Each measures both: what disturbs the machine disturbs both.
constexpr std::size_t kMeasured = 25'000;
constexpr std::size_t kKilled = 20'000;
constexpr std::size_t kCustomers = 64;
constexpr auto kPlan = "plans/bench";

void Act(test::RunningMarketplace& marketplace, const nostr::SecretKey& key,
         const v1::OperatorAction& action)
{
    v1::ActRequest request;
    request.set_event(cli::SignTerms(cli::kOperatorActionKind, action, marketplace.key().pubkey(),
                                     key, SystemClock{}.Now()));
    const test::RawClient client{marketplace.address()};
    const auto answer = client.Call("/berth.v1.OperatorService/Act", request.SerializeAsString());
    if (!answer.ok()) throw std::runtime_error(answer.reason + answer.status.error_message());
}

/// A price, an operator and a plan to order.
void Stock(test::RunningMarketplace& marketplace)
{
    const auto seller = nostr::SecretKey::Generate();
    v1::OperatorAction action;
    auto& price = *action.mutable_set_price();
    price.set_asset("xrp");
    price.set_price_usd_e8("50000000");
    price.set_source("bench");
    price.set_source_time(ToUnixSeconds(SystemClock{}.Now()));
    Act(marketplace, marketplace.admin(), action);
    action.mutable_put_operator()->set_operator_(seller.pubkey());
    action.mutable_put_operator()->set_title("Bench");
    Act(marketplace, marketplace.admin(), action);
    auto& plan = *action.mutable_put_plan()->mutable_plan();
    plan.set_name(kPlan);
    plan.set_title("Small");
    plan.set_image("example.test/berth-relay:0.1.0");
    plan.set_postgres_image("postgres:15.18");
    plan.set_edge_zone("relays.berth.test");
    plan.mutable_resources()->set_cpu_millis(500);
    plan.mutable_resources()->set_memory_bytes(512LL << 20);
    plan.mutable_resources()->set_storage_bytes(1LL << 30);
    plan.set_monthly_usd_micros(10'000'000);
    plan.set_ceiling_lease_usd_micros(6'000'000);
    plan.mutable_limits()->set_max_message_bytes(65'536);
    plan.mutable_limits()->set_max_subscriptions(20);
    plan.mutable_limits()->set_max_filters(10);
    plan.mutable_limits()->set_max_limit(500);
    Act(marketplace, seller, action);
}

/// Distinct orders of some customers, signed beforehand.
std::vector<SignedOrder> SignOrders(std::size_t count, const std::string& marketplace)
{
    std::vector<nostr::SecretKey> customers;
    for (std::size_t i = 0; i < kCustomers; ++i) customers.push_back(nostr::SecretKey::Generate());
    std::vector<SignedOrder> orders;
    v1::OrderTerms terms;
    terms.set_plan(kPlan);
    const auto now = SystemClock{}.Now();
    for (std::size_t i = 0; i < count; ++i) {
        terms.set_relay_name("relay " + ToHex(RandomBytes(4)) + std::to_string(i));
        v1::PlaceOrderRequest request;
        request.set_event(
            cli::SignTerms(cli::kOrderKind, terms, marketplace, customers[i % kCustomers], now));
        const auto event = nostr::ParseEvent(request.event());
        orders.push_back({event->id, request.SerializeAsString()});
    }
    return orders;
}

/// One round of both.
struct Round {
    LoadResult intake;
    double pgbench = 0;
};
struct Figures {
    std::vector<Round> rounds;
    std::size_t acknowledged = 0;
    std::size_t lost = 0;

    /// The median of what is asked of each round.
    template <typename Ask>
    double Median(Ask ask) const
    {
        std::vector<double> values;
        for (const auto& round : rounds) values.push_back(ask(round));
        std::ranges::sort(values);
        return values[values.size() / 2];
    }
    double Intake() const
    {
        return Median([](const Round& r) { return r.intake.PerSecond(); });
    }
    double Pgbench() const
    {
        return Median([](const Round& r) { return r.pgbench; });
    }
    double Ratio() const
    {
        return Median([](const Round& r) { return r.intake.PerSecond() / r.pgbench; });
    }
    double Millis(double part) const
    {
        return Median([part](const Round& r) { return r.intake.Quantile(part); });
    }
};

/// Hands out signed orders, each once.
class Stack {
public:
    Stack(std::size_t count, const std::string& marketplace)
        : orders_{SignOrders(count, marketplace)}
    {
    }

    std::vector<SignedOrder> Take(std::size_t count)
    {
        std::vector<SignedOrder> taken{orders_.end() - static_cast<std::ptrdiff_t>(count),
                                       orders_.end()};
        orders_.resize(orders_.size() - count);
        return taken;
    }

private:
    std::vector<SignedOrder> orders_;
};

Figures Measure()
{
    test::RunningMarketplace marketplace{{{"log_level", "error"}}};
    Stock(marketplace);
    Stack orders{kWarmUp + kRounds * kMeasured + kKilled, marketplace.key().pubkey()};
    auto acknowledged = Send(orders.Take(kWarmUp), {.address = marketplace.address()}).acknowledged;
    const auto one = acknowledged.front();
    Figures figures;
    for (std::size_t i = 0; i < kRounds; ++i) {
        auto& round = figures.rounds.emplace_back();
        round.intake = Send(orders.Take(kMeasured), {.address = marketplace.address()});
        if (round.intake.refused > 0) throw std::runtime_error(round.intake.first_refusal);
        std::ranges::copy(round.intake.acknowledged, std::back_inserter(acknowledged));
        round.pgbench = MeasurePgbench(marketplace.DatabaseUrl(), one);
    }
    const auto killed =
        Send(orders.Take(kKilled),
             {.address = marketplace.address(), .halfway = [&] { marketplace.process().Kill(); }});
    std::ranges::copy(killed.acknowledged, std::back_inserter(acknowledged));
    figures.acknowledged = acknowledged.size();
    figures.lost = CountLost(marketplace.DatabaseUrl(), acknowledged);
    return figures;
}

boost::json::object ToJson(const Figures& figures)
{
    return {{"benchmark", "intake"},
            {"figures",
             {{"orders_per_second", figures.Intake()},
              {"p50_millis", figures.Millis(0.5)},
              {"p99_millis", figures.Millis(0.99)},
              {"orders", kRounds * kMeasured},
              {"rounds", kRounds},
              {"in_flight", LoadOptions{}.in_flight},
              {"acknowledged_before_kill", figures.acknowledged},
              {"lost_after_kill", figures.lost}}},
            {"yardstick",
             {{"name", "pgbench -M prepared -c 8, the same rows, one transaction each"},
              {"transactions_per_second", figures.Pgbench()}}},
            {"ratio", figures.Ratio()}};
}

void Print(const Figures& figures)
{
    std::cout << "orders accepted   " << figures.Intake() << " /s, p50 " << figures.Millis(0.5)
              << " ms, p99 " << figures.Millis(0.99) << " ms\npgbench           "
              << figures.Pgbench() << " /s\nratio             " << figures.Ratio()
              << " (medians of " << kRounds << " rounds)\nafter kill -9     " << figures.lost
              << " of " << figures.acknowledged << " acknowledged orders lost\n";
}

}  // namespace
}  // namespace berth::bench

int main(int argc, char** argv)
{
    using namespace berth::bench;
    const bool json = argc > 1 && std::string_view{argv[1]} == "--json";
    try {
        const auto figures = Measure();
        if (json) {
            std::cout << boost::json::serialize(ToJson(figures)) << std::endl;
        } else {
            Print(figures);
        }
        return figures.lost == 0 ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "bench_intake: " << error.what() << "\n";
        return 2;
    }
}

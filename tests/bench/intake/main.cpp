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
#include "tests/bench/intake/cpu_time.hpp"
#include "tests/bench/intake/load.hpp"
#include "tests/bench/intake/yardstick.hpp"
#include "tests/integration/access/raw_client.hpp"
#include "tests/integration/access/running_marketplace.hpp"

namespace berth::bench {
namespace {

constexpr std::size_t kWarmUp = 5'000;
constexpr std::size_t kRounds = 7;  // Each measures both: what disturbs the machine disturbs both.
constexpr std::size_t kMeasured = 10'000;
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
    PgbenchResult pgbench;
    double marketplace_cpu_micros = 0;  ///< An order.
    double postgres_cpu_micros = 0;
    double client_cpu_micros = 0;

    double Ratio() const { return intake.PerSecond() / pgbench.per_second; }
    /// The same of CPU time, clients and all: what the ratio of rates comes to on an idle machine.
    double CpuRatio() const
    {
        return (pgbench.server_cpu_micros + pgbench.client_cpu_micros) /
               (marketplace_cpu_micros + postgres_cpu_micros + client_cpu_micros);
    }
};

/// CPU time of all who take part, at one moment.
struct CpuTimes {
    explicit CpuTimes(test::RunningMarketplace& of)
        : marketplace{CpuOf(of.process().pid())},
          postgres{CpuOfServer(of.DatabaseUrl())},
          client{CpuOfUs()}
    {
    }
    std::chrono::microseconds marketplace, postgres, client;
};

Round RunRound(test::RunningMarketplace& marketplace, const std::vector<SignedOrder>& orders,
               const std::string& like)
{
    Round round;
    const CpuTimes before{marketplace};
    round.intake = Send(orders, {.address = marketplace.address()});
    const CpuTimes after{marketplace};
    if (round.intake.refused > 0) throw std::runtime_error(round.intake.first_refusal);
    const auto count = static_cast<double>(orders.size());
    const auto each = [count](auto used) { return static_cast<double>(used.count()) / count; };
    round.marketplace_cpu_micros = each(after.marketplace - before.marketplace);
    round.postgres_cpu_micros = each(after.postgres - before.postgres);
    round.client_cpu_micros = each(after.client - before.client);
    round.pgbench = MeasurePgbench(marketplace.DatabaseUrl(), like);
    return round;
}

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
    test::RunningMarketplace marketplace{{{"log_level", "error"}}, test::Durability::kMachine};
    Stock(marketplace);
    Stack orders{kWarmUp + kRounds * kMeasured + kKilled, marketplace.key().pubkey()};
    auto acknowledged = Send(orders.Take(kWarmUp), {.address = marketplace.address()}).acknowledged;
    const auto one = acknowledged.front();
    Figures figures;
    for (std::size_t i = 0; i < kRounds; ++i) {
        figures.rounds.push_back(RunRound(marketplace, orders.Take(kMeasured), one));
        std::ranges::copy(figures.rounds.back().intake.acknowledged,
                          std::back_inserter(acknowledged));
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
    const auto of = [&](auto member) {
        return figures.Median([member](const Round& round) { return round.*member; });
    };
    const auto of_pgbench = [&](auto member) {
        return figures.Median([member](const Round& round) { return round.pgbench.*member; });
    };
    const auto per_second =
        figures.Median([](const Round& round) { return round.intake.PerSecond(); });
    boost::json::array ratios;
    for (const auto& round : figures.rounds) ratios.push_back(round.Ratio());
    return {
        {"benchmark", "intake"},
        {"figures",
         {{"orders_per_second", per_second},
          {"p50_millis", figures.Millis(0.5)},
          {"p99_millis", figures.Millis(0.99)},
          {"marketplace_cpu_micros_per_order", of(&Round::marketplace_cpu_micros)},
          {"postgres_cpu_micros_per_order", of(&Round::postgres_cpu_micros)},
          {"client_cpu_micros_per_order", of(&Round::client_cpu_micros)},
          {"orders", kRounds * kMeasured},
          {"rounds", kRounds},
          {"in_flight", LoadOptions{}.in_flight},
          {"acknowledged_before_kill", figures.acknowledged},
          {"lost_after_kill", figures.lost}}},
        {"yardstick",
         {{"name", "pgbench -M prepared -c 8, the same rows, one transaction each"},
          {"transactions_per_second", of_pgbench(&PgbenchResult::per_second)},
          {"postgres_cpu_micros_per_transaction", of_pgbench(&PgbenchResult::server_cpu_micros)},
          {"client_cpu_micros_per_transaction", of_pgbench(&PgbenchResult::client_cpu_micros)}}},
        {"ratios", ratios},
        {"cpu_ratio", figures.Median([](const Round& round) { return round.CpuRatio(); })},
        {"ratio", figures.Median([](const Round& round) { return round.Ratio(); })}};
}

void Print(const boost::json::object& line)
{
    const auto& figures = line.at("figures").as_object();
    const auto& yardstick = line.at("yardstick").as_object();
    std::cout << "orders accepted   " << figures.at("orders_per_second") << " /s, p50 "
              << figures.at("p50_millis") << " ms, p99 " << figures.at("p99_millis")
              << " ms\npgbench           " << yardstick.at("transactions_per_second")
              << " /s\nratio             " << line.at("ratio") << " (medians of " << kRounds
              << " rounds)\nCPU of an order   " << figures.at("marketplace_cpu_micros_per_order")
              << " us marketplace, " << figures.at("postgres_cpu_micros_per_order")
              << " us PostgreSQL\nafter kill -9     " << figures.at("lost_after_kill") << " of "
              << figures.at("acknowledged_before_kill") << " acknowledged orders lost\n";
}

}  // namespace
}  // namespace berth::bench

int main(int argc, char** argv)
{
    using namespace berth::bench;
    const bool json = argc > 1 && std::string_view{argv[1]} == "--json";
    try {
        const auto figures = Measure();
        const auto line = ToJson(figures);
        if (json) {
            std::cout << boost::json::serialize(line) << std::endl;
        } else {
            Print(line);
        }
        return figures.lost == 0 ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "bench_intake: " << error.what() << "\n";
        return 2;
    }
}

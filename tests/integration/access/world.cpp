#include "tests/integration/access/world.hpp"

#include <stdexcept>

#include <pqxx/pqxx>

#include "berth/v1/operator_service.pb.h"
#include "berth/v1/order_service.pb.h"
#include "cli/signed_request.hpp"
#include "core/base/clock.hpp"
#include "core/base/digest.hpp"
#include "core/nostr/http_auth.hpp"

namespace berth::test {
namespace {

constexpr auto kAkashDigits = "0123456789abcdefghjklmnopqrstuvwxyz123";

constexpr auto kChannel = R"sql(
    INSERT INTO channels (customer_id, rail, channel_id, network, asset, public_key, capacity,
                          redeemed, accepted, baseline, unapplied, settle_delay, status,
                          observed_ledger)
    VALUES ($1, 'xrp', $2, 'xrpl:0', 'xrp', $3, 1000000, 0, 700, 0, 700, 86400, 'open', 1))sql";
constexpr auto kClaim = R"sql(
    INSERT INTO claims (customer_id, rail, channel_id, cumulative, credited, signature, order_id,
                        event_id)
    VALUES ($1, 'xrp', $2, 700, 700, $3, $4, $3))sql";
constexpr auto kEntry = R"sql(
    INSERT INTO entries (customer_id, entry_id, order_id, operator_id, kind, debit, credit, asset,
                         amount, usd_micros, month)
    VALUES ($1, $2, $3, $4, 'hosting', 'deferred_revenue', 'revenue', 'usd', 500, 500,
            '2026-11'))sql";
constexpr auto kMargin = R"sql(
    INSERT INTO margins (customer_id, operator_id, month, revenue_usd_micros)
    VALUES ($1, $2, '2026-11', 500))sql";
constexpr auto kSecret = R"sql(
    INSERT INTO sealed_secrets (customer_id, order_id, name, reader, sealed_by, sealed)
    VALUES ($1, $2, $3, 'customer', $4, 'sealed'))sql";
constexpr auto kLog = R"sql(
    INSERT INTO step_logs (customer_id, order_id, job_id, epoch, sequence, step, outcome, message)
    VALUES ($1, $2, 'j', 1, 1, 'prepare', 'done', $3))sql";
constexpr auto kJob = R"sql(
    INSERT INTO jobs (queue_id, job_id, subject, customer_id, order_id, kind, step, epoch, worker,
                      leased_until)
    SELECT queue_id, $1, 'orders/' || $2, $3, $2, 'provision', 'prepare', 1, $4,
           now() + interval '1 hour'
    FROM queues WHERE operator_id = $5)sql";
constexpr auto kRelay = R"sql(
    INSERT INTO relays (customer_id, order_id, relay_key, destination_tag)
    VALUES ($1, $2, $3, 1 + (hashtext($2)::bigint & 65535)))sql";
constexpr auto kRelayKey = R"sql(
    INSERT INTO unique_keys (key_hash, kind, owner_id) VALUES ($1, 'relay_key', $2))sql";
constexpr auto kRelayChannel = R"sql(
    INSERT INTO relay_channels (customer_id, order_id, rail, channel_id, network, asset, public_key,
                                capacity, redeemed, accepted, baseline, credited, observed_ledger)
    VALUES ($1, $2, 'xrp', $3, 'xrpl:0', 'xrp', $4, 1000000, 0, 300, 0, 300, 1))sql";
constexpr auto kRelayClaim = R"sql(
    INSERT INTO relay_claims (customer_id, order_id, rail, channel_id, cumulative, nonce, credited,
                              accepted_before, signature, author, event_id)
    VALUES ($1, $2, 'xrp', $3, 300, 1, 300, 0, $4, $4, $4))sql";
constexpr auto kRows = R"sql(
    SELECT string_agg(line, E'\n' ORDER BY line) FROM (
        SELECT t::text AS line FROM orders t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM order_events t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM channels t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM claims t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM holds t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM entries t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM margins t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM sealed_secrets t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM step_logs t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM jobs t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM relays t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM relay_channels t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM relay_claims t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM relay_revenues t WHERE customer_id = $1
        UNION ALL SELECT t::text FROM plans t WHERE operator_id = $2
        UNION ALL SELECT t::text FROM wallets t WHERE operator_id = $2
        UNION ALL SELECT t::text FROM outbox_messages t WHERE operator_id = $2
        UNION ALL SELECT t::text FROM operators t WHERE operator_id = $2) rows)sql";

void Check(const RawAnswer& answer, const std::string& what)
{
    if (answer.ok()) return;
    throw std::runtime_error(what + ": " + answer.reason + ": " + answer.status.error_message());
}

v1::OperatorAction PlanAction(const std::string& name)
{
    v1::OperatorAction action;
    auto& plan = *action.mutable_put_plan()->mutable_plan();
    plan.set_name(name);
    plan.set_title("Small");
    plan.set_image("example.test/berth-relay:0.1.0");
    plan.set_postgres_image("postgres:15.18");
    plan.set_edge_zone("relays.berth.test");
    plan.mutable_resources()->set_cpu_millis(500);
    plan.mutable_resources()->set_memory_bytes(512LL << 20);
    plan.mutable_resources()->set_storage_bytes(1LL << 30);
    plan.set_setup_usd_micros(1'000'000);
    plan.set_monthly_usd_micros(10'000'000);
    plan.set_ceiling_lease_usd_micros(6'000'000);
    plan.set_margin_floor_bps(2000);
    plan.set_grace_seconds(86'400);
    plan.mutable_limits()->set_max_message_bytes(65'536);
    plan.mutable_limits()->set_max_subscriptions(20);
    plan.mutable_limits()->set_max_filters(10);
    plan.mutable_limits()->set_max_limit(500);
    return action;
}

}  // namespace

World::World(RunningMarketplace::Settings settings) : marketplace_{std::move(settings)}
{
    v1::OperatorAction price;
    price.mutable_set_price()->set_asset("xrp");
    price.mutable_set_price()->set_price_usd_e8("50000000");
    price.mutable_set_price()->set_source("test");
    price.mutable_set_price()->set_source_time(ToUnixSeconds(SystemClock{}.Now()));
    Act(marketplace_.admin(), price);
    Fill(one_, "one");
    Fill(two_, "two");
}

RawAnswer World::CallAs(const nostr::SecretKey& key, const std::string& path,
                        const std::string& body, std::chrono::seconds limit)
{
    const nostr::HttpRequestToAuthorize request{
        .url = "grpc://" + marketplace_.address() + path, .method = "POST", .body = body};
    const auto header = nostr::MakeHttpAuth(request, key, SystemClock{}.Now());
    return client_.Call(path, body, {{"authorization", header}}, limit);
}

std::string World::Act(const nostr::SecretKey& key, const google::protobuf::Message& action)
{
    v1::ActRequest request;
    request.set_event(cli::SignTerms(cli::kOperatorActionKind, action, marketplace_.key().pubkey(),
                                     key, SystemClock{}.Now()));
    const auto answer = client_.Call("/berth.v1.OperatorService/Act", request.SerializeAsString());
    Check(answer, "Act");
    v1::ActResponse done;
    done.ParseFromString(answer.body);
    return done.done();
}

void World::Fill(Side& side, const std::string& name)
{
    v1::OperatorAction action;
    action.mutable_put_operator()->set_operator_(side.operator_key.pubkey());
    action.mutable_put_operator()->set_title("Operator " + name);
    Act(marketplace_.admin(), action);

    side.mark = "mark-of-" + name;
    side.plan = Act(side.operator_key, PlanAction("plans/of-" + name));
    side.wallet = "akash1" + name + std::string{kAkashDigits}.substr(0, 35);
    action.mutable_put_wallet()->set_address(side.wallet);
    action.mutable_put_wallet()->set_chain_id("sandbox-1");
    Act(side.operator_key, action);

    v1::OrderTerms terms;
    terms.set_plan(side.plan);
    terms.set_relay_name(side.mark);
    v1::PlaceOrderRequest request;
    request.set_event(cli::SignTerms(cli::kOrderKind, terms, marketplace_.key().pubkey(),
                                     side.customer, SystemClock{}.Now()));
    const auto placed =
        client_.Call("/berth.v1.OrderService/PlaceOrder", request.SerializeAsString());
    Check(placed, "PlaceOrder");
    v1::PlaceOrderResponse response;
    response.ParseFromString(placed.body);
    side.order = response.order().name();

    side.channel_id = ToHex(Sha256("channel of " + name));
    for (auto& c : side.channel_id) c = static_cast<char>(::toupper(c));
    side.job = "jobs/job-of-" + name;
    side.worker = "worker-of-" + name;
    InsertWhatTakesAChain(side);
}

void World::InsertWhatTakesAChain(const Side& side)
{
    pqxx::connection connection{marketplace_.DatabaseUrl()};
    pqxx::work tx{connection};
    const auto& customer = side.customer.pubkey();
    const auto& operator_id = side.operator_key.pubkey();
    tx.exec_params0(kChannel, customer, side.channel_id, side.mark);
    tx.exec_params0(kClaim, customer, side.channel_id, side.mark, side.OrderId());
    tx.exec_params0(kEntry, customer, side.mark, side.OrderId(), operator_id);
    tx.exec_params0(kMargin, customer, operator_id);
    tx.exec_params0(kSecret, customer, side.OrderId(), side.mark, operator_id);
    tx.exec_params0(kLog, customer, side.OrderId(), side.mark);
    tx.exec_params0(kJob, side.job.substr(5), side.OrderId(), customer, side.worker, operator_id);
    const auto relay_channel = ToHex(Sha256("relay channel of " + side.mark));
    tx.exec_params0(kRelay, customer, side.OrderId(), side.relay_key.pubkey());
    tx.exec_params0(kRelayKey, ToHex(Sha256("relay_key/" + side.relay_key.pubkey())),
                    customer + side.OrderId());
    tx.exec_params0(kRelayChannel, customer, side.OrderId(), relay_channel, side.mark);
    tx.exec_params0(kRelayClaim, customer, side.OrderId(), relay_channel, side.mark);
    tx.commit();
}

std::string World::RowsOf(const Side& side)
{
    pqxx::connection connection{marketplace_.DatabaseUrl()};
    pqxx::work tx{connection};
    return tx.exec_params1(kRows, side.customer.pubkey(), side.operator_key.pubkey())[0]
        .as<std::string>();
}

}  // namespace berth::test

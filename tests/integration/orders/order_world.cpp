#include "tests/integration/orders/order_world.hpp"

#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "marketplace/call/signed_event.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/orders/order_changes.hpp"
#include "marketplace/payments/holds.hpp"
#include "marketplace/proof/order_duty.hpp"

namespace berth::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kWallet = "akash1wallet";
constexpr auto kProvider = "akash1provider";
constexpr std::int64_t kFunds = 50'000'000;

v1::Plan SmallPlan(const std::string& operator_id)
{
    v1::Plan plan;
    plan.set_name("plans/small");
    plan.set_operator_(operator_id);
    plan.set_image("example.org/berth-relay:1.0.0");
    plan.set_setup_usd_micros(2'000'000);
    plan.set_monthly_usd_micros(10'000'000);
    plan.set_ceiling_lease_usd_micros(7'000'000);
    plan.set_margin_floor_bps(2'000);
    plan.set_marketplace_fee_bps(1'000);
    plan.set_edge_zone("relays.berth.test");
    return plan;
}

}  // namespace

OrderWorld::OrderWorld()
{
    pqxx::connection connection{database.url()};
    pqxx::work tx{connection};
    tx.exec_params0("INSERT INTO operators (operator_id, title) VALUES ($1, 'One')", operator_id);
    tx.exec_params0("INSERT INTO plans (plan_id, operator_id, plan) VALUES ('small', $1, $2)",
                    operator_id, db::ToBytes(SmallPlan(operator_id)));
    tx.exec_params0(
        "INSERT INTO wallets (operator_id, address, chain_id, ready) "
        "VALUES ($1, $2, 'test', true)",
        operator_id, kWallet);
    tx.exec0(
        "INSERT INTO price_snapshots VALUES ('p1', 'xrp', 50000000, 't', now()), "
        "('p2', 'uact', 100000000, 't', now()), ('p3', 'uakt', 200000000, 't', now())");
    tx.exec_params0(
        "INSERT INTO channels (customer_id, rail, channel_id, network, asset, public_key, "
        "capacity, redeemed, accepted, baseline, unapplied, settle_delay, status, "
        "observed_ledger) VALUES ($1, 'xrp', 'C1', 'xrpl:0', 'xrp', 'k', $2, 0, $2, 0, "
        "$2, 86400, 'open', 1)",
        customer.pubkey(), kFunds);
    tx.commit();
    chain.SetHeight(90);
    pace.Note(*chain.Status(Deadline::max()));
    chain.SetHeight(100);
    v1::RegisterWorkerRequest worker;
    worker.set_protocol(1);
    for (const auto& row : orders::kSteps) {
        if (row.executor != orders::StepExecutor::kWorker) continue;
        auto& ability = *worker.add_abilities();
        ability.set_job_kind(std::string{row.kind});
        ability.set_step(std::string{row.step});
    }
    for (const auto* name : {"w1", "w2"}) {
        worker.set_worker(name);
        EXPECT_TRUE(workers.RegisterWorker(Operator(), worker));
    }
}

call::Call OrderWorld::Customer() const
{
    return {.caller = customer.pubkey(),
            .roles = {call::Role::kCustomer},
            .now = clock.Now(),
            .trace = "t"};
}

call::Call OrderWorld::Operator() const
{
    return {
        .caller = operator_id, .roles = {call::Role::kOperator}, .now = clock.Now(), .trace = "t"};
}

std::string OrderWorld::Signed(int kind, const std::string& content)
{
    const auto now = ToUnixSeconds(clock.Now());
    nostr::Event event{.id = "",
                       .pubkey = "",
                       .created_at = now,
                       .kind = kind,
                       .tags = {{"p", settings.marketplace},
                                {"v", "1"},
                                {"expiration", std::to_string(now + 300)},
                                {"n", std::to_string(++made_)}},
                       .content = content,
                       .sig = ""};
    nostr::SignEvent(event, customer);
    return nostr::ToJson(event);
}

std::string OrderWorld::OrderEvent(const std::string& content)
{
    return Signed(call::kOrderKind, content);
}

Result<v1::PlaceOrderResponse> OrderWorld::Place(const std::string& event)
{
    v1::PlaceOrderRequest request;
    request.set_event(event);
    std::promise<Result<v1::PlaceOrderResponse>> answered;
    handlers.PlaceOrder(Customer(), request,
                        [&](auto answer) { answered.set_value(std::move(answer)); });
    return answered.get_future().get();
}

std::string OrderWorld::PlaceOne()
{
    const auto placed = Place(OrderEvent());
    EXPECT_TRUE(placed) << placed.error().reason << ' ' << placed.error().message;
    return placed->order().name().substr(7);
}

void OrderWorld::Pay(const std::string& order_id)
{
    const auto paid = (*database).Transact<bool>([&](pqxx::work& tx) -> Result<bool> {
        auto order = orders::FindOrder(tx, order_id);
        const auto amount = money::Amount::Parse(order->due.due(0).amount());
        const auto held = payments::TakeHold(
            tx, {customer.pubkey(), "xrp", "C1"}, proof::OwnerOf(*order),
            {.asset = "xrp", .amount = *amount, .usd_micros = 12'000'000, .snapshot_id = "p1"},
            clock.Now());
        if (!held) return held.error();
        auto locked = orders::LockOrder(tx, customer.pubkey(), order_id);
        const auto moved =
            orders::Move(tx, *locked, v1::ORDER_STATE_QUEUED,
                         {.kind = "paid", .message = "Paid.", .details = {}}, clock.Now());
        if (!moved) return moved.error();
        return true;
    });
    ASSERT_TRUE(paid) << paid.error().reason << ' ' << paid.error().message;
}

v1::Order OrderWorld::Get(const std::string& order_id)
{
    v1::GetOrderRequest request;
    request.set_name("orders/" + order_id);
    const auto got = handlers.GetOrder(Customer(), request);
    EXPECT_TRUE(got);
    return got ? got->order() : v1::Order{};
}

v1::Job OrderWorld::Acquire(const std::string& worker)
{
    v1::AcquireJobsRequest request;
    request.set_worker(worker);
    request.set_max_jobs(1);
    const auto acquired = workers.AcquireJobs(Operator(), request);
    EXPECT_TRUE(acquired) << acquired.error().reason << ' ' << acquired.error().message;
    EXPECT_EQ(acquired ? acquired->jobs_size() : 0, 1) << "no job is due";
    return acquired && acquired->jobs_size() == 1 ? acquired->jobs(0) : v1::Job{};
}

v1::StepAnswer OrderWorld::Report(const v1::Job& job, v1::StepReport report, std::uint32_t sequence)
{
    report.set_job(job.name());
    report.set_epoch(job.epoch());
    report.set_step(job.step());
    report.set_sequence(sequence);
    v1::RecordStepsRequest request;
    request.set_worker("w1");
    *request.add_reports() = report;
    const auto recorded = workers.RecordSteps(Operator(), request);
    EXPECT_TRUE(recorded) << recorded.error().reason << ' ' << recorded.error().message;
    return recorded ? recorded->answers(0) : v1::StepAnswer{};
}

v1::StepAnswer OrderWorld::Done(const v1::Job& job, const v1::Facts& facts)
{
    v1::StepReport report;
    report.mutable_done();
    *report.mutable_facts() = facts;
    static std::uint32_t sequence = 0;
    return Report(job, report, ++sequence);
}

bool OrderWorld::RunOwnJob()
{
    return RunOne({&reserve_, &verify_, &activate_, &book_, &confirm_});
}

bool OrderWorld::BookFee() { return RunOne({&fee_}); }

bool OrderWorld::RunOne(const std::vector<queue::Duty*>& duties)
{
    queue::LeaseRequest request{.operator_id = queue::kMarketplace,
                                .worker = "test",
                                .limit = 1,
                                .doable = {},
                                .lease = 10s};
    for (const auto* duty : duties) {
        request.doable.push_back(std::string{duty->kind()} + '/' + std::string{duty->step()});
    }
    const auto jobs = (*database).Transact<std::vector<queue::Job>>(
        [&](pqxx::work& tx) -> Result<std::vector<queue::Job>> {
            return queue::LeaseJobs(tx, request);
        });
    if (!jobs || jobs->empty()) return false;
    for (auto* duty : duties) {
        if (duty->kind() != jobs->front().kind || duty->step() != jobs->front().step) continue;
        const auto outcome = duty->Run(jobs->front(), Deadline::After(10s));
        EXPECT_TRUE(outcome) << outcome.error().reason << ' ' << outcome.error().message;
        if (!outcome || outcome->kind == queue::DutyOutcome::Kind::kRecorded) return true;
        database.Do([&](pqxx::work& tx) {
            const auto held = queue::LockHeld(tx, jobs->front());
            if (outcome->kind == queue::DutyOutcome::Kind::kFinished) {
                queue::Finish(tx, *held, "done", "");
            } else {
                queue::Postpone(tx, *held, 0ms, outcome->waiting_for);
            }
        });
    }
    return true;
}

v1::WalletOrders OrderWorld::Exchange(v1::WalletReport report, const std::string& worker)
{
    report.set_address(kWallet);
    report.set_epoch(wallet_epoch_);
    report.set_ready(true);
    v1::ReportWalletsRequest request;
    request.set_worker(worker);
    *request.add_wallets() = std::move(report);
    const auto told = workers.ReportWallets(Operator(), request);
    EXPECT_TRUE(told);
    EXPECT_EQ(told->wallets(0).refused(), "");
    wallet_epoch_ = told->wallets(0).epoch();
    return told->wallets(0);
}

std::uint64_t OrderWorld::QueueMessage(const v1::Job& job)
{
    v1::StepReport transact;
    transact.mutable_transact()->set_kind("create_deployment");
    transact.mutable_transact()->set_body("{}");
    EXPECT_TRUE(Report(job, transact, 2000).recorded());
    return std::stoull(database.Value("SELECT max(message_id) FROM outbox_messages"));
}

void OrderWorld::SettleMessages(const std::string& worker)
{
    const auto orders = Exchange({}, worker);
    for (const auto& message : orders.pending()) {
        v1::WalletReport report;
        auto& made = *report.add_transactions();
        const auto hash = ToHex(RandomBytes(32));
        made.set_hash(hash);
        made.set_signed_bytes("{}");
        made.set_timeout(ToUnixSeconds(clock.Now()) + 300);
        made.set_fee_uakt("2500");
        made.add_messages(message.id());
        made.set_state("signed");
        Exchange(report, worker);
        report.mutable_transactions(0)->set_state("committed");
        report.mutable_transactions(0)->set_height(90);
        chain.PutTransaction(hash, {.height = 90,
                                    .codespace = {},
                                    .code = 0,
                                    .raw_log = {},
                                    .signer = kWallet,
                                    .fee = {{"uakt", 2500}}});
        Exchange(report, worker);
        EXPECT_TRUE(BookFee());
    }
}

v1::Facts OrderWorld::FactsOf(const v1::Job& job)
{
    v1::Facts facts;
    const auto& step = job.step();
    const auto dseq = job.order().dseq();
    if (step == "create_deployment") {
        chain.Put(
            akash::Deployment{.id = {kWallet, dseq},
                              .state = "active",
                              .hash_hex = "ab",
                              .created_at = 90,
                              .escrow = {.state = "open",
                                         .funds = {{lease_denom, *akash::ParseDec18("5000000")}},
                                         .settled_at = 95}});
        facts.set_sdl_hash("ab");
        facts.set_deployment_height(90);
    } else if (step == "create_lease") {
        chain.Put(akash::Lease{.id = {kWallet, dseq, 1, 1, kProvider},
                               .state = "active",
                               .price = {lease_denom, *akash::ParseDec18(provider_price)},
                               .created_at = 95,
                               .closed_on = 0,
                               .reason = {},
                               .withdrawn = {}});
        auto& lease = *facts.mutable_lease();
        lease.set_owner(kWallet);
        lease.set_dseq(dseq);
        lease.set_gseq(1);
        lease.set_oseq(1);
        lease.set_provider(kProvider);
        lease.set_price_amount(provider_price);
        lease.set_price_denom(lease_denom);
        lease.set_created_height(95);
    } else if (step == "publish_dns") {
        facts.set_dns_published_at(1);
    } else if (step == "verify_relay") {
        facts.mutable_report()->set_accepted(true);
    } else if (step == "meter_lease") {
        facts.mutable_lease_reading()->set_height(200);
    }
    return facts;
}

v1::Job OrderWorld::ProvisionUntil(const std::string& order_id, const std::string& step)
{
    Pay(order_id);
    EXPECT_TRUE(RunOwnJob());
    auto job = Acquire();
    while (job.step() != step) {
        if (job.step() == "create_deployment" || job.step() == "create_lease") {
            v1::StepReport report;
            report.mutable_transact()->set_kind(job.step());
            report.mutable_transact()->set_body(R"({"of":")" + job.order().name() + R"("})");
            EXPECT_TRUE(Report(job, report, 1000).recorded());
            SettleMessages();
            job = Acquire();
        }
        const auto answer = Done(job, FactsOf(job));
        EXPECT_TRUE(answer.recorded()) << answer.reason();
        if (!answer.has_next()) return {};
        job = answer.next();
    }
    return job;
}

std::string OrderWorld::ChannelSums() const
{
    return database.Value("SELECT concat_ws(' ', accepted, unapplied, held, earned) FROM channels");
}

}  // namespace berth::test

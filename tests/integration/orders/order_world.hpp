#pragma once

#include <future>
#include <iostream>
#include <memory>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "core/nostr/event.hpp"
#include "marketplace/orders/order_handlers.hpp"
#include "marketplace/orders/worker_handlers.hpp"
#include "marketplace/proof/activate.hpp"
#include "marketplace/proof/book_fee.hpp"
#include "marketplace/proof/book_lease.hpp"
#include "marketplace/proof/confirm_closed.hpp"
#include "marketplace/proof/reserve.hpp"
#include "marketplace/proof/sweeper.hpp"
#include "marketplace/proof/verify_relay.hpp"
#include "tests/fakes/fake_chain.hpp"
#include "tests/fakes/fake_relay_probe.hpp"
#include "tests/integration/payments/fresh_database.hpp"

namespace berth::test {

/// The order side of a marketplace on a real database: one operator with a plan and a ready wallet,
/// a customer with a funded channel, a chain and a probe that the test decides about. The
/// marketplace's own jobs run when the test says so.
class OrderWorld {
public:
    OrderWorld();

    call::Call Customer() const;
    call::Call Operator() const;

    /// A signed event with these terms; every event has another id.
    std::string Signed(int kind, const std::string& content);
    std::string OrderEvent(const std::string& content = R"({"plan":"plans/small"})");
    Result<v1::PlaceOrderResponse> Place(const std::string& event);
    /// Places an order; returns its id.
    std::string PlaceOne();
    /// Takes the hold and queues the order, as an accepted claim does.
    void Pay(const std::string& order_id);

    v1::Order Get(const std::string& order_id);
    /// Leases the worker's next job; fails the test if there is none.
    v1::Job Acquire(const std::string& worker = "w1");
    /// Reports one step; the answer to it.
    v1::StepAnswer Report(const v1::Job& job, v1::StepReport report, std::uint32_t sequence = 1);
    v1::StepAnswer Done(const v1::Job& job, const v1::Facts& facts = {});
    /// Leases and runs the marketplace's next job, if one is due; not those of fees.
    bool RunOwnJob();
    /// All that the marketplace does itself, for an executor.
    std::vector<queue::Duty*> Duties()
    {
        return {&reserve_, &verify_, &activate_, &book_, &confirm_, &fee_};
    }
    /// Leases and runs the job of one transaction's fee, if one is due.
    bool BookFee();
    /// A message of a job that waits to be sent; its id.
    std::uint64_t QueueMessage(const v1::Job& job);
    /// One report of the wallet's actor; the answer to it.
    v1::WalletOrders Exchange(v1::WalletReport report, const std::string& worker = "w1");
    /// Puts the message that a job waits for on chain, under a wallet lease of its own, and books
    /// its fee of 2,500 uakt.
    void SettleMessages(const std::string& worker = "w1");
    /// Everything from a paid order to the marketplace's own verification.
    v1::Job ProvisionUntil(const std::string& order_id, const std::string& step);
    /// The facts that a step reports when all is well.
    v1::Facts FactsOf(const v1::Job& job);

    std::string ChannelSums() const;

    std::string provider_price = "27.018062000000000000";  ///< Per block.
    std::string lease_denom = "uact";
    FreshDatabase database;
    SystemClock clock;
    Log log{std::cerr, "test", clock, Log::Level::kError};
    nostr::SecretKey customer = nostr::SecretKey::Generate();
    const std::string operator_id = nostr::SecretKey::Generate().pubkey();
    orders::Settings settings{.marketplace = nostr::SecretKey::Generate().pubkey(),
                              .meter_interval = std::chrono::milliseconds{0}};
    queue::Settings queue;
    FakeChain chain;
    akash::BlockPace pace;
    FakeRelayProbe probe;
    db::Listener listener{{.url = database.url()}};
    orders::Catalogue catalogue{*database, listener, settings};
    orders::Intake intake{{.url = database.url()}, log};
    orders::OrderHandlers handlers{{*database, catalogue, intake, settings}};
    orders::WorkerHandlers workers{{*database, log, settings, queue}};
    proof::Parts parts{*database, catalogue, chain, pace, probe, clock, log, settings, queue};

private:
    bool RunOne(const std::vector<queue::Duty*>& duties);
    v1::StepAnswer ReportAll(const v1::StepReport& report);

    proof::Reserve reserve_{parts};
    proof::VerifyRelay verify_{parts};
    proof::Activate activate_{parts};
    proof::BookLease book_{parts};
    proof::ConfirmClosed confirm_{parts};
    proof::BookFee fee_{parts};
    std::uint64_t wallet_epoch_ = 0;
    int made_ = 0;
};

}  // namespace berth::test

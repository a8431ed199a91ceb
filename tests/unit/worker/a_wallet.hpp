#pragma once

#include <sstream>

#include <gtest/gtest.h>

#include "tests/fakes/fake_signer.hpp"
#include "tests/fakes/fake_worker_chain.hpp"
#include "worker/wallet/wallet_actor.hpp"

namespace berth::worker {

/// The marketplace's side of a wallet, as its contract says: messages, transactions, an epoch.
class WalletBooks final : public Marketplace {
public:
    explicit WalletBooks(const test::FakeSigner& signer) : signer_{signer} {}

    std::vector<v1::OutboxMessage> messages;
    std::map<std::string, v1::WalletTransaction> transactions;
    std::vector<v1::WalletReport> reports;
    std::uint64_t epoch = 1;
    std::uint64_t holder = 1;    ///< The epoch that is live.
    bool ordered = false;        ///< Remembered for the wallet.
    bool loses_answers = false;  ///< Reports are taken, but nobody learns that.
    std::size_t sent_before_stored = 0;

    void Add(std::uint64_t id, const std::string& body)
    {
        auto& message = messages.emplace_back();
        message.set_id(id);
        message.set_body(body);
        message.set_state("pending");
    }
    std::string StateOf(std::uint64_t id) const
    {
        for (const auto& message : messages) {
            if (message.id() == id) return message.state();
        }
        return "unknown";
    }

    Result<v1::ReportWalletsResponse> ReportWallets(const v1::ReportWalletsRequest& request,
                                                    Deadline) override
    {
        const auto& report = request.wallets(0);
        reports.push_back(report);
        v1::ReportWalletsResponse response;
        auto& orders = *response.add_wallets();
        if (report.epoch() != 0 && report.epoch() != holder) {
            return Fail(ErrorCode::kAborted, "STALE_WALLET_EPOCH", "Leased again since.");
        }
        for (const auto& transaction : report.transactions()) Take(transaction);
        orders.set_epoch(holder);
        for (const auto& message : messages) {
            if (message.state() == "pending") *orders.add_pending() = message;
        }
        for (const auto& [hash, transaction] : transactions) {
            if (transaction.state() == "signed") *orders.add_unresolved() = transaction;
        }
        if (report.unordered_refused()) ordered = true;
        orders.set_ordered(ordered);
        if (loses_answers) return Fail(ErrorCode::kTimeout, "MARKETPLACE_TIMEOUT", "No answer.");
        return response;
    }
    Result<v1::RegisterWorkerResponse> Register(const v1::RegisterWorkerRequest&, Deadline) override
    {
        return v1::RegisterWorkerResponse{};
    }
    Result<v1::AcquireJobsResponse> Acquire(const v1::AcquireJobsRequest&, Deadline) override
    {
        return v1::AcquireJobsResponse{};
    }
    Result<v1::HeartbeatResponse> Heartbeat(const v1::HeartbeatRequest&, Deadline) override
    {
        return v1::HeartbeatResponse{};
    }
    Result<v1::RecordStepsResponse> Record(const v1::RecordStepsRequest&, Deadline) override
    {
        return v1::RecordStepsResponse{};
    }

private:
    void Take(const v1::WalletTransaction& news)
    {
        if (news.state() == "signed") sent_before_stored += signer_.sent.size();
        const auto messages_of = transactions.contains(news.hash())
                                     ? transactions[news.hash()].messages()
                                     : news.messages();
        for (auto& message : messages) {
            for (const auto id : messages_of) {
                if (message.id() != id) continue;
                message.set_state(news.state() == "expired" ? "pending" : news.state());
                message.set_error(news.error());
            }
        }
        if (news.hash().empty()) return;
        if (news.state() == "signed") {
            transactions[news.hash()] = news;
        } else {
            transactions[news.hash()].set_state(news.state());
        }
    }

    const test::FakeSigner& signer_;
};

/// A wallet with money, one message that waits, and all that an actor works with.
class WalletTest : public testing::Test {
protected:
    WalletTest()
    {
        chain_.balances = {{"uakt", 1'000'000}, {"uact", 20'000'000}};
        books_.Add(1, "create");
    }
    WalletActor Actor()
    {
        return {{books_, chain_, signer_, pace_, log_},
                {.least_gas = 1000, .least_deposit = 1000},
                "worker-1",
                std::chrono::seconds{60}};
    }
    static Deadline Soon() { return Deadline::After(std::chrono::seconds{5}); }

    test::FakeWorkerChain chain_;
    test::FakeSigner signer_{chain_};
    WalletBooks books_{signer_};
    akash::BlockPace pace_;
    std::ostringstream lines_;
    SystemClock clock_;
    Log log_{lines_, "test", clock_};
};

}  // namespace berth::worker

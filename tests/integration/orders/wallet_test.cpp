// The exchange with a wallet's actor, on a real database.
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "tests/integration/orders/order_world.hpp"

namespace berth {
namespace {

class WalletTest : public ::testing::Test {
protected:
    /// A message that waits to be sent; its id.
    std::uint64_t AMessage()
    {
        const auto job = world_.ProvisionUntil(world_.PlaceOne(), "create_deployment");
        return world_.QueueMessage(job);
    }
    v1::WalletReport Ordered(std::uint64_t message, std::uint64_t sequence,
                             std::int64_t timeout_height = 1048)
    {
        v1::WalletReport report;
        auto& made = *report.add_transactions();
        made.set_hash(ToHex(RandomBytes(32)));
        made.set_signed_bytes("{}");
        made.set_timeout(ToUnixSeconds(world_.clock.Now()) + 300);
        made.set_fee_uakt("2500");
        made.add_messages(message);
        made.set_state("signed");
        made.set_sequence(sequence);
        made.set_timeout_height(timeout_height);
        return report;
    }
    /// What the marketplace refuses a report with.
    std::string Refusal(v1::WalletReport report)
    {
        report.set_address("akash1wallet");
        report.set_epoch(1);
        v1::ReportWalletsRequest request;
        request.set_worker("w1");
        *request.add_wallets() = std::move(report);
        return world_.workers.ReportWallets(world_.Operator(), request)->wallets(0).refused();
    }

    test::OrderWorld world_;
};

TEST_F(WalletTest, AnOrderedTransactionComesBackWithItsSequence)
{
    const auto told = world_.Exchange(Ordered(AMessage(), 18'446'744'073'709'551'615U));
    ASSERT_EQ(told.unresolved_size(), 1);
    EXPECT_EQ(told.unresolved(0).sequence(), 18'446'744'073'709'551'615U);
    EXPECT_EQ(told.unresolved(0).timeout_height(), 1048);
}

TEST_F(WalletTest, AnUnorderedTransactionHasNoSequence)
{
    auto report = Ordered(AMessage(), 0);
    report.mutable_transactions(0)->clear_sequence();
    report.mutable_transactions(0)->clear_timeout_height();
    const auto told = world_.Exchange(report);
    ASSERT_EQ(told.unresolved_size(), 1);
    EXPECT_FALSE(told.unresolved(0).has_sequence());
}

TEST_F(WalletTest, OneSequenceHasOneTransactionUnderWay)
{
    const auto first = Ordered(AMessage(), 7);
    ASSERT_EQ(world_.Exchange(first).unresolved_size(), 1);
    const auto message = AMessage();
    EXPECT_EQ(Refusal(Ordered(message, 7)), "SEQUENCE_TAKEN");
    auto expired = first;
    expired.mutable_transactions(0)->set_state("expired");
    EXPECT_EQ(world_.Exchange(expired).unresolved_size(), 0);
    EXPECT_EQ(world_.Exchange(Ordered(message, 7)).unresolved_size(), 1);
}

TEST_F(WalletTest, ASequenceWithoutALastHeightIsRefused)
{
    world_.Exchange({});
    EXPECT_EQ(Refusal(Ordered(AMessage(), 7, 0)), "BAD_TRANSACTION");
}

TEST_F(WalletTest, ARefusalOfUnorderedTransactionsIsRememberedForADay)
{
    EXPECT_FALSE(world_.Exchange({}).ordered());
    v1::WalletReport report;
    report.set_unordered_refused(true);
    EXPECT_TRUE(world_.Exchange(report).ordered());
    EXPECT_TRUE(world_.Exchange({}).ordered());
    world_.database.Do([](pqxx::work& tx) {
        tx.exec0("UPDATE wallets SET unordered_refused_at = now() - interval '25 hours'");
    });
    EXPECT_FALSE(world_.Exchange({}).ordered());
}

}  // namespace
}  // namespace berth

// Money and events over kill -9, and over several processes on one storage.
#include <gmock/gmock.h>
#include <pqxx/pqxx>

#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

using testing::HasSubstr;

class PaymentCrashTest : public PaymentsTest {
protected:
    const std::string database_ = NewDatabase();
};

/// Ends what the database still does for a program that was killed.
void EndOthers(pqxx::work& tx)
{
    constexpr auto kOthers = R"sql(
        FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())sql";
    tx.exec(std::string{"SELECT pg_terminate_backend(pid)"} + kOthers);
    ASSERT_TRUE(Becomes([&] {
        tx.exec("SELECT pg_stat_clear_snapshot()");
        return tx.exec1(std::string{"SELECT count(*)"} + kOthers)[0].as<int>() == 0;
    }));
}

TEST_F(PaymentCrashTest, WhoIsChargedWhileTheDatabaseStoresNoEventsIsNotChargedAgain)
{
    RelayProcess relay{database_, Local()};
    const auto channel = OpenChannel(payer_, 1'000);
    const auto event = Paid(payer_, channel, 30, 1);
    {
        pqxx::connection connection{database_};
        pqxx::work blocking{connection};
        blocking.exec0("LOCK TABLE events IN SHARE MODE");  // May be read, not written.
        RelayClient client{relay.port()};
        client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
        EXPECT_TRUE(Becomes([&] { return BalanceOf(relay, payer_.key) == "20"; }));
        relay.Kill();
        EndOthers(blocking);
    }
    relay.Start();
    RelayClient client{relay.port()};
    EXPECT_TRUE(client.Query("{}").empty()) << "it was charged, not stored";
    EXPECT_EQ(BalanceOf(relay, payer_.key), "20");
    EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Query("{}"), std::vector{event.id});
    EXPECT_EQ(BalanceOf(relay, payer_.key), "20");
}

TEST_F(PaymentCrashTest, ABurstThatAKillCutsOffIsPaidForExactlyOnce)
{
    constexpr int kEvents = 150;
    RelayProcess relay{database_, Local()};
    const auto channel = OpenChannel(payer_, 10'000);
    std::vector<nostr::Event> events;
    for (int i = 1; i <= kEvents; ++i) {
        events.push_back(Paid(payer_, channel, 10 * i, static_cast<std::uint64_t>(i),
                              {.content = std::to_string(i)}));
    }
    {
        RelayClient client{relay.port()};
        for (const auto& event : events) client.Send("[\"EVENT\"," + nostr::ToJson(event) + "]");
        for (int i = 0; i < kEvents / 3; ++i) client.ReceiveOnly("OK");
        relay.Kill();
    }
    relay.Start();
    RelayClient client{relay.port()};
    for (const auto& event : events) EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Query(R"({"limit":500})").size(), events.size());
    EXPECT_EQ(BalanceOf(relay, payer_.key), "0");
    EXPECT_EQ(Text(AccountOf(relay, payer_.key).at("received")), std::to_string(10 * kEvents));
}

TEST_F(PaymentCrashTest, RelaysOnOneStorageCreditAClaimOnce)
{
    const RelayProcess one{database_, Local()}, two{database_, Local()};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient to_one{one.port()}, to_two{two.port()};
    const auto paid = [&](std::int64_t drops, const std::string& content) {
        return Paid(payer_, channel, drops, static_cast<std::uint64_t>(drops),
                    {.content = content});
    };
    EXPECT_EQ(to_one.Publish(paid(30, "a")), "true");
    EXPECT_EQ(to_two.Publish(paid(30, "b")), "true");
    EXPECT_EQ(to_one.Publish(paid(30, "c")), "true");
    EXPECT_THAT(to_two.Publish(paid(30, "d")), HasSubstr("the balance is 0"));
    EXPECT_EQ(to_two.Publish(paid(50, "e")), "true");
    EXPECT_EQ(to_one.Publish(paid(50, "f")), "true");
    EXPECT_THAT(to_one.Publish(paid(50, "g")), HasSubstr("the balance is 0"));
    const auto stolen = Sign(other_.key, {.tags = {ClaimTag(payer_, channel, 90, 90)}});
    EXPECT_THAT(to_two.Publish(stolen), HasSubstr("belongs to another key"));
    EXPECT_EQ(AccountOf(one, payer_.key).at("received"), "50");
}

TEST_F(PaymentCrashTest, AChannelIsOneKeysInAllRelaysOfAStorage)
{
    const RelayProcess one{database_, Local()}, two{database_, Local()};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient to_one{one.port()}, to_two{two.port()};
    ASSERT_EQ(to_one.Publish(Paid(payer_, channel, 30, 1)), "true");
    const auto stolen = Sign(other_.key, {.tags = {ClaimTag(payer_, channel, 30, 1)}});
    EXPECT_THAT(to_two.Publish(stolen), HasSubstr("belongs to another key"));
}

TEST_F(PaymentCrashTest, ASuccessorTakesOverWhatWasPaidToItsPredecessor)
{
    RelayProcess relay{database_, Local()};
    const auto channel = OpenChannel(payer_, 1'000);
    {
        RelayClient client{relay.port()};
        ASSERT_EQ(client.Publish(Paid(payer_, channel, 30, 1)), "true");
    }
    EXPECT_EQ(relay.HandOver(), 0);
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 30, 1, {.content = "again"})), "true");
    EXPECT_EQ(BalanceOf(relay, payer_.key), "10");
}

}  // namespace
}  // namespace berth::relay::test

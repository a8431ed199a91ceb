// Claims that a running marketplace verifies and books for the relay's owner.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <pqxx/pqxx>

#include "berth/v1/order_service.pb.h"
#include "berth/v1/relay_service.pb.h"
#include "cli/signed_request.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/http_auth.hpp"
#include "marketplace/db/values.hpp"
#include "marketplace/relays/relay_handlers.hpp"
#include "tests/conformance/lightning/sandbox_lnd.hpp"
#include "tests/integration/access/raw_client.hpp"
#include "tests/integration/access/running_marketplace.hpp"
#include "tests/integration/relay_payments/paying_relay.hpp"

namespace berth::relay::test {
namespace {

using berth::test::RawClient;
using berth::test::RunningMarketplace;
using testing::HasSubstr;

constexpr auto kInsertOrder = R"sql(
    INSERT INTO orders (customer_id, order_id, event_id, operator_id, plan_id, plan, state,
                        hostname, setup_usd_micros, monthly_usd_micros, due, quote_expires_at)
    VALUES ($1, $2, $3, $4, 'small', $5, 1, 'relay.test', 2000000, 10000000, $6,
            now() + interval '1 hour'))sql";

class MarketplaceTest : public PaymentsTest {
protected:
    MarketplaceTest()
    {
        pqxx::connection connection{marketplace_.DatabaseUrl()};
        pqxx::work tx{connection};
        v1::Plan plan;
        plan.set_name("plans/small");
        tx.exec_params0(kInsertOrder, customer_.pubkey(), order_, ToHex(RandomBytes(32)),
                        std::string(64, 'b'), db::ToBytes(plan), db::ToBytes(v1::Quote{}));
        tx.commit();
        tag_ = Register().destination_tag();
    }

    v1::Relay Register()
    {
        const auto text =
            relays::RelayProofText(marketplace_.key().pubkey(), customer_.pubkey(), order_);
        v1::RelayTerms terms;
        terms.set_order("orders/" + order_);
        terms.set_relay_key(relay_key_.pubkey());
        terms.set_proof(ToHex(relay_key_.Sign(Sha256(text))));
        v1::RegisterRelayRequest request;
        request.set_event(cli::SignTerms(cli::kRelayKind, terms, marketplace_.key().pubkey(),
                                         customer_, SystemClock{}.Now()));
        v1::RegisterRelayResponse response;
        Call(customer_, "RegisterRelay", request, response);
        return response.relay();
    }
    v1::RelayRevenue Revenue()
    {
        v1::GetRelayResponse response;
        Call(relay_key_, "GetRelay", v1::GetRelayRequest{}, response);
        return response.relay().revenue().empty() ? v1::RelayRevenue{}
                                                  : response.relay().revenue(0);
    }
    void Call(const nostr::SecretKey& key, const std::string& method,
              const google::protobuf::Message& request, google::protobuf::Message& response)
    {
        const auto path = "/berth.v1.RelayService/" + method;
        const auto body = request.SerializeAsString();
        const auto proof = nostr::MakeHttpAuth(
            {.url = "grpc://" + marketplace_.address() + path, .method = "POST", .body = body}, key,
            SystemClock{}.Now());
        const auto answer =
            RawClient{marketplace_.address()}.Call(path, body, {{"authorization", proof}});
        if (!answer.ok()) throw std::runtime_error{method + ": " + answer.reason};
        response.ParseFromString(answer.body);
    }

    RelayProcess::Settings Asking(RelayProcess::Settings more = {}) const
    {
        more.insert({{"PAYMENT_VERIFIER", "marketplace"},
                     {"PAYMENT_MARKETPLACE_ADDRESS", marketplace_.address()},
                     {"PAYMENT_MARKETPLACE_PLAINTEXT", "true"},
                     {"PAYMENT_KEY", ToHex(relay_key_.bytes().Expose())},
                     {"PAYMENT_PUBLICATION", "*=10"}});
        return more;
    }

    RunningMarketplace marketplace_{
        {{"rails.xrp.url", chain_.url()}, {"rails.xrp.account", owner_.address()}}};
    const nostr::SecretKey customer_ = nostr::SecretKey::Generate();
    const nostr::SecretKey relay_key_ = nostr::SecretKey::Generate();
    const std::string order_ = ToBase32(RandomBytes(16));
    std::int64_t tag_ = 0;
};

TEST_F(MarketplaceTest, ARelayWithoutFeesWarnsOfItsOwnLowBalance)
{
    pqxx::connection connection{marketplace_.DatabaseUrl()};
    pqxx::nontransaction{connection}.exec_params0(
        "UPDATE orders SET state = 4, active_at = now(), paid_through = now() + $2::interval"
        " WHERE order_id = $1",
        order_, "3 days");
    const RelayProcess relay{NewDatabase(),
                             {{"PAYMENT_MARKETPLACE_ADDRESS", marketplace_.address()},
                              {"PAYMENT_MARKETPLACE_PLAINTEXT", "true"},
                              {"PAYMENT_KEY", ToHex(relay_key_.bytes().Expose())}}};
    std::string warnings;
    ASSERT_TRUE(Becomes([&] {
        warnings = boost::json::serialize(Page(relay, "/health").at("warnings"));
        return warnings != "[]";
    }));
    EXPECT_THAT(warnings, HasSubstr("balance is low"));
    EXPECT_EQ(Page(relay, "/health").at("status"), "ok");
}

TEST_F(MarketplaceTest, ClaimsAreBookedForTheOwnerOnce)
{
    const RelayProcess relay{NewDatabase(), Asking()};
    ASSERT_TRUE(Becomes([&] { return Page(relay, "/payments").at("verifier") == "ok"; }));
    EXPECT_EQ(Text(Page(relay, "/payments").at("pay").at("destination_tag")), std::to_string(tag_));
    const auto channel = OpenChannel(payer_, 1'000, {{"destination_tag", tag_}});
    RelayClient client{relay.port()};
    const auto event = Paid(payer_, channel, 30, 1, {.content = "a"});
    EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Publish(event), "true");
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 30, 1, {.content = "b"})), "true");
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 50, 2, {.content = "c"})), "true");
    EXPECT_EQ(BalanceOf(relay, payer_.key), "20");
    EXPECT_EQ(Revenue().verified(), "50");
    EXPECT_EQ(Revenue().claims(), 2);
}

TEST_F(MarketplaceTest, AChannelToAnotherRelayPaysForNothingHere)
{
    const RelayProcess relay{NewDatabase(), Asking()};
    const auto channel = OpenChannel(payer_, 1'000, {{"destination_tag", tag_ + 1}});
    RelayClient client{relay.port()};
    EXPECT_THAT(client.Publish(Paid(payer_, channel, 30, 1)),
                testing::StartsWith("false:restricted: payment required"));
    EXPECT_EQ(Revenue().claims(), 0);
}

TEST_F(MarketplaceTest, ALossOfTheRelaysRecordsCreditsNothingTwice)
{
    const auto channel = OpenChannel(payer_, 1'000, {{"destination_tag", tag_}});
    const auto claim = [&](std::int64_t drops, const std::string& content) {
        return Paid(payer_, channel, drops, static_cast<std::uint64_t>(drops),
                    {.content = content});
    };
    {
        const RelayProcess relay{NewDatabase(), Asking()};
        RelayClient client{relay.port()};
        ASSERT_EQ(client.Publish(claim(30, "a")), "true");
    }
    const RelayProcess relay{NewDatabase(), Asking()};
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(claim(45, "b")), "true");
    EXPECT_EQ(BalanceOf(relay, payer_.key), "5");
    EXPECT_EQ(Revenue().verified(), "45");
}

TEST_F(MarketplaceTest, AMarketplaceThatIsGoneIsAnOutageAndNoFaultOfTheUser)
{
    const RelayProcess relay{NewDatabase(), Asking({{"PAYMENT_VERIFY_TIMEOUT", "1s"}})};
    const auto channel = OpenChannel(payer_, 1'000, {{"destination_tag", tag_}});
    marketplace_.process().Stop();
    RelayClient client{relay.port()};
    EXPECT_EQ(client.Publish(Paid(payer_, channel, 30, 1)),
              "false:error: the payment cannot be verified now; send it again later");
    EXPECT_TRUE(Becomes(
        [&] { return Page(relay, "/health").at("services").at("payment_verifier") == "down"; }));
}

TEST_F(MarketplaceTest, ItIsToldWhatAnotherVerifierTook)
{
    auto settings = Asking({{"PAYMENT_REPORT_INTERVAL", "20ms"}});
    settings.erase("PAYMENT_VERIFIER");
    const RelayProcess relay{NewDatabase(), Local(settings)};
    const auto channel = OpenChannel(payer_, 1'000);
    RelayClient client{relay.port()};
    ASSERT_EQ(client.Publish(Paid(payer_, channel, 30, 1)), "true");
    EXPECT_TRUE(Becomes([&] { return Revenue().reported() == "30"; }));
    EXPECT_NE(Revenue().verified(), "30");
}

TEST_F(MarketplaceTest, ItIsToldWhatInvoicesBroughtThoughItVerifiesClaims)
{
    berth::test::SandboxLnd lnd;
    const RelayProcess relay{
        NewDatabase(),
        Asking({{"PAYMENT_ASSET", "btc"},
                {"PAYMENT_PUBLICATION", "*=1000"},
                {"PAYMENT_LIGHTNING_URL", lnd.url()},
                {"PAYMENT_LIGHTNING_MACAROON_FILE", lnd.macaroon_file().string()},
                {"PAYMENT_LIGHTNING_CERTIFICATE_FILE", lnd.certificate_file().string()},
                {"PAYMENT_LIGHTNING_LOOK_INTERVAL", "20ms"},
                {"PAYMENT_REPORT_INTERVAL", "20ms"}})};
    const boost::json::object wish{{"pubkey", payer_.key.pubkey()}, {"amount_msat", 8'000}};
    const auto invoice = boost::json::parse(Fetch(relay.port(), "/payments/invoice",
                                                  {{"Content-Type", "application/json"}}, "POST",
                                                  boost::json::serialize(wish))
                                                .body)
                             .as_object();
    lnd.Command("pay", {{"payment_hash", invoice.at("payment_hash")}, {"amt_msat", 0}});
    EXPECT_TRUE(Becomes([&] { return Revenue().reported() == "8000"; }));
    EXPECT_EQ(Revenue().asset(), "btc");
}

}  // namespace
}  // namespace berth::relay::test

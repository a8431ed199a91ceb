#include <filesystem>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/nostr/bech32.hpp"
#include "core/rails/lnd_sandbox/bolt11.hpp"
#include "core/rails/lnd_sandbox/rest.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth::rails::lnd_sandbox {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kMacaroon = "0201";
constexpr std::size_t kTimestampSize = 7;
constexpr std::size_t kSignatureSize = 104;

std::string Text(const json::value& value) { return std::string{value.as_string()}; }

/// The bytes of a field of a BOLT 11 text, which has none other of that letter.
std::string FieldOf(const std::string& request, char letter)
{
    constexpr std::string_view kLetters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const auto values = nostr::DecodeBech32(request.substr(0, request.rfind('1')), request);
    if (!values) return "";
    for (auto at = kTimestampSize; at + kSignatureSize < values->size();) {
        const auto size = (*values)[at + 1] * 32U + (*values)[at + 2];
        const auto begin = values->begin() + static_cast<std::ptrdiff_t>(at) + 3;
        if (kLetters[(*values)[at]] == letter) return nostr::FromFiveBits({begin, begin + size});
        at += 3 + size;
    }
    return "";
}

TEST(Bolt11Test, WritesWhatOthersWrote)
{
    const auto file = ReadFile(BERTH_SOURCE_DIR "/tests/vectors/bolt11.json");
    const auto document = json::parse(*file);
    const Secret key{FromHex(Text(document.at("meta").at("node_private_key"))).value()};
    EXPECT_EQ(NodePubkey(key), Text(document.at("meta").at("node_pub_key")));
    int compared = 0;
    for (const auto& vector : document.at("vectors").as_array()) {
        if (!vector.at("valid").as_bool() || vector.at("name") == "upper case") continue;
        const auto text = Text(vector.at("payment_request"));
        const auto& expected = vector.at("expected");
        const PaymentRequest request{
            .network = "bcrt",
            .amount = money::Amount::Parse(Text(expected.at("amount_msat"))).value(),
            .timestamp = expected.at("timestamp").as_int64(),
            .payment_hash = FromHex(Text(expected.at("payment_hash"))).value(),
            .payment_secret = FieldOf(text, 's'),
            .description = FieldOf(text, 'd'),
            .expiry = std::chrono::seconds{expected.at("expiry").as_int64()}};
        EXPECT_EQ(EncodeBolt11(request, key), text) << vector.at("name");
        ++compared;
    }
    EXPECT_EQ(compared, 4);
}

TEST(Bech32Test, RefusesAChangedTextAndAWrongPrefix)
{
    const auto text = nostr::EncodeBech32("lnbcrt", {1, 2, 3, 31});
    EXPECT_EQ(nostr::DecodeBech32("lnbcrt", text), (std::vector<std::uint8_t>{1, 2, 3, 31}));
    EXPECT_FALSE(nostr::DecodeBech32("lnbc", text));
    EXPECT_FALSE(nostr::DecodeBech32("lnbcrt", text + "q"));
    EXPECT_FALSE(nostr::DecodeBech32("lnbcrt", "lnbcrt1"));
}

class LndSandboxTest : public testing::Test {
protected:
    RestAnswer Call(const std::string& method, const std::string& target, json::object body = {},
                    const std::string& macaroon = kMacaroon)
    {
        return rest_->Answer({.method = method,
                              .target = target,
                              .macaroon = macaroon,
                              .body = method == "GET" ? "" : json::serialize(body)});
    }
    json::object Post(const std::string& target, json::object body = {})
    {
        const auto answer = Call("POST", target, std::move(body));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body).as_object();
    }
    json::object Look()
    {
        return json::parse(Call("GET", "/v1/invoice/" + hash_).body).as_object();
    }
    json::object Make(json::object more = {})
    {
        json::object asked{{"r_preimage", ToBase64(preimage_)},
                           {"value_msat", "21000"},
                           {"memo", "for a test"},
                           {"expiry", "600"}};
        for (const auto& [name, value] : more) asked[name] = value;
        return Post("/v1/invoices", std::move(asked));
    }

    const std::string preimage_ = RandomBytes(32);
    const std::string hash_ = ToHex(Sha256(preimage_));
    FakeClock clock_;
    std::optional<Node> node_{std::in_place, NodeState{}, clock_};
    std::optional<Rest> rest_{std::in_place, *node_, kMacaroon};
};

TEST_F(LndSandboxTest, MakesAnInvoiceOverTheGivenPreimage)
{
    const auto made = Make();
    EXPECT_EQ(Text(made.at("r_hash")), ToBase64(*FromHex(hash_)));
    const auto request = Text(made.at("payment_request"));
    EXPECT_TRUE(request.starts_with("lnbcrt210n1")) << request;
    EXPECT_EQ(ToHex(FieldOf(request, 'p')).substr(0, 64), hash_);
    EXPECT_EQ(FieldOf(request, 'd'), "for a test");
    EXPECT_EQ(Look().at("state"), "OPEN");
    EXPECT_EQ(Text(Look().at("payment_request")), request);
}

TEST_F(LndSandboxTest, RefusesTheSamePreimageWithLndsWords)
{
    Make();
    const auto again =
        Call("POST", "/v1/invoices", {{"r_preimage", ToBase64(preimage_)}, {"value_msat", "1"}});
    EXPECT_EQ(again.status, 500);
    EXPECT_EQ(json::parse(again.body).at("message"), "invoice with payment hash already exists");
}

TEST_F(LndSandboxTest, SettlesWhatIsPaidInFullAndTurnsBackTheRest)
{
    Make();
    EXPECT_EQ(Call("POST", "/sandbox/pay", {{"payment_hash", hash_}, {"amt_msat", 20'999}}).status,
              500);
    EXPECT_EQ(Look().at("state"), "OPEN");
    Post("/sandbox/pay", {{"payment_hash", hash_}, {"amt_msat", "21500"}});
    EXPECT_EQ(Look().at("state"), "SETTLED");
    EXPECT_EQ(Look().at("amt_paid_msat"), "21500");
    EXPECT_EQ(Call("POST", "/sandbox/pay", {{"payment_hash", hash_}}).status, 500);
}

TEST_F(LndSandboxTest, PaysAnInvoiceByItsText)
{
    const auto made = Make();
    const auto paid =
        Post("/v1/channels/transactions", {{"payment_request", made.at("payment_request")}});
    EXPECT_EQ(paid.at("payment_error"), "");
    EXPECT_EQ(Text(paid.at("payment_preimage")), ToBase64(preimage_));
    EXPECT_EQ(Look().at("state"), "SETTLED");
}

TEST_F(LndSandboxTest, APaymentCanBeHeldAndGivenBack)
{
    Make();
    Post("/sandbox/pay", {{"payment_hash", hash_}, {"hold", true}});
    EXPECT_EQ(Look().at("state"), "ACCEPTED");
    Post("/v2/invoices/cancel", {{"payment_hash", ToBase64(*FromHex(hash_))}});
    EXPECT_EQ(Look().at("state"), "CANCELED");
}

TEST_F(LndSandboxTest, CancelsWhatHasExpired)
{
    Make();
    Post("/sandbox/advance_time", {{"seconds", 599}});
    EXPECT_EQ(Look().at("state"), "OPEN");
    Post("/sandbox/advance_time", {{"seconds", 1}});
    EXPECT_EQ(Look().at("state"), "CANCELED");
    EXPECT_EQ(Call("POST", "/sandbox/pay", {{"payment_hash", hash_}}).status, 500);
}

TEST_F(LndSandboxTest, TellsNothingWithoutItsMacaroon)
{
    const auto none = Call("GET", "/v1/getinfo", {}, "");
    EXPECT_EQ(json::parse(none.body).at("message"), "expected 1 macaroon, got 0");
    const auto wrong = Call("GET", "/v1/getinfo", {}, "0202");
    EXPECT_EQ(wrong.status, 500);
    EXPECT_EQ(Call("GET", "/v1/getinfo").status, 200);
}

TEST_F(LndSandboxTest, FaultsEndAfterTheirTime)
{
    Post("/sandbox/fault", {{"fault", "down"}, {"times", 1}});
    EXPECT_TRUE(Call("GET", "/v1/getinfo").cut_off);
    EXPECT_FALSE(Call("GET", "/v1/getinfo").cut_off);
    Post("/sandbox/fault", {{"fault", "slow"}, {"times", 1}, {"milliseconds", 50}});
    const RestCall call{
        .method = "GET", .target = "/v1/getinfo", .macaroon = kMacaroon, .body = ""};
    EXPECT_EQ(rest_->TakeDelay(call), 50ms);
    EXPECT_EQ(rest_->TakeDelay(call), 0ms);
}

TEST_F(LndSandboxTest, ALostAnswerIsToAnInvoiceThatWasMade)
{
    Post("/sandbox/fault", {{"fault", "lost"}, {"times", 1}});
    EXPECT_TRUE(
        Call("POST", "/v1/invoices", {{"r_preimage", ToBase64(preimage_)}, {"value_msat", "1000"}})
            .cut_off);
    EXPECT_EQ(Look().at("state"), "OPEN");
}

TEST_F(LndSandboxTest, KeepsItsKeyAndInvoicesInItsFile)
{
    Make();
    const auto path =
        std::filesystem::temp_directory_path() / ("berth-lnd-" + ToHex(RandomBytes(8)) + ".json");
    ASSERT_TRUE(WriteNode(path.string(), node_->state()));
    auto read = ReadNode(path.string());
    std::filesystem::remove(path);
    ASSERT_TRUE(read) << read.error().message;
    const auto pubkey = node_->pubkey();
    node_.emplace(std::move(*read), clock_);
    rest_.emplace(*node_, kMacaroon);
    EXPECT_EQ(node_->pubkey(), pubkey);
    EXPECT_EQ(Look().at("state"), "OPEN");
}

}  // namespace
}  // namespace berth::rails::lnd_sandbox

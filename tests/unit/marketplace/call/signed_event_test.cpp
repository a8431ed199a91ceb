#include "marketplace/call/signed_event.hpp"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "berth/v1/order_service.pb.h"
#include "berth/v1/payment_service.pb.h"
#include "core/nostr/keys.hpp"

namespace berth::call {
namespace {

using namespace std::chrono_literals;

const std::string kMarketplace(64, 'a');
const Time kNow = FromUnixSeconds(1'790'000'000);

nostr::SecretKey Key() { return nostr::SecretKey::Parse(std::string(63, '0') + "7").value(); }

/// An order that is fine, to be spoiled.
nostr::Event AnOrder()
{
    nostr::Event event;
    event.kind = kOrderKind;
    event.created_at = ToUnixSeconds(kNow);
    event.tags = {{"p", kMarketplace},
                  {"v", "1"},
                  {"expiration", std::to_string(ToUnixSeconds(kNow + 5min))}};
    event.content = R"({"plan":"plans/small","relayName":"mine"})";
    return event;
}

void SetTag(nostr::Event& event, const std::string& name, const std::string& value)
{
    for (auto& tag : event.tags) {
        if (tag[0] == name) tag[1] = value;
    }
}

std::string ReasonOf(const nostr::Event& event, Time now = kNow)
{
    v1::OrderTerms terms;
    const auto read = ReadTerms(event, kMarketplace, now, terms);
    return read ? "" : read.error().reason;
}

std::string ReasonOfContent(const std::string& content)
{
    auto event = AnOrder();
    event.content = content;
    return ReasonOf(event);
}

TEST(ReadTermsTest, ReadsPlainTextAsTheGeneralReaderOfProtobufJsonDoes)
{
    for (const std::string content :
         {R"({"plan":"plans/small","relayName":"mine"})", R"({"relay_name":"a","payFrom":""})",
          R"({"relayName":"\u00e9\ud83d\ude00 \" \\ \n","plan":null})", R"({})",
          R"({"customHostname":"\u0000"})"}) {
        auto event = AnOrder();
        event.content = content;
        v1::OrderTerms read;
        ASSERT_TRUE(ReadTerms(event, kMarketplace, kNow, read)) << content;
        v1::OrderTerms expected;
        ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(content, &expected).ok());
        EXPECT_EQ(read.SerializeAsString(), expected.SerializeAsString()) << content;
    }
}

TEST(ReadSignedEventTest, TakesASignedEventOfItsKind)
{
    auto event = AnOrder();
    nostr::SignEvent(event, Key());
    const auto read = ReadSignedEvent(nostr::ToJson(event), kOrderKind);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, event);
}

TEST(ReadSignedEventTest, RefusesAnotherKind)
{
    auto event = AnOrder();
    nostr::SignEvent(event, Key());
    EXPECT_EQ(ReadSignedEvent(nostr::ToJson(event), kCancelKind).error().reason, "WRONG_KIND");
}

TEST(ReadSignedEventTest, RefusesWhatWasChangedAfterSigning)
{
    auto event = AnOrder();
    nostr::SignEvent(event, Key());
    auto other_content = event;
    other_content.content = "{}";
    EXPECT_EQ(ReadSignedEvent(nostr::ToJson(other_content), kOrderKind).error().reason,
              "BAD_EVENT_ID");
    auto other_signature = event;
    other_signature.sig[10] = event.sig[10] == '0' ? '1' : '0';
    const auto refused = ReadSignedEvent(nostr::ToJson(other_signature), kOrderKind);
    EXPECT_EQ(refused.error().reason, "BAD_SIGNATURE");
    EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated);
}

TEST(ReadSignedEventTest, RefusesWhatIsNoEvent)
{
    EXPECT_EQ(ReadSignedEvent("", kOrderKind).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(ReadSignedEvent("[]", kOrderKind).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(ReadSignedEvent(std::string(100'000, ' '), kOrderKind).error().reason, "TOO_LARGE");
    EXPECT_EQ(ReadSignedEvent(std::string(1000, '['), kOrderKind).error().reason, "TOO_DEEP");
}

TEST(ReadTermsTest, ReadsTheTermsUnderBothSpellings)
{
    auto event = AnOrder();
    v1::OrderTerms terms;
    ASSERT_TRUE(ReadTerms(event, kMarketplace, kNow, terms).has_value());
    EXPECT_EQ(terms.plan(), "plans/small");
    EXPECT_EQ(terms.relay_name(), "mine");
    event.content = R"({"plan":"plans/small","relay_name":"mine"})";
    terms.Clear();
    ASSERT_TRUE(ReadTerms(event, kMarketplace, kNow, terms).has_value());
    EXPECT_EQ(terms.relay_name(), "mine");
}

TEST(ReadTermsTest, RefusesAnotherMarketplace)
{
    auto event = AnOrder();
    SetTag(event, "p", std::string(64, 'b'));
    EXPECT_EQ(ReasonOf(event), "WRONG_MARKETPLACE");
    event.tags.erase(event.tags.begin());
    EXPECT_EQ(ReasonOf(event), "WRONG_MARKETPLACE");
}

TEST(ReadTermsTest, RefusesAnEventForTwoMarketplaces)
{
    auto event = AnOrder();
    event.tags.push_back({"p", std::string(64, 'b')});
    EXPECT_EQ(ReasonOf(event), "WRONG_MARKETPLACE");
}

TEST(ReadTermsTest, RefusesAnotherVersion)
{
    for (const auto* version : {"2", "", "1.0", "01"}) {
        auto event = AnOrder();
        SetTag(event, "v", version);
        EXPECT_EQ(ReasonOf(event), "UNKNOWN_VERSION") << version;
    }
}

TEST(ReadTermsTest, RefusesAnExpiredEvent)
{
    EXPECT_EQ(ReasonOf(AnOrder(), kNow + 4min), "");
    EXPECT_EQ(ReasonOf(AnOrder(), kNow + 5min), "EVENT_EXPIRED");
    for (const auto* expiration : {"", "-1", "1e12", " 1790000300", "99999999999999999999"}) {
        auto event = AnOrder();
        SetTag(event, "expiration", expiration);
        EXPECT_EQ(ReasonOf(event), "EVENT_EXPIRED") << expiration;
    }
}

TEST(ReadTermsTest, RefusesAClockThatIsOff)
{
    auto event = AnOrder();
    SetTag(event, "expiration", std::to_string(ToUnixSeconds(kNow + 24h)));
    EXPECT_EQ(ReasonOf(event, kNow + 10min), "");
    EXPECT_EQ(ReasonOf(event, kNow - 10min), "");
    EXPECT_EQ(ReasonOf(event, kNow + 10min + 1s), "CLOCK_OFF");
    EXPECT_EQ(ReasonOf(event, kNow - 10min - 1s), "CLOCK_OFF");
}

TEST(ReadTermsTest, RefusesUnknownFields)
{
    EXPECT_EQ(ReasonOfContent(R"({"plan":"plans/small","discount":"100"})"), "BAD_TERMS");
}

TEST(ReadTermsTest, RefusesAFieldThatIsSaidTwice)
{
    EXPECT_EQ(ReasonOfContent(R"({"plan":"plans/a","plan":"plans/b"})"), "BAD_TERMS");
    EXPECT_EQ(ReasonOfContent(R"({"plan":"plans/a","relayName":"a","relay_name":"b"})"),
              "BAD_TERMS");
}

TEST(ReadTermsTest, RefusesContentThatIsNoTerms)
{
    for (const auto* content : {"", "[]", "null", "\"plans/small\"", R"({"plan":7})",
                                R"({"plan":"a"} {})", R"({"plan":1.5})"}) {
        EXPECT_EQ(ReasonOfContent(content), "BAD_TERMS") << content;
    }
}

/// A claim with an envelope that agrees.
nostr::Event AClaim()
{
    auto event = AnOrder();
    event.kind = kClaimKind;
    event.content = R"({"rail":"xrp","channelId":"AB","cumulative":"1000","signature":"cd"})";
    event.tags.push_back({"payment", "ilp", "AB", "1000", "1", "cd", "XRP"});
    return event;
}

TEST(ReadTermsTest, TakesAPaymentTagThatAgrees)
{
    v1::ClaimTerms terms;
    EXPECT_TRUE(ReadTerms(AClaim(), kMarketplace, kNow, terms).has_value());
    EXPECT_EQ(terms.cumulative(), "1000");
}

TEST(ReadTermsTest, RefusesAPaymentTagThatSaysSomethingElse)
{
    constexpr std::size_t kTold[] = {1, 2, 3, 5, 6};
    for (const auto item : kTold) {
        auto event = AClaim();
        event.tags.back()[item] = "999";
        v1::ClaimTerms terms;
        const auto read = ReadTerms(event, kMarketplace, kNow, terms);
        ASSERT_TRUE(read.has_error()) << item;
        EXPECT_EQ(read.error().reason, "BAD_TERMS");
    }
}

TEST(ReadTermsTest, RefusesAPaymentTagOnTermsThatPayNothing)
{
    auto event = AnOrder();
    event.tags.push_back({"payment", "ilp", "AB", "1000", "1", "cd", "XRP"});
    EXPECT_EQ(ReasonOf(event), "BAD_TERMS");
}

}  // namespace
}  // namespace berth::call

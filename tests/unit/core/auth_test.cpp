#include <gtest/gtest.h>

#include "core/nostr/http_auth.hpp"
#include "core/nostr/relay_auth.hpp"
#include "core/nostr/seen_events.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace berth::nostr {
namespace {

using namespace std::chrono_literals;

class HttpAuthTest : public testing::Test {
protected:
    std::string Reason(const HttpRequestToAuthorize& request, Time now)
    {
        const auto event = VerifyHttpAuth(MakeHttpAuth(request_, key_, clock_.Now()), request, now);
        return event ? "" : event.error().reason;
    }

    const FakeClock clock_;
    const SecretKey key_ = SecretKey::Generate();
    const HttpRequestToAuthorize request_{.url = "grpc://localhost/berth.v1.OrderService/GetOrder",
                                          .method = "POST",
                                          .body = "bytes"};
};

TEST_F(HttpAuthTest, AdmitsExactlyTheRequestThatWasSigned)
{
    EXPECT_EQ(Reason(request_, clock_.Now()), "");
    auto other = request_;
    other.url += "s";
    EXPECT_EQ(Reason(other, clock_.Now()), "AUTH_WRONG_URL");
    other = request_;
    other.method = "GET";
    EXPECT_EQ(Reason(other, clock_.Now()), "AUTH_WRONG_METHOD");
    other = request_;
    other.body = "byte";
    EXPECT_EQ(Reason(other, clock_.Now()), "AUTH_WRONG_PAYLOAD");
    other.body = "";
    EXPECT_EQ(Reason(other, clock_.Now()), "AUTH_WRONG_PAYLOAD");
}

TEST_F(HttpAuthTest, LastsAMinuteEitherWay)
{
    EXPECT_EQ(Reason(request_, clock_.Now() + 60s), "");
    EXPECT_EQ(Reason(request_, clock_.Now() + 61s), "AUTH_EXPIRED");
    EXPECT_EQ(Reason(request_, clock_.Now() - 60s), "");
    EXPECT_EQ(Reason(request_, clock_.Now() - 61s), "AUTH_EXPIRED");
}

TEST_F(HttpAuthTest, RefusesHeadersThatAreNone)
{
    for (const auto* header : {"", "Nostr", "Nostr ", "Nostr %%%", "Bearer e30=", "Nostr e30="}) {
        const auto event = VerifyHttpAuth(header, request_, clock_.Now());
        ASSERT_TRUE(event.has_error()) << header;
        EXPECT_EQ(event.error().reason, "AUTH_MALFORMED") << header;
    }
}

TEST(RelayAuthTest, AnswersOneChallengeOfOneRelay)
{
    const FakeClock clock;
    const auto key = SecretKey::Generate();
    const auto event = MakeRelayAuth("wss://Relay.example", "c0ffee", key, clock.Now());
    const auto reason = [&](std::string_view url, std::string_view challenge, Time now) {
        const auto verdict = VerifyRelayAuth(event, url, challenge, now);
        return verdict ? "" : verdict.error().reason;
    };
    EXPECT_EQ(reason("wss://relay.example/", "c0ffee", clock.Now()), "");
    EXPECT_EQ(reason("wss://other.example/", "c0ffee", clock.Now()), "AUTH_WRONG_RELAY");
    EXPECT_EQ(reason("wss://relay.example/", "other", clock.Now()), "AUTH_WRONG_CHALLENGE");
    EXPECT_EQ(reason("wss://relay.example/", "c0ffee", clock.Now() + 601s), "AUTH_EXPIRED");
}

TEST(SeenEventsTest, AdmitsAnIdOnceWhileItsWindowLasts)
{
    SeenEvents seen{120s, 2};
    FakeClock clock;
    EXPECT_TRUE(seen.Admit("a", clock.Now()).has_value());
    EXPECT_EQ(seen.Admit("a", clock.Now()).error().reason, "AUTH_REPLAYED");
    EXPECT_TRUE(seen.Admit("b", clock.Now()).has_value());
    EXPECT_EQ(seen.Admit("c", clock.Now()).error().reason, "TOO_MANY_AUTHORISATIONS");
    clock.Advance(121s);
    EXPECT_TRUE(seen.Admit("c", clock.Now()).has_value());
}

}  // namespace
}  // namespace berth::nostr

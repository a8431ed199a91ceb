#include "tests/fuzz/credential_targets.hpp"

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/http_auth.hpp"
#include "relay-image/http/basic_credentials.hpp"
#include "relay-image/payment/payment_tag.hpp"
#include "tests/fuzz/take_line.hpp"

namespace berth::relay::fuzz {
namespace {

/// What the header of the corpus was signed for.
constexpr std::string_view kBody = R"({"method":"supportedmethods","params":[]})";
constexpr auto kNow = FromUnixSeconds(1'800'000'000);

}  // namespace

void ReadBasic(std::string_view bytes)
{
    const auto password = BasicPassword(bytes);
    if (!password) return;
    // What a browser would send for it is read the same.
    BERTH_ASSERT(BasicPassword("Basic " + ToBase64(":" + *password)) == password);
}

void ReadHttpAuth(std::string_view bytes)
{
    const auto event = nostr::VerifyHttpAuth(
        bytes, {.url = "https://relay.example/", .method = "POST", .body = kBody}, kNow);
    if (!event) {
        BERTH_ASSERT(event.error().code == ErrorCode::kUnauthenticated);
        return;
    }
    BERTH_ASSERT(event->kind == 27235 && nostr::VerifyEvent(*event));
    BERTH_ASSERT(event->TagValue("payload") == ToHex(Sha256(kBody)));
}

void ReadPayment(std::string_view bytes)
{
    nostr::Event event;
    while (!bytes.empty()) {
        auto line = TakeLine(bytes);
        auto& tag = event.tags.emplace_back();
        while (!line.empty()) tag.emplace_back(TakeLine(line, '\t'));
    }
    const auto claim = ReadPaymentTag(event);
    if (!claim) {
        BERTH_ASSERT(claim.error().reason == "BAD_PAYMENT_TAG");
        return;
    }
    if (!*claim) return;
    const auto& [channel, cumulative, nonce, signature, currency] = **claim;
    BERTH_ASSERT(!channel.empty() && FromHex(signature) && cumulative > money::Amount{});
    event.tags = {{"payment", "ilp", channel, cumulative.ToString(), std::to_string(nonce),
                   signature, currency}};
    const auto again = ReadPaymentTag(event);
    BERTH_ASSERT(again && *again == *claim);  // A claim has one form.
}

}  // namespace berth::relay::fuzz

#include "relay-image/payment/payment_tag.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kItems = 7;
constexpr std::size_t kChannelIdMax = 128;
constexpr std::size_t kSignatureMax = 512;
constexpr std::array<std::string_view, 4> kCurrencies{"XRP", "BTC", "BASE", "AKT"};

Error Bad(std::string what)
{
    return Fail(ErrorCode::kInvalid, "BAD_PAYMENT_TAG", "the payment tag " + std::move(what));
}

bool IsClaim(const nostr::Tag& tag)
{
    return tag.size() > 1 && tag[0] == "payment" && tag[1] == "ilp";
}

bool IsChannelId(std::string_view text)
{
    return !text.empty() && text.size() <= kChannelIdMax && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-' || c == ':' || c == '.';
    });
}

/// A channel has one name: the XRP Ledger writes its ids in upper case.
std::string ChannelName(std::string id, std::string_view currency)
{
    if (currency != "XRP") return id;
    for (auto& c : id) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return id;
}

std::optional<std::uint64_t> ReadNumber(const std::string& text)
{
    std::uint64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (!IsPlainDecimal(text) || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return number;
}

}  // namespace

Result<std::optional<PaymentTag>> ReadPaymentTag(const nostr::Event& event)
{
    const auto found = std::ranges::find_if(event.tags, IsClaim);
    if (found == event.tags.end()) return std::optional<PaymentTag>{};
    const auto& tag = *found;
    if (std::any_of(found + 1, event.tags.end(), IsClaim)) return Bad("is there twice");
    if (tag.size() != kItems) return Bad("has not seven items");
    if (!IsChannelId(tag[2])) return Bad("has no channel id");
    const auto amount = ReadNumber(tag[3]);
    if (!amount || *amount == 0) return Bad("has no amount");
    const auto nonce = ReadNumber(tag[4]);
    if (!nonce) return Bad("has no nonce");
    if (tag[5].size() > kSignatureMax || !FromHex(tag[5])) return Bad("has no signature in hex");
    if (std::ranges::find(kCurrencies, tag[6]) == kCurrencies.end()) {
        return Bad("names no known currency");
    }
    return std::optional{PaymentTag{.channel_id = ChannelName(tag[2], tag[6]),
                                    .cumulative = money::Amount::FromUnsigned(*amount),
                                    .nonce = *nonce,
                                    .signature = tag[5],
                                    .currency = tag[6]}};
}

}  // namespace berth::relay

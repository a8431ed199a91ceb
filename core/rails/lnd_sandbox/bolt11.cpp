#include "core/rails/lnd_sandbox/bolt11.hpp"

#include <array>
#include <memory>
#include <vector>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/bech32.hpp"

namespace berth::rails::lnd_sandbox {
namespace {

using Values = std::vector<std::uint8_t>;

// Letters of the fields, as five bits.
constexpr std::uint8_t kPaymentHash = 1;     // p
constexpr std::uint8_t kPaymentSecret = 16;  // s
constexpr std::uint8_t kDescription = 13;    // d
constexpr std::uint8_t kExpiry = 6;          // x
constexpr std::uint8_t kFinalDelta = 24;     // c
constexpr std::uint8_t kFeatures = 5;        // 9
constexpr std::uint8_t kFinalBlocks = 18;
/// Bits 8 and 14 (required): the onion's variable form and the payment secret; their optional
/// twins 9 and 15 beside them.
const Values kFeatureBits{1, 16, 24, 0};

struct FreeContext {
    void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};

const secp256k1_context* Context()
{
    static const std::unique_ptr<secp256k1_context, FreeContext> context{
        secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
    return context.get();
}

const unsigned char* Raw(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

Values NumberInFiveBits(std::int64_t number, std::size_t size)
{
    Values values(size);
    for (auto value = values.rbegin(); value != values.rend(); ++value, number >>= 5) {
        *value = static_cast<std::uint8_t>(number & 31);
    }
    return values;
}

std::size_t SizeOf(std::int64_t number)
{
    std::size_t size = 1;
    while (number >>= 5) ++size;
    return size;
}

void AddField(Values& values, std::uint8_t letter, const Values& content)
{
    values.push_back(letter);
    const auto size = NumberInFiveBits(static_cast<std::int64_t>(content.size()), 2);
    values.insert(values.end(), size.begin(), size.end());
    values.insert(values.end(), content.begin(), content.end());
}

/// The amount in the largest unit that it is whole in: milli, micro, nano or pico bitcoin.
std::string AmountText(money::Amount amount)
{
    const auto msats = amount.ToInt64().value();
    struct Unit {
        std::int64_t msats;
        char letter;
    };
    constexpr std::array<Unit, 3> kUnits{{{100'000'000, 'm'}, {100'000, 'u'}, {100, 'n'}}};
    for (const auto& [unit, letter] : kUnits) {
        if (msats % unit == 0) return std::to_string(msats / unit) + letter;
    }
    return std::to_string(msats * 10) + "p";
}

/// Signature and recovery id over prefix and data, filled up to whole bytes.
std::string Sign(const std::string& prefix, const Values& values, const Secret& node_key)
{
    auto padded = values;
    while (padded.size() * 5 / 8 * 8 < values.size() * 5) padded.push_back(0);
    const auto hash = Sha256(prefix + nostr::FromFiveBits(padded));
    secp256k1_ecdsa_recoverable_signature signature;
    BERTH_ASSERT(secp256k1_ecdsa_sign_recoverable(Context(), &signature, hash.data(),
                                                  Raw(node_key.Expose()), nullptr, nullptr));
    std::string bytes(65, '\0');
    int recovery = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(
        Context(), reinterpret_cast<unsigned char*>(bytes.data()), &recovery, &signature);
    bytes.back() = static_cast<char>(recovery);
    return bytes;
}

}  // namespace

std::string EncodeBolt11(const PaymentRequest& request, const Secret& node_key)
{
    const auto prefix = "ln" + request.network + AmountText(request.amount);
    auto values = NumberInFiveBits(request.timestamp, 7);
    AddField(values, kPaymentHash, nostr::ToFiveBits(request.payment_hash));
    AddField(values, kPaymentSecret, nostr::ToFiveBits(request.payment_secret));
    AddField(values, kDescription, nostr::ToFiveBits(request.description));
    const auto expiry = request.expiry.count();
    AddField(values, kExpiry, NumberInFiveBits(expiry, SizeOf(expiry)));
    AddField(values, kFinalDelta, {kFinalBlocks});
    AddField(values, kFeatures, kFeatureBits);
    const auto signature = nostr::ToFiveBits(Sign(prefix, values, node_key));
    values.insert(values.end(), signature.begin(), signature.end());
    return nostr::EncodeBech32(prefix, values);
}

std::string NodePubkey(const Secret& node_key)
{
    secp256k1_pubkey key;
    if (node_key.Expose().size() != 32 ||
        !secp256k1_ec_pubkey_create(Context(), &key, Raw(node_key.Expose()))) {
        return "";
    }
    std::string bytes(33, '\0');
    auto size = bytes.size();
    secp256k1_ec_pubkey_serialize(Context(), reinterpret_cast<unsigned char*>(bytes.data()), &size,
                                  &key, SECP256K1_EC_COMPRESSED);
    return ToHex(bytes);
}

}  // namespace berth::rails::lnd_sandbox

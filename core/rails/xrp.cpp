#include "core/rails/xrp.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/evp.h>
#include <secp256k1.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/xrp_base58.hpp"

namespace berth::rails {
namespace {

using Byte = unsigned char;

constexpr std::int64_t kDropsMax = 100'000'000'000'000'000;  // All XRP there is.

const Byte* Raw(std::string_view bytes) { return reinterpret_cast<const Byte*>(bytes.data()); }

Byte At(std::string_view bytes, std::size_t index) { return static_cast<Byte>(bytes[index]); }

std::string BigEndian(std::uint64_t value, int width)
{
    std::string bytes;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
        bytes += static_cast<char>(value >> shift & 255);
    }
    return bytes;
}

/// Length of a positive DER integer of minimal length at `at`, header included; 0 if it is none.
std::size_t MinimalInteger(std::string_view der, std::size_t at)
{
    if (at + 2 >= der.size() || At(der, at) != 0x02) return 0;
    const std::size_t length = At(der, at + 1);
    if (length < 1 || length > 33 || at + 2 + length > der.size()) return 0;
    const auto first = At(der, at + 2);
    if (first & 0x80) return 0;
    if (first == 0 && (length == 1 || !(At(der, at + 3) & 0x80))) return 0;
    return 2 + length;
}

/// The one encoding that the ledger takes: SEQUENCE of two minimal positive integers, nothing more.
bool IsMinimalDer(std::string_view der)
{
    if (der.size() < 8 || der.size() > 72 || At(der, 0) != 0x30 || At(der, 1) != der.size() - 2) {
        return false;
    }
    const auto r = MinimalInteger(der, 2);
    if (r == 0) return false;
    const auto s = MinimalInteger(der, 2 + r);
    return s != 0 && 2 + r + s == der.size();
}

Error BadEncoding()
{
    return Fail(ErrorCode::kInvalid, "BAD_SIGNATURE_ENCODING",
                "The signature is not in the one form that the ledger takes.");
}

Error BadKey()
{
    return Fail(ErrorCode::kInvalid, "BAD_PUBLIC_KEY",
                "The public key is not 33 bytes with prefix 02, 03 or ED on its curve.");
}

Error BadSignature()
{
    return Fail(ErrorCode::kUnauthenticated, "BAD_CLAIM_SIGNATURE",
                "The signature does not belong to this channel, amount and key.");
}

Result<void> VerifySecp256k1(std::string_view message, std::string_view signature,
                             std::string_view key_bytes)
{
    const auto* context = secp256k1_context_static;
    secp256k1_pubkey key;
    if (!secp256k1_ec_pubkey_parse(context, &key, Raw(key_bytes), key_bytes.size()))
        return BadKey();
    secp256k1_ecdsa_signature parsed;
    if (!IsMinimalDer(signature) ||
        !secp256k1_ecdsa_signature_parse_der(context, &parsed, Raw(signature), signature.size()) ||
        secp256k1_ecdsa_signature_normalize(context, nullptr, &parsed)) {
        return BadEncoding();
    }
    if (!secp256k1_ecdsa_verify(context, &parsed, Sha512Half(message).data(), &key)) {
        return BadSignature();
    }
    return {};
}

/// True if the second half of an ed25519 signature is below the group's order.
bool HasCanonicalS(std::string_view signature)
{
    constexpr std::array<Byte, 32> kOrder{0x10, 0,    0,    0,    0,    0,    0,    0,
                                          0,    0,    0,    0,    0,    0,    0,    0,
                                          0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6,
                                          0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed};
    std::array<Byte, 32> s{};
    std::reverse_copy(Raw(signature) + 32, Raw(signature) + 64, s.begin());
    return s < kOrder;
}

Result<void> VerifyEd25519(std::string_view message, std::string_view signature,
                           std::string_view key_bytes)
{
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Raw(key_bytes) + 1, 32),
        &EVP_PKEY_free};
    if (!key) return BadKey();
    if (signature.size() != 64 || !HasCanonicalS(signature)) return BadEncoding();
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free};
    BERTH_ASSERT(context &&
                 EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    if (EVP_DigestVerify(context.get(), Raw(signature), signature.size(), Raw(message),
                         message.size()) != 1) {
        return BadSignature();
    }
    return {};
}

}  // namespace

Result<std::string> XrpClaimMessage(std::string_view channel_id_hex, money::Amount drops)
{
    const auto channel = FromHex(channel_id_hex);
    if (!channel || channel->size() != 32) {
        return Fail(ErrorCode::kInvalid, "BAD_CHANNEL_ID", "A channel id is 64 hex digits.");
    }
    if (drops <= money::Amount{} || drops > money::Amount{kDropsMax}) {
        return Fail(ErrorCode::kInvalid, "BAD_AMOUNT", "A claim is for 1 to 10^17 drops.");
    }
    return std::string{"CLM\0", 4} + *channel +
           BigEndian(static_cast<std::uint64_t>(drops.magnitude()), 8);
}

Result<void> VerifyXrpSignature(std::string_view message, std::string_view signature_hex,
                                std::string_view public_key_hex)
{
    const auto key = FromHex(public_key_hex);
    if (!key || key->size() != 33) return BadKey();
    const auto signature = FromHex(signature_hex);
    if (!signature) return BadEncoding();
    switch (At(*key, 0)) {
        case 0x02:
        case 0x03: return VerifySecp256k1(message, *signature, *key);
        case 0xED: return VerifyEd25519(message, *signature, *key);
        default: return BadKey();
    }
}

Result<void> XrpClaimVerifier::Verify(const Claim& claim, std::string_view public_key_hex) const
{
    const auto message = XrpClaimMessage(claim.channel_id, claim.cumulative);
    if (!message) return message.error();
    return VerifyXrpSignature(*message, claim.signature_hex, public_key_hex);
}

std::string ToXrpAddress(std::string_view account_id)
{
    BERTH_ASSERT(account_id.size() == 20);
    return ToXrpBase58(std::string(1, '\0').append(account_id));
}

std::optional<std::string> FromXrpAddress(std::string_view address)
{
    const auto payload = FromXrpBase58(address, 21);
    if (!payload || At(*payload, 0) != 0) return std::nullopt;
    return payload->substr(1);
}

std::string XrpAccountId(std::string_view public_key)
{
    const auto digest = Sha256(public_key);
    std::array<Byte, 20> id{};
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> ripemd{
        EVP_MD_fetch(nullptr, "RIPEMD160", nullptr), &EVP_MD_free};
    BERTH_ASSERT(ripemd && EVP_Digest(digest.data(), digest.size(), id.data(), nullptr,
                                      ripemd.get(), nullptr) == 1);
    return {id.begin(), id.end()};
}

std::string XrpChannelId(std::string_view source, std::string_view destination,
                         std::uint32_t sequence)
{
    BERTH_ASSERT(source.size() == 20 && destination.size() == 20);
    const auto digest = Sha512Half(BigEndian(0x78, 2) + std::string{source} +
                                   std::string{destination} + BigEndian(sequence, 4));
    auto id = ToHex(digest);
    for (auto& c : id) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    return id;
}

bool IsXrpAddress(std::string_view text) { return FromXrpAddress(text).has_value(); }

}  // namespace berth::rails

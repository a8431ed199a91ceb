#include "core/nostr/keys.hpp"

#include <array>
#include <optional>
#include <vector>

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::nostr {
namespace {

const secp256k1_context* Context()
{
    static const secp256k1_context* context = [] {
        auto* made = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
        const auto seed = RandomBytes(32);
        BERTH_ASSERT(
            secp256k1_context_randomize(made, reinterpret_cast<const unsigned char*>(seed.data())));
        return made;
    }();
    return context;
}

const unsigned char* Raw(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool MakeKeypair(const std::string& bytes, secp256k1_keypair& keypair)
{
    return bytes.size() == 32 && secp256k1_keypair_create(Context(), &keypair, Raw(bytes)) == 1;
}

std::string PubkeyOf(const secp256k1_keypair& keypair)
{
    secp256k1_xonly_pubkey key;
    BERTH_ASSERT(secp256k1_keypair_xonly_pub(Context(), &key, nullptr, &keypair));
    Bytes32 bytes;
    secp256k1_xonly_pubkey_serialize(Context(), bytes.data(), &key);
    return ToHex(bytes);
}

// Bech32 (BIP-173), as NIP-19 uses it.
constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

std::uint32_t Polymod(const std::vector<std::uint8_t>& values)
{
    constexpr std::array<std::uint32_t, 5> kGenerator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                      0x3d4233dd, 0x2a1462b3};
    std::uint32_t checksum = 1;
    for (const auto value : values) {
        const auto top = checksum >> 25;
        checksum = (checksum & 0x1ffffff) << 5 ^ value;
        for (std::size_t i = 0; i < kGenerator.size(); ++i) {
            if (top >> i & 1) checksum ^= kGenerator[i];
        }
    }
    return checksum;
}

std::vector<std::uint8_t> ExpandPrefix(std::string_view prefix)
{
    std::vector<std::uint8_t> values;
    for (const char c : prefix) values.push_back(static_cast<std::uint8_t>(c >> 5));
    values.push_back(0);
    for (const char c : prefix) values.push_back(static_cast<std::uint8_t>(c & 31));
    return values;
}

/// The 32 bytes behind `prefix1...`, or nothing.
std::optional<std::string> FromBech32(std::string_view prefix, std::string_view text)
{
    const auto body = prefix.size() + 1;
    if (text.size() != body + 52 + 6 || !text.starts_with(prefix) || text[prefix.size()] != '1') {
        return std::nullopt;
    }
    auto values = ExpandPrefix(prefix);
    const auto data_start = values.size();
    for (const char c : text.substr(body)) {
        const auto value = kBech32.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        values.push_back(static_cast<std::uint8_t>(value));
    }
    if (Polymod(values) != 1) return std::nullopt;
    std::string bytes;
    unsigned buffer = 0;
    int bits = 0;
    for (std::size_t i = data_start; i < values.size() - 6; ++i) {
        buffer = buffer << 5 | values[i];
        bits += 5;
        if (bits >= 8) bytes += static_cast<char>(buffer >> (bits -= 8) & 255);
    }
    return bytes;
}

}  // namespace

SecretKey::SecretKey(Secret bytes, std::string pubkey)
    : bytes_{std::move(bytes)}, pubkey_{std::move(pubkey)}
{
}

SecretKey SecretKey::Generate()
{
    secp256k1_keypair keypair;
    auto bytes = RandomBytes(32);
    while (!MakeKeypair(bytes, keypair)) bytes = RandomBytes(32);
    return SecretKey{Secret{std::move(bytes)}, PubkeyOf(keypair)};
}

Result<SecretKey> SecretKey::Parse(std::string_view text)
{
    auto bytes = text.starts_with("nsec1") ? FromBech32("nsec", text) : FromHex(text);
    secp256k1_keypair keypair;
    if (!bytes || !MakeKeypair(*bytes, keypair)) {
        return Fail(ErrorCode::kInvalid, "BAD_SECRET_KEY",
                    "A secret key is 64 hex digits or nsec1..., and not zero.");
    }
    return SecretKey{Secret{std::move(*bytes)}, PubkeyOf(keypair)};
}

std::string SecretKey::Sign(const Bytes32& message) const
{
    secp256k1_keypair keypair;
    BERTH_ASSERT(MakeKeypair(bytes_.Expose(), keypair));
    const auto randomness = RandomBytes(32);
    std::array<unsigned char, 64> signature;
    BERTH_ASSERT(secp256k1_schnorrsig_sign32(Context(), signature.data(), message.data(), &keypair,
                                             Raw(randomness)));
    return {signature.begin(), signature.end()};
}

bool VerifySchnorr(std::string_view pubkey_hex, std::string_view message,
                   std::string_view signature)
{
    const auto key_bytes = FromHex(pubkey_hex);
    secp256k1_xonly_pubkey key;
    return key_bytes && key_bytes->size() == 32 && signature.size() == 64 &&
           secp256k1_xonly_pubkey_parse(Context(), &key, Raw(*key_bytes)) &&
           secp256k1_schnorrsig_verify(Context(), Raw(signature), Raw(message), message.size(),
                                       &key);
}

bool VerifySchnorr(std::string_view pubkey_hex, const Bytes32& message, std::string_view signature)
{
    return VerifySchnorr(
        pubkey_hex, std::string_view{reinterpret_cast<const char*>(message.data()), message.size()},
        signature);
}

std::string ToBech32(std::string_view prefix, const Bytes32& bytes)
{
    std::vector<std::uint8_t> data;
    unsigned buffer = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        buffer = buffer << 8 | byte;
        for (bits += 8; bits >= 5; bits -= 5) data.push_back(buffer >> (bits - 5) & 31);
    }
    if (bits > 0) data.push_back(buffer << (5 - bits) & 31);

    auto values = ExpandPrefix(prefix);
    values.insert(values.end(), data.begin(), data.end());
    values.insert(values.end(), 6, 0);
    const auto checksum = Polymod(values) ^ 1;
    std::string text = std::string{prefix} + "1";
    for (const auto value : data) text += kBech32[value];
    for (int i = 5; i >= 0; --i) text += kBech32[checksum >> (5 * i) & 31];
    return text;
}

Result<std::string> ParsePubkey(std::string_view text)
{
    const auto bytes = text.starts_with("npub1") ? FromBech32("npub", text) : FromHex(text);
    secp256k1_xonly_pubkey key;
    if (!bytes || bytes->size() != 32 ||
        !secp256k1_xonly_pubkey_parse(Context(), &key, Raw(*bytes))) {
        return Fail(ErrorCode::kInvalid, "BAD_PUBLIC_KEY",
                    "A public key is 64 hex digits or npub1..., and a point of the curve.");
    }
    return ToHex(*bytes);
}

}  // namespace berth::nostr

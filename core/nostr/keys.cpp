#include "core/nostr/keys.hpp"

#include <array>
#include <optional>

#include <secp256k1.h>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>

#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"
#include "core/nostr/bech32.hpp"

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

/// The 32 bytes behind `prefix1...` (NIP-19), or nothing.
std::optional<std::string> FromBech32(std::string_view prefix, std::string_view text)
{
    const auto values = DecodeBech32(prefix, text);
    if (!values || values->size() != 52) return std::nullopt;
    return FromFiveBits(*values);
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
    return EncodeBech32(prefix,
                        ToFiveBits({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
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

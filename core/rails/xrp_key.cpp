#include "core/rails/xrp_key.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/evp.h>
#include <secp256k1.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/xrp.hpp"
#include "core/rails/xrp_base58.hpp"

namespace berth::rails {
namespace {

using Byte = unsigned char;

const std::string kEd25519Prefix{"\x01\xe1\x4b", 3};
const std::string kSecp256k1Prefix{"\x21", 1};
constexpr std::size_t kSeedBytes = 16;

struct DestroyContext {
    void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};
using Context = std::unique_ptr<secp256k1_context, DestroyContext>;
using EvpKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

const Byte* Raw(std::string_view bytes) { return reinterpret_cast<const Byte*>(bytes.data()); }
Byte* Raw(std::string& bytes) { return reinterpret_cast<Byte*>(bytes.data()); }

std::string Text(const Bytes32& bytes) { return {bytes.begin(), bytes.end()}; }

/// A context of its own for each use of a secret, blinded against side channels.
Context SigningContext()
{
    Context context{secp256k1_context_create(SECP256K1_CONTEXT_NONE)};
    BERTH_ASSERT(secp256k1_context_randomize(context.get(), Raw(RandomBytes(32))));
    return context;
}

std::string UpperHex(std::string_view bytes)
{
    auto hex = ToHex(bytes);
    std::ranges::transform(hex, hex.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return hex;
}

bool IsSecp256k1Secret(const std::string& bytes)
{
    return secp256k1_ec_seckey_verify(secp256k1_context_static, Raw(bytes)) == 1;
}

std::string Secp256k1Public(const std::string& secret)
{
    const auto context = SigningContext();
    secp256k1_pubkey key;
    BERTH_ASSERT(secp256k1_ec_pubkey_create(context.get(), &key, Raw(secret)));
    std::string bytes(33, '\0');
    std::size_t length = bytes.size();
    secp256k1_ec_pubkey_serialize(context.get(), Raw(bytes), &length, &key,
                                  SECP256K1_EC_COMPRESSED);
    return bytes;
}

EvpKey Ed25519Key(const std::string& secret)
{
    return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Raw(secret), secret.size()),
            EVP_PKEY_free};
}

std::string Ed25519Public(const std::string& secret)
{
    const auto key = Ed25519Key(secret);
    std::string bytes(32, '\0');
    std::size_t length = bytes.size();
    BERTH_ASSERT(key && EVP_PKEY_get_raw_public_key(key.get(), Raw(bytes), &length) == 1);
    return "\xed" + bytes;
}

/// The first of SHA512Half(prefix ‖ counter) that is a secret key; the second is hardly ever asked.
std::string Derive(const std::string& prefix)
{
    for (std::uint32_t counter = 0;; ++counter) {
        auto input = prefix;
        for (int shift = 24; shift >= 0; shift -= 8) {
            input += static_cast<char>(counter >> shift & 255);
        }
        auto candidate = Text(Sha512Half(input));
        if (IsSecp256k1Secret(candidate)) return candidate;
    }
}

/// The ledger's first key of a family: its root key, moved by a key derived from the root's public
/// half.
std::string Secp256k1Secret(const std::string& seed)
{
    auto root = Derive(seed);
    const auto tweak = Derive(Secp256k1Public(root) + std::string(4, '\0'));
    BERTH_ASSERT(secp256k1_ec_seckey_tweak_add(secp256k1_context_static, Raw(root), Raw(tweak)));
    return root;
}

std::string SignEd25519(const std::string& secret, std::string_view message)
{
    const auto key = Ed25519Key(secret);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free};
    std::string signature(64, '\0');
    std::size_t length = signature.size();
    BERTH_ASSERT(
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
        EVP_DigestSign(context.get(), Raw(signature), &length, Raw(message), message.size()) == 1);
    return signature;
}

std::string SignSecp256k1(const std::string& secret, std::string_view message)
{
    const auto context = SigningContext();
    secp256k1_ecdsa_signature signature;
    BERTH_ASSERT(secp256k1_ecdsa_sign(context.get(), &signature, Sha512Half(message).data(),
                                      Raw(secret), nullptr, nullptr));
    std::string der(72, '\0');
    std::size_t length = der.size();
    BERTH_ASSERT(
        secp256k1_ecdsa_signature_serialize_der(context.get(), Raw(der), &length, &signature));
    der.resize(length);
    return der;
}

}  // namespace

XrpKey::XrpKey(Curve curve, std::string secret) : curve_{curve}
{
    const auto public_key =
        curve == Curve::kEd25519 ? Ed25519Public(secret) : Secp256k1Public(secret);
    public_key_hex_ = UpperHex(public_key);
    address_ = ToXrpAddress(XrpAccountId(public_key));
    secret_ = Secret{std::move(secret)};
}

XrpKey XrpKey::Generate() { return {Curve::kSecp256k1, Derive(RandomBytes(32))}; }

Result<XrpKey> XrpKey::FromSeed(std::string_view seed)
{
    const auto ed25519 = FromXrpBase58(seed, kEd25519Prefix.size() + kSeedBytes);
    if (ed25519 && ed25519->starts_with(kEd25519Prefix)) {
        return XrpKey{Curve::kEd25519, Text(Sha512Half(ed25519->substr(kEd25519Prefix.size())))};
    }
    const auto secp256k1 = FromXrpBase58(seed, kSecp256k1Prefix.size() + kSeedBytes);
    if (secp256k1 && secp256k1->starts_with(kSecp256k1Prefix)) {
        return XrpKey{Curve::kSecp256k1,
                      Secp256k1Secret(secp256k1->substr(kSecp256k1Prefix.size()))};
    }
    return Fail(ErrorCode::kInvalid, "BAD_SEED", "An XRP Ledger seed is s... or sEd... .");
}

Secret XrpKey::GenerateSeed()
{
    return Secret{ToXrpBase58(kEd25519Prefix + RandomBytes(kSeedBytes))};
}

std::string XrpKey::Sign(std::string_view message) const
{
    const auto& secret = secret_.Expose();
    return UpperHex(curve_ == Curve::kEd25519 ? SignEd25519(secret, message)
                                              : SignSecp256k1(secret, message));
}

Result<std::string> XrpKey::SignClaim(std::string_view channel_id_hex, money::Amount drops) const
{
    const auto message = XrpClaimMessage(channel_id_hex, drops);
    if (!message) return message.error();
    return Sign(*message);
}

}  // namespace berth::rails

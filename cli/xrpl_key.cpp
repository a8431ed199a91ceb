#include "cli/xrpl_key.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <openssl/evp.h>
#include <secp256k1.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::cli {
namespace {

constexpr std::string_view kAlphabet = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
const std::string kEd25519Prefix{"\x01\xe1\x4b", 3};
const std::string kSecp256k1Prefix{"\x21", 1};
const std::string kAddressPrefix{"\0", 1};
constexpr std::size_t kSeedBytes = 16;

std::string View(const Bytes32& bytes) { return {bytes.begin(), bytes.end()}; }

std::string Checksum(const std::string& bytes)
{
    return View(Sha256(View(Sha256(bytes)))).substr(0, 4);
}

std::string ToBase58(const std::string& payload)
{
    const auto bytes = payload + Checksum(payload);
    std::vector<int> digits;
    for (const char c : bytes) {
        int carry = static_cast<unsigned char>(c);
        for (auto& digit : digits) {
            carry += digit << 8;
            digit = carry % 58;
            carry /= 58;
        }
        for (; carry > 0; carry /= 58) digits.push_back(carry % 58);
    }
    std::string text(
        static_cast<std::size_t>(std::ranges::find_if(bytes, [](char c) { return c != 0; }) -
                                 bytes.begin()),
        kAlphabet[0]);
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
        text += kAlphabet[static_cast<std::size_t>(*digit)];
    }
    return text;
}

/// The payload of a base58 text whose checksum is right.
std::optional<std::string> FromBase58(std::string_view text)
{
    std::vector<int> bytes;
    for (const char c : text) {
        const auto value = kAlphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        auto carry = static_cast<int>(value);
        for (auto& byte : bytes) {
            carry += byte * 58;
            byte = carry & 255;
            carry >>= 8;
        }
        for (; carry > 0; carry >>= 8) bytes.push_back(carry & 255);
    }
    std::string payload(bytes.rbegin(), bytes.rend());
    if (payload.size() < 5) return std::nullopt;
    const auto checksum = payload.substr(payload.size() - 4);
    payload.resize(payload.size() - 4);
    if (Checksum(payload) != checksum) return std::nullopt;
    return payload;
}

std::string Upper(std::string text)
{
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c;
    });
    return text;
}

using EvpKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

EvpKey Ed25519Key(const std::string& secret)
{
    return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                         reinterpret_cast<const unsigned char*>(secret.data()),
                                         secret.size()),
            EVP_PKEY_free};
}

std::string Ed25519Public(const std::string& secret)
{
    const auto key = Ed25519Key(secret);
    std::string bytes(32, '\0');
    std::size_t length = bytes.size();
    BERTH_ASSERT(key &&
                 EVP_PKEY_get_raw_public_key(
                     key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length) == 1);
    return "\xed" + bytes;
}

const secp256k1_context* Context()
{
    static const auto* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    return context;
}

const unsigned char* Raw(const std::string& bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string Secp256k1Public(const std::string& secret)
{
    secp256k1_pubkey key;
    BERTH_ASSERT(secp256k1_ec_pubkey_create(Context(), &key, Raw(secret)));
    std::string bytes(33, '\0');
    std::size_t length = bytes.size();
    secp256k1_ec_pubkey_serialize(Context(), reinterpret_cast<unsigned char*>(bytes.data()),
                                  &length, &key, SECP256K1_EC_COMPRESSED);
    return bytes;
}

/// The first of SHA512Half(prefix ‖ counter) that is a secret key.
std::string Derive(const std::string& prefix)
{
    for (std::uint32_t counter = 0;; ++counter) {
        std::string input = prefix;
        for (int shift = 24; shift >= 0; shift -= 8)
            input += static_cast<char>(counter >> shift & 255);
        auto candidate = View(Sha512Half(input));
        if (secp256k1_ec_seckey_verify(Context(), Raw(candidate))) return candidate;
    }
}

std::string Secp256k1Secret(const std::string& seed)
{
    auto root = Derive(seed);
    const auto tweak = Derive(Secp256k1Public(root) + std::string(4, '\0'));
    BERTH_ASSERT(secp256k1_ec_seckey_tweak_add(
        Context(), reinterpret_cast<unsigned char*>(root.data()), Raw(tweak)));
    return root;
}

}  // namespace

XrplKey::XrplKey(bool ed25519, Secret secret, std::string public_key)
    : ed25519_{ed25519}, secret_{std::move(secret)}, public_key_{std::move(public_key)}
{
}

Result<XrplKey> XrplKey::FromSeed(std::string_view seed)
{
    const auto payload = FromBase58(seed);
    if (payload && payload->starts_with(kEd25519Prefix) &&
        payload->size() == kEd25519Prefix.size() + kSeedBytes) {
        auto secret = View(Sha512Half(payload->substr(kEd25519Prefix.size())));
        auto public_key = Upper(ToHex(Ed25519Public(secret)));
        return XrplKey{true, Secret{std::move(secret)}, std::move(public_key)};
    }
    if (payload && payload->starts_with(kSecp256k1Prefix) &&
        payload->size() == kSecp256k1Prefix.size() + kSeedBytes) {
        auto secret = Secp256k1Secret(payload->substr(kSecp256k1Prefix.size()));
        auto public_key = Upper(ToHex(Secp256k1Public(secret)));
        return XrplKey{false, Secret{std::move(secret)}, std::move(public_key)};
    }
    return Fail(ErrorCode::kInvalid, "BAD_SEED", "An XRP Ledger seed is s... or sEd... .");
}

Secret XrplKey::GenerateSeed()
{
    return Secret{ToBase58(kEd25519Prefix + RandomBytes(kSeedBytes))};
}

std::string XrplKey::Address() const
{
    const auto hash = View(Sha256(*FromHex(public_key_)));
    std::array<unsigned char, 20> account;
    unsigned length = 0;
    BERTH_ASSERT(EVP_Digest(hash.data(), hash.size(), account.data(), &length, EVP_ripemd160(),
                            nullptr) == 1);
    return ToBase58(kAddressPrefix + std::string{account.begin(), account.end()});
}

std::string XrplKey::Sign(std::string_view message) const
{
    std::string signature(72, '\0');
    auto* out = reinterpret_cast<unsigned char*>(signature.data());
    std::size_t length = signature.size();
    if (ed25519_) {
        const auto key = Ed25519Key(secret_.Expose());
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                              EVP_MD_CTX_free};
        BERTH_ASSERT(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                     EVP_DigestSign(context.get(), out, &length,
                                    reinterpret_cast<const unsigned char*>(message.data()),
                                    message.size()) == 1);
    } else {
        const auto digest = Sha512Half(message);
        secp256k1_ecdsa_signature raw;
        BERTH_ASSERT(secp256k1_ecdsa_sign(Context(), &raw, digest.data(), Raw(secret_.Expose()),
                                          nullptr, nullptr) &&
                     secp256k1_ecdsa_signature_serialize_der(Context(), out, &length, &raw));
    }
    signature.resize(length);
    return Upper(ToHex(signature));
}

}  // namespace berth::cli

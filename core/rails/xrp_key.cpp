#include "core/rails/xrp_key.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <optional>

#include <secp256k1.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/rails/xrp.hpp"

namespace berth::rails {
namespace {

struct DestroyContext {
    void operator()(secp256k1_context* context) const { secp256k1_context_destroy(context); }
};
using Context = std::unique_ptr<secp256k1_context, DestroyContext>;

const unsigned char* Raw(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

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
    std::transform(hex.begin(), hex.end(), hex.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return hex;
}

/// The compressed public key, or nothing if the secret is not one of the curve.
std::optional<std::string> PublicKeyOf(std::string_view secret)
{
    const auto context = SigningContext();
    secp256k1_pubkey key;
    if (secret.size() != 32 || !secp256k1_ec_pubkey_create(context.get(), &key, Raw(secret))) {
        return std::nullopt;
    }
    std::array<unsigned char, 33> bytes{};
    std::size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(context.get(), bytes.data(), &size, &key,
                                  SECP256K1_EC_COMPRESSED);
    return std::string{bytes.begin(), bytes.end()};
}

}  // namespace

XrpKey::XrpKey(Secret bytes, std::string_view public_key)
    : bytes_{std::move(bytes)},
      public_key_hex_{UpperHex(public_key)},
      address_{ToXrpAddress(XrpAccountId(public_key))}
{
}

XrpKey XrpKey::Generate()
{
    while (true) {
        auto bytes = RandomBytes(32);
        if (const auto public_key = PublicKeyOf(bytes)) {
            return XrpKey{Secret{std::move(bytes)}, *public_key};
        }
    }
}

Result<XrpKey> XrpKey::Parse(std::string_view hex)
{
    auto bytes = FromHex(hex);
    const auto public_key = bytes ? PublicKeyOf(*bytes) : std::nullopt;
    if (!public_key) {
        return Fail(ErrorCode::kInvalid, "BAD_SECRET_KEY",
                    "A secret key is 64 hex digits, and not zero.");
    }
    return XrpKey{Secret{std::move(*bytes)}, *public_key};
}

std::string XrpKey::Sign(std::string_view message) const
{
    const auto context = SigningContext();
    secp256k1_ecdsa_signature signature;
    BERTH_ASSERT(secp256k1_ecdsa_sign(context.get(), &signature, Sha512Half(message).data(),
                                      Raw(bytes_.Expose()), nullptr, nullptr));
    std::array<unsigned char, 72> der{};
    std::size_t size = der.size();
    BERTH_ASSERT(
        secp256k1_ecdsa_signature_serialize_der(context.get(), der.data(), &size, &signature));
    return UpperHex({reinterpret_cast<const char*>(der.data()), size});
}

Result<std::string> XrpKey::SignClaim(std::string_view channel_id_hex, money::Amount drops) const
{
    const auto message = XrpClaimMessage(channel_id_hex, drops);
    if (!message) return message.error();
    return Sign(*message);
}

}  // namespace berth::rails

#include "core/nostr/encryption.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <memory>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::nostr {
namespace {

constexpr std::size_t kNonceSize = 32;
constexpr std::size_t kMacSize = 32;
constexpr std::size_t kPlaintextMax = 65535;
constexpr std::size_t kPayloadMin = 1 + kNonceSize + 2 + 32 + kMacSize;
constexpr std::size_t kPayloadMax = 1 + kNonceSize + 2 + 65536 + kMacSize;

const unsigned char* Raw(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string Hmac(std::string_view key, std::string_view message)
{
    std::array<unsigned char, kMacSize> mac{};
    BERTH_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Raw(message),
                      message.size(), mac.data(), nullptr));
    return {mac.begin(), mac.end()};
}

/// HKDF-Expand with SHA-256 (RFC 5869).
std::string Expand(std::string_view key, std::string_view info, std::size_t length)
{
    std::string output;
    std::string block;
    for (char counter = 1; output.size() < length; ++counter) {
        block = Hmac(key, block + std::string{info} + counter);
        output += block;
    }
    output.resize(length);
    return output;
}

struct MessageKeys {
    Secret chacha_key;
    std::string chacha_nonce;
    Secret hmac_key;
};

MessageKeys DeriveMessageKeys(const Secret& conversation_key, std::string_view nonce)
{
    const auto bytes = Expand(conversation_key.Expose(), nonce, 76);
    return {.chacha_key = Secret{bytes.substr(0, 32)},
            .chacha_nonce = bytes.substr(32, 12),
            .hmac_key = Secret{bytes.substr(44)}};
}

std::string ChaCha20(const MessageKeys& keys, std::string_view bytes)
{
    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };
    const std::unique_ptr<EVP_CIPHER_CTX, Free> context{EVP_CIPHER_CTX_new()};
    const auto counter_and_nonce = std::string(4, '\0') + keys.chacha_nonce;
    std::string output(bytes.size(), '\0');
    int written = 0;
    BERTH_ASSERT(context &&
                 EVP_EncryptInit_ex(context.get(), EVP_chacha20(), nullptr,
                                    Raw(keys.chacha_key.Expose()), Raw(counter_and_nonce)) == 1 &&
                 EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(output.data()),
                                   &written, Raw(bytes), static_cast<int>(bytes.size())) == 1);
    BERTH_ASSERT(static_cast<std::size_t>(written) == bytes.size());
    return output;
}

/// What a plaintext is padded to, so that its length tells little.
std::size_t PaddedSize(std::size_t size)
{
    if (size <= 32) return 32;
    const auto chunk = std::max<std::size_t>(32, std::bit_ceil(size) / 8);
    return (size + chunk - 1) / chunk * chunk;
}

std::string Pad(std::string_view plaintext)
{
    std::string padded;
    padded += static_cast<char>(plaintext.size() >> 8);
    padded += static_cast<char>(plaintext.size() & 255);
    padded += plaintext;
    padded.resize(2 + PaddedSize(plaintext.size()), '\0');
    return padded;
}

Error BadPayload()
{
    return Fail(ErrorCode::kInvalid, "BAD_PAYLOAD", "The text is not a NIP-44 payload, version 2.");
}

Result<Secret> Unpad(std::string_view padded)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(padded[i]); };
    const auto size = static_cast<std::size_t>(byte(0) << 8 | byte(1));
    if (size == 0 || padded.size() != 2 + PaddedSize(size)) return BadPayload();
    return Secret{std::string{padded.substr(2, size)}};
}

int CopyX(unsigned char* output, const unsigned char* x, const unsigned char*, void*)
{
    std::memcpy(output, x, 32);
    return 1;
}

}  // namespace

Result<Secret> ConversationKey44(const SecretKey& mine, std::string_view other_pubkey)
{
    const auto x = FromHex(other_pubkey);
    secp256k1_pubkey key;
    if (!x || x->size() != 32 ||
        !secp256k1_ec_pubkey_parse(secp256k1_context_static, &key, Raw("\x02" + *x), 33)) {
        return Fail(ErrorCode::kInvalid, "BAD_PUBLIC_KEY", "The public key is not on the curve.");
    }
    std::string shared(32, '\0');
    BERTH_ASSERT(secp256k1_ecdh(secp256k1_context_static,
                                reinterpret_cast<unsigned char*>(shared.data()), &key,
                                Raw(mine.bytes().Expose()), &CopyX, nullptr));
    const Secret wiped{std::move(shared)};
    return Secret{Hmac("nip44-v2", wiped.Expose())};
}

Result<std::string> Encrypt44(const Secret& plaintext, const Secret& conversation_key,
                              std::string_view nonce)
{
    BERTH_ASSERT(nonce.size() == kNonceSize);
    const auto size = plaintext.Expose().size();
    if (size == 0 || size > kPlaintextMax) {
        return Fail(ErrorCode::kInvalid, "BAD_PLAINTEXT", "NIP-44 takes 1 to 65535 bytes.");
    }
    const auto keys = DeriveMessageKeys(conversation_key, nonce);
    const Secret padded{Pad(plaintext.Expose())};
    const auto body = std::string{nonce} + ChaCha20(keys, padded.Expose());
    return ToBase64("\x02" + body + Hmac(keys.hmac_key.Expose(), body));
}

Result<std::string> Encrypt44(const Secret& plaintext, const SecretKey& from,
                              std::string_view to_pubkey)
{
    const auto conversation_key = ConversationKey44(from, to_pubkey);
    if (!conversation_key) return conversation_key.error();
    return Encrypt44(plaintext, *conversation_key, RandomBytes(kNonceSize));
}

Result<Secret> Decrypt44(std::string_view payload, const SecretKey& mine,
                         std::string_view other_pubkey)
{
    const auto conversation_key = ConversationKey44(mine, other_pubkey);
    if (!conversation_key) return conversation_key.error();
    const auto bytes = payload.size() <= 2 * kPayloadMax ? FromBase64(payload) : std::nullopt;
    if (!bytes || bytes->size() < kPayloadMin || bytes->size() > kPayloadMax || (*bytes)[0] != 2) {
        return BadPayload();
    }
    const std::string_view body{bytes->data() + 1, bytes->size() - 1 - kMacSize};
    const auto keys = DeriveMessageKeys(*conversation_key, body.substr(0, kNonceSize));
    if (!ConstantTimeEqual(Hmac(keys.hmac_key.Expose(), body),
                           std::string_view{*bytes}.substr(bytes->size() - kMacSize))) {
        return Fail(ErrorCode::kUnauthenticated, "BAD_MAC",
                    "The payload was not made by the other side for this key.");
    }
    return Unpad(Secret{ChaCha20(keys, body.substr(kNonceSize))}.Expose());
}

}  // namespace berth::nostr

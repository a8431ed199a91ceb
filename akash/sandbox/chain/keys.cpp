#include "akash/sandbox/chain/keys.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <secp256k1.h>

#include "akash/sandbox/chain/bip39_words.hpp"
#include "core/base/assert.hpp"

namespace berth::sandbox {
namespace {

constexpr std::string_view kPrefix = "akash";
constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::uint32_t kHardened = 0x80000000;
constexpr int kEntropyBits = 256;

const unsigned char* Raw(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

const secp256k1_context* Context()
{
    static const auto* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    return context;
}

std::string HmacSha512(std::string_view key, std::string_view data)
{
    std::string out(64, '\0');
    BERTH_ASSERT(HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()), Raw(data),
                      data.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr));
    return out;
}

std::string PublicKeyOf(const std::string& secret)
{
    secp256k1_pubkey key;
    BERTH_ASSERT(secp256k1_ec_pubkey_create(Context(), &key, Raw(secret)));
    std::string bytes(33, '\0');
    std::size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(Context(), reinterpret_cast<unsigned char*>(bytes.data()), &size,
                                  &key, SECP256K1_EC_COMPRESSED);
    return bytes;
}

std::string Big32(std::uint32_t value)
{
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
}

struct ExtendedKey {
    std::string secret;
    std::string chain_code;
};

/// One step of BIP-32.
ExtendedKey Child(const ExtendedKey& parent, std::uint32_t index)
{
    const auto data =
        (index & kHardened ? std::string(1, '\0') + parent.secret : PublicKeyOf(parent.secret)) +
        Big32(index);
    const auto mixed = HmacSha512(parent.chain_code, data);
    auto secret = parent.secret;
    BERTH_ASSERT(secp256k1_ec_seckey_tweak_add(
        Context(), reinterpret_cast<unsigned char*>(secret.data()), Raw(mixed)));
    return {.secret = secret, .chain_code = mixed.substr(32)};
}

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

std::vector<std::uint8_t> ExpandedPrefix()
{
    std::vector<std::uint8_t> values;
    for (const char c : kPrefix) values.push_back(static_cast<std::uint8_t>(c >> 5));
    values.push_back(0);
    for (const char c : kPrefix) values.push_back(static_cast<std::uint8_t>(c & 31));
    return values;
}

std::string Bech32Address(std::string_view bytes)
{
    std::vector<std::uint8_t> data;
    unsigned buffer = 0;
    int bits = 0;
    for (const char byte : bytes) {
        buffer = buffer << 8 | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 5; bits -= 5) data.push_back(buffer >> (bits - 5) & 31);
    }
    auto values = ExpandedPrefix();
    values.insert(values.end(), data.begin(), data.end());
    values.insert(values.end(), 6, 0);
    const auto checksum = Polymod(values) ^ 1;
    std::string text = std::string{kPrefix} + "1";
    for (const auto value : data) text += kBech32[value];
    for (int i = 5; i >= 0; --i) text += kBech32[checksum >> (5 * i) & 31];
    return text;
}

std::vector<std::string> WordsOf(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string{text} + " ") {
        if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    return words;
}

Error BadMnemonic(std::string message)
{
    return Fail(ErrorCode::kInvalid, "BAD_MNEMONIC", std::move(message));
}

/// Checks the words and their checksum.
Result<void> CheckMnemonic(const std::vector<std::string>& words)
{
    if (words.size() < 12 || words.size() > 24 || words.size() % 3 != 0) {
        return BadMnemonic("invalid mnemonic");
    }
    std::vector<bool> bits;
    for (const auto& word : words) {
        const auto found = std::lower_bound(kBip39Words.begin(), kBip39Words.end(), word);
        if (found == kBip39Words.end() || *found != word) {
            return BadMnemonic("word `" + word + "` not found in reverse map");
        }
        const auto index = static_cast<unsigned>(found - kBip39Words.begin());
        for (int i = 10; i >= 0; --i) bits.push_back(index >> i & 1);
    }
    const auto entropy_bits = bits.size() * 32 / 33;
    std::string entropy(entropy_bits / 8, '\0');
    for (std::size_t i = 0; i < entropy_bits; ++i) {
        if (bits[i]) entropy[i / 8] = static_cast<char>(entropy[i / 8] | 0x80 >> i % 8);
    }
    const auto hash = Sha256(entropy);
    for (std::size_t i = entropy_bits; i < bits.size(); ++i) {
        if (bits[i] != ((hash[0] >> (7 - (i - entropy_bits)) & 1) != 0)) {
            return BadMnemonic("Invalid byte at position " + std::to_string(entropy.size()));
        }
    }
    return {};
}

}  // namespace

Secret NewMnemonic()
{
    auto bits_left = RandomBytes(kEntropyBits / 8);
    bits_left += static_cast<char>(Sha256(bits_left)[0]);
    std::string text;
    for (int word = 0; word < 24; ++word) {
        unsigned index = 0;
        for (int i = word * 11; i < word * 11 + 11; ++i) {
            const auto byte =
                static_cast<unsigned char>(bits_left[static_cast<std::size_t>(i / 8)]);
            index = index << 1 | (byte >> (7 - i % 8) & 1u);
        }
        text += (text.empty() ? "" : " ") + std::string{kBip39Words[index]};
    }
    return Secret{std::move(text)};
}

AccountKey KeyFromSecret(const Secret& secret)
{
    auto pubkey = PublicKeyOf(secret.Expose());
    auto address = AddressOf(pubkey);
    return {.secret = secret, .pubkey = std::move(pubkey), .address = std::move(address)};
}

Result<AccountKey> DeriveKey(const Secret& mnemonic, std::uint32_t index)
{
    const auto words = WordsOf(mnemonic.Expose());
    if (const auto checked = CheckMnemonic(words); !checked) return checked.error();
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    std::string seed(64, '\0');
    constexpr std::string_view kSalt = "mnemonic";
    BERTH_ASSERT(PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), Raw(kSalt),
                                   static_cast<int>(kSalt.size()), 2048, EVP_sha512(), 64,
                                   reinterpret_cast<unsigned char*>(seed.data())));
    const auto master = HmacSha512("Bitcoin seed", seed);
    ExtendedKey key{.secret = master.substr(0, 32), .chain_code = master.substr(32)};
    for (const auto step : {44 | kHardened, 118 | kHardened, 0 | kHardened, 0u, index}) {
        key = Child(key, step);
    }
    return KeyFromSecret(Secret{key.secret});
}

std::string AddressOf(std::string_view pubkey)
{
    const auto hash = Sha256(pubkey);
    std::string digest(20, '\0');
    unsigned size = 20;
    BERTH_ASSERT(EVP_Digest(hash.data(), hash.size(),
                            reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_ripemd160(),
                            nullptr));
    return Bech32Address(digest);
}

std::string AddressFault(std::string_view address)
{
    const auto separator = address.rfind('1');
    if (address.size() < 8) {
        return "decoding bech32 failed: invalid bech32 string length " +
               std::to_string(address.size());
    }
    if (separator == address.npos || separator == 0 || separator + 7 > address.size()) {
        return "decoding bech32 failed: invalid separator index " +
               (separator == address.npos ? std::string{"-1"} : std::to_string(separator));
    }
    if (address.substr(0, separator) != kPrefix) return "invalid Bech32 prefix";
    auto values = ExpandedPrefix();
    for (const char c : address.substr(separator + 1)) {
        const auto value = kBech32.find(c);
        if (value == kBech32.npos) return "decoding bech32 failed: invalid character";
        values.push_back(static_cast<std::uint8_t>(value));
    }
    return Polymod(values) == 1 ? "" : "decoding bech32 failed: invalid checksum";
}

std::string SignMessage(const AccountKey& key, std::string_view message)
{
    const auto digest = Sha256(message);
    secp256k1_ecdsa_signature signature;
    BERTH_ASSERT(secp256k1_ecdsa_sign(Context(), &signature, digest.data(),
                                      Raw(key.secret.Expose()), nullptr, nullptr));
    std::string bytes(64, '\0');
    secp256k1_ecdsa_signature_serialize_compact(
        Context(), reinterpret_cast<unsigned char*>(bytes.data()), &signature);
    return bytes;
}

bool VerifyMessage(std::string_view pubkey, std::string_view message, std::string_view signature)
{
    const auto digest = Sha256(message);
    secp256k1_pubkey key;
    secp256k1_ecdsa_signature parsed;
    return signature.size() == 64 &&
           secp256k1_ec_pubkey_parse(Context(), &key, Raw(pubkey), pubkey.size()) &&
           secp256k1_ecdsa_signature_parse_compact(Context(), &parsed, Raw(signature)) &&
           secp256k1_ecdsa_verify(Context(), &parsed, digest.data(), &key);
}

}  // namespace berth::sandbox

#include "relay-image/archive/data_item.hpp"

#include <algorithm>
#include <memory>

#include <openssl/evp.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kKeyBytes = 32, kSignatureBytes = 64, kSha384Bytes = 48;
constexpr std::uint64_t kSignatureType = 2;  ///< Ed25519.

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* Bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Key KeyOf(const Secret& seed)
{
    return {
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed.Expose()), kKeyBytes),
        EVP_PKEY_free};
}

std::string Sha384(std::string_view bytes)
{
    std::string digest(kSha384Bytes, '\0');
    BERTH_ASSERT(
        EVP_Digest(bytes.data(), bytes.size(), Bytes(digest), nullptr, EVP_sha384(), nullptr) == 1);
    return digest;
}

std::string DeepHashOf(std::string_view blob)
{
    return Sha384(Sha384("blob" + std::to_string(blob.size())) + Sha384(blob));
}

/// Arweave's hash of a list of blobs.
std::string DeepHashOf(std::initializer_list<std::string_view> blobs)
{
    auto hash = Sha384("list" + std::to_string(blobs.size()));
    for (const auto blob : blobs) hash = Sha384(hash + DeepHashOf(blob));
    return hash;
}

std::string LittleEndian(std::uint64_t number, std::size_t bytes)
{
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
    return text;
}

/// A length as Avro writes it: zigzag, then seven bits a byte.
std::string AvroLong(std::size_t number)
{
    std::string text;
    auto zigzag = static_cast<std::uint64_t>(number) << 1;
    for (; zigzag > 0x7F; zigzag >>= 7) text += static_cast<char>(0x80 | (zigzag & 0x7F));
    return text + static_cast<char>(zigzag);
}

std::string AvroTags(const std::vector<DataItemTag>& tags)
{
    if (tags.empty()) return {};
    auto text = AvroLong(tags.size());
    for (const auto& [name, value] : tags) {
        text += AvroLong(name.size()) + name + AvroLong(value.size()) + value;
    }
    return text + AvroLong(0);
}

std::string Base64Url(std::string_view bytes)
{
    auto text = ToBase64(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

}  // namespace

Result<DataItemKey> DataItemKey::Parse(const Secret& hex)
{
    auto seed = FromHex(hex.Expose());
    if (!seed || seed->size() != kKeyBytes) {
        return Fail(ErrorCode::kInvalid, "BAD_ARCHIVE_KEY",
                    "The key that signs for Arweave is 64 hex digits: `openssl rand -hex 32` "
                    "makes one.");
    }
    Secret secret{std::move(*seed)};
    const auto key = KeyOf(secret);
    std::string public_key(kKeyBytes, '\0');
    auto size = public_key.size();
    BERTH_ASSERT(key && EVP_PKEY_get_raw_public_key(key.get(), Bytes(public_key), &size) == 1);
    return DataItemKey{std::move(secret), std::move(public_key)};
}

std::string DataItemKey::Sign(std::string_view message) const
{
    const auto key = KeyOf(seed_);
    const Context context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    std::string signature(kSignatureBytes, '\0');
    auto size = signature.size();
    BERTH_ASSERT(key &&
                 EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    BERTH_ASSERT(EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(message),
                                message.size()) == 1);
    return signature;
}

DataItem MakeDataItem(const DataItemKey& key, const std::vector<DataItemTag>& tags,
                      std::string_view data)
{
    const auto encoded = AvroTags(tags);
    const auto& owner = key.public_key();
    const auto type = std::to_string(kSignatureType);
    const auto signature =
        key.Sign(DeepHashOf({"dataitem", "1", type, owner, "", "", encoded, data}));
    const std::string neither_target_nor_anchor(2, '\0');
    const auto digest = Sha256(signature);
    return {.id = Base64Url({reinterpret_cast<const char*>(digest.data()), digest.size()}),
            .bytes = LittleEndian(kSignatureType, 2) + signature + owner +
                     neither_target_nor_anchor + LittleEndian(tags.size(), 8) +
                     LittleEndian(encoded.size(), 8) + encoded + std::string{data}};
}

}  // namespace berth::relay

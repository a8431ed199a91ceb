#include "relay-image/backup/sealing.hpp"

#include <array>
#include <memory>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"

namespace berth::relay {
namespace {

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16;
constexpr std::string_view kFormat = "berth-backup-1\n";

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string Hmac(const std::string& key, std::string_view text)
{
    std::string mac(kKeyBytes, '\0');
    unsigned length = 0;
    BERTH_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(text),
                      text.size(), Bytes(mac), &length));
    return mac;
}

Error NotOpened()
{
    return Fail(ErrorCode::kUnauthenticated, "BACKUP_NOT_OPENED",
                "A piece of the backup does not open with this key.");
}

}  // namespace

Result<BackupKey> BackupKey::Parse(const Secret& hex)
{
    auto bytes = FromHex(hex.Expose());
    if (!bytes || bytes->size() != kKeyBytes) {
        return Fail(ErrorCode::kInvalid, "BAD_BACKUP_KEY",
                    "The key of the backup is 64 hex digits: `openssl rand -hex 32` makes one.");
    }
    return BackupKey{Secret{std::move(*bytes)}};
}

Secret BackupKey::Derive(std::string_view purpose) const
{
    return Secret{Hmac(bytes_.Expose(), purpose)};
}

std::string BackupKey::NameOf(std::string_view bytes) const
{
    return ToHex(Hmac(Derive("names").Expose(), bytes));
}

std::string BackupKey::Seal(std::string_view bytes, std::string_view name) const
{
    const auto key = Derive("contents");
    const auto nonce = RandomBytes(kNonceBytes);
    std::string text(bytes.size(), '\0'), tag(kTagBytes, '\0');
    const Context context{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    int length = 0;
    BERTH_ASSERT(EVP_EncryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr,
                                    Bytes(key.Expose()), Bytes(nonce)) == 1);
    BERTH_ASSERT(EVP_EncryptUpdate(context.get(), nullptr, &length, Bytes(name),
                                   static_cast<int>(name.size())) == 1);
    BERTH_ASSERT(EVP_EncryptUpdate(context.get(), Bytes(text), &length, Bytes(bytes),
                                   static_cast<int>(bytes.size())) == 1);
    BERTH_ASSERT(EVP_EncryptFinal_ex(context.get(), Bytes(text) + length, &length) == 1);
    BERTH_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) ==
                 1);
    return std::string{kFormat} + nonce + text + tag;
}

Result<std::string> BackupKey::Open(std::string_view sealed, std::string_view name) const
{
    if (!sealed.starts_with(kFormat) || sealed.size() < kFormat.size() + kNonceBytes + kTagBytes) {
        return NotOpened();
    }
    sealed.remove_prefix(kFormat.size());
    const auto nonce = sealed.substr(0, kNonceBytes);
    std::string tag{sealed.substr(sealed.size() - kTagBytes)};
    const auto text = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
    const auto key = Derive("contents");
    std::string bytes(text.size(), '\0');
    const Context context{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    int length = 0;
    BERTH_ASSERT(EVP_DecryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr,
                                    Bytes(key.Expose()), Bytes(nonce)) == 1);
    BERTH_ASSERT(EVP_DecryptUpdate(context.get(), nullptr, &length, Bytes(name),
                                   static_cast<int>(name.size())) == 1);
    BERTH_ASSERT(EVP_DecryptUpdate(context.get(), Bytes(bytes), &length, Bytes(text),
                                   static_cast<int>(text.size())) == 1);
    BERTH_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) ==
                 1);
    if (EVP_DecryptFinal_ex(context.get(), Bytes(bytes) + length, &length) != 1) return NotOpened();
    return bytes;
}

}  // namespace berth::relay

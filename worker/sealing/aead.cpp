#include "worker/sealing/aead.hpp"

#include <memory>

#include <openssl/evp.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"

namespace berth::worker {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

int Size(std::string_view text) { return static_cast<int>(text.size()); }

Cipher MakeCipher()
{
    Cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
    BERTH_ASSERT(cipher);
    return cipher;
}

}  // namespace

std::string SealBytes(const Secret& key, const Secret& plaintext, std::string_view context)
{
    BERTH_ASSERT(key.Expose().size() == kKeySize);
    const auto cipher = MakeCipher();
    const auto nonce = RandomBytes(kNonceSize);
    std::string ciphertext(plaintext.Expose().size(), '\0');
    std::string tag(kTagSize, '\0');
    int size = 0;
    BERTH_ASSERT(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.Expose()),
                                    Bytes(nonce)) == 1);
    BERTH_ASSERT(EVP_EncryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) ==
                 1);
    BERTH_ASSERT(EVP_EncryptUpdate(cipher.get(), Bytes(ciphertext), &size,
                                   Bytes(plaintext.Expose()), Size(plaintext.Expose())) == 1);
    BERTH_ASSERT(EVP_EncryptFinal_ex(cipher.get(), nullptr, &size) == 1);
    BERTH_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) ==
                 1);
    return nonce + ciphertext + tag;
}

Result<Secret> OpenBytes(const Secret& key, std::string_view sealed, std::string_view context)
{
    BERTH_ASSERT(key.Expose().size() == kKeySize);
    const auto broken = Fail(ErrorCode::kUnauthenticated, "SEAL_BROKEN",
                             "The sealed bytes are not of this key, order and name.");
    if (sealed.size() < kNonceSize + kTagSize) return broken;
    const auto nonce = sealed.substr(0, kNonceSize);
    const auto ciphertext = sealed.substr(kNonceSize, sealed.size() - kNonceSize - kTagSize);
    std::string tag{sealed.substr(sealed.size() - kTagSize)};
    std::string plaintext(ciphertext.size(), '\0');
    const auto cipher = MakeCipher();
    int size = 0;
    BERTH_ASSERT(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.Expose()),
                                    Bytes(nonce)) == 1);
    BERTH_ASSERT(EVP_DecryptUpdate(cipher.get(), nullptr, &size, Bytes(context), Size(context)) ==
                 1);
    BERTH_ASSERT(EVP_DecryptUpdate(cipher.get(), Bytes(plaintext), &size, Bytes(ciphertext),
                                   Size(ciphertext)) == 1);
    BERTH_ASSERT(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) ==
                 1);
    Secret opened{std::move(plaintext)};
    if (EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) != 1) return broken;
    return opened;
}

}  // namespace berth::worker

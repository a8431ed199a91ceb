#include "akash/address.hpp"

#include <memory>

#include <openssl/evp.h>

#include "core/base/assert.hpp"
#include "core/base/digest.hpp"
#include "core/nostr/bech32.hpp"

namespace berth::akash {
namespace {

constexpr std::size_t kKeyBytes = 33;
constexpr std::size_t kAccountBytes = 20;
constexpr std::string_view kPrefix = "akash";

}  // namespace

std::string AddressOf(std::string_view compressed_key)
{
    if (compressed_key.size() != kKeyBytes) return {};
    const auto digest = Sha256(compressed_key);
    std::string account(kAccountBytes, '\0');
    const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> ripemd{
        EVP_MD_fetch(nullptr, "RIPEMD160", nullptr), EVP_MD_free};
    BERTH_ASSERT(ripemd && EVP_Digest(digest.data(), digest.size(),
                                      reinterpret_cast<unsigned char*>(account.data()), nullptr,
                                      ripemd.get(), nullptr) == 1);
    return nostr::EncodeBech32(kPrefix, nostr::ToFiveBits(account));
}

}  // namespace berth::akash

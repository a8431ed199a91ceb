#include "relay-image/http/password_hash.hpp"

#include <argon2.h>

#include "core/base/digest.hpp"

namespace berth::relay {
namespace {

constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kMemoryKib = 19 * 1024;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kMaxEncoded = 256;
constexpr std::string_view kPrefix = "$argon2id$";

}  // namespace

Result<PasswordHash> PasswordHash::Of(const Secret& secret)
{
    const auto& text = secret.Expose();
    if (text.starts_with(kPrefix)) return PasswordHash{text};
    const auto salt = RandomBytes(kSaltBytes);
    std::string encoded(kMaxEncoded, '\0');
    const auto done =
        ::argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, text.data(), text.size(), salt.data(),
                                salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (done != ARGON2_OK) {
        return Fail(ErrorCode::kInternal, "PASSWORD_NOT_HASHED", ::argon2_error_message(done));
    }
    encoded.resize(encoded.find('\0'));
    return PasswordHash{encoded};
}

bool PasswordHash::Fits(std::string_view password) const
{
    return ::argon2id_verify(encoded_.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace berth::relay

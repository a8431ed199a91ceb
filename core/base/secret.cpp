#include "core/base/secret.hpp"

#include <openssl/crypto.h>

namespace berth {
namespace {

void Wipe(std::string& bytes)
{
    OPENSSL_cleanse(bytes.data(), bytes.size());
    bytes.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : bytes_{other.bytes_} { Wipe(other.bytes_); }

Secret& Secret::operator=(const Secret& other)
{
    if (this != &other) {
        Wipe(bytes_);
        bytes_ = other.bytes_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this != &other) {
        Wipe(bytes_);
        bytes_ = other.bytes_;
        Wipe(other.bytes_);
    }
    return *this;
}

Secret::~Secret() { Wipe(bytes_); }

bool operator==(const Secret& a, const Secret& b) { return ConstantTimeEqual(a.bytes_, b.bytes_); }

bool ConstantTimeEqual(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace berth

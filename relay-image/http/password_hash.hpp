#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::relay {

/// The argon2id hash of a password (RFC 9106; 19 MiB, two passes). Thread-safe.
class PasswordHash {
public:
    /// `secret` is a password, or already its hash as `$argon2id$...`.
    /// Errors: kInternal `PASSWORD_NOT_HASHED`.
    static Result<PasswordHash> Of(const Secret& secret);

    /// Some 20 ms of work.
    bool Fits(std::string_view password) const;

private:
    explicit PasswordHash(std::string encoded) : encoded_{std::move(encoded)} {}

    std::string encoded_;
};

}  // namespace berth::relay

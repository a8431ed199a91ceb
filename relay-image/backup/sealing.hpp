#pragma once

#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/secret.hpp"

namespace berth::relay {

/// The owner's key for his backups; who has it can read them, and without it nobody can.
class BackupKey {
public:
    /// 32 bytes as 64 hex digits. Error kInvalid `BAD_BACKUP_KEY`.
    static Result<BackupKey> Parse(const Secret& hex);

    /// Encrypts (ChaCha20-Poly1305, random nonce); `name` is bound to it, so that no blob can stand
    /// for another.
    std::string Seal(std::string_view bytes, std::string_view name) const;
    /// Error kUnauthenticated `BACKUP_NOT_OPENED`: another key, another name, or changed.
    Result<std::string> Open(std::string_view sealed, std::string_view name) const;
    /// A name for a content that tells nothing to who lacks the key.
    std::string NameOf(std::string_view bytes) const;

private:
    explicit BackupKey(Secret bytes) : bytes_{std::move(bytes)} {}
    Secret Derive(std::string_view purpose) const;

    Secret bytes_;
};

}  // namespace berth::relay

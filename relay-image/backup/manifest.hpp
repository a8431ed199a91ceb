#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace berth::relay {

/// Events of one stretch of time, under the name of their content.
struct BackupPiece {
    std::string name;
    std::int64_t events = 0;

    bool operator==(const BackupPiece&) const = default;
};

/// A record as the store keeps it.
struct BackupRecord {
    std::string collection, key, json;

    bool operator==(const BackupRecord&) const = default;
};

/// What one backup consists of.
struct BackupManifest {
    std::int64_t made_at = 0;  ///< Unix seconds.
    std::int64_t events = 0;
    std::string fingerprint;  ///< Of all events in their order, see Fingerprint.
    std::vector<BackupPiece> pieces;
    std::vector<BackupRecord> records;

    bool operator==(const BackupManifest&) const = default;
};

/// As JSON.
std::string ToText(const BackupManifest& manifest);
/// Error kInvalid `BAD_MANIFEST`.
Result<BackupManifest> ParseManifest(std::string_view text);

/// Two stores whose events give the same have the same events: SHA-256 over what came before and
/// each id (32 bytes), oldest first.
class Fingerprint {
public:
    void Add(std::string_view id);
    std::string Text() const;

private:
    std::string state_;
};

}  // namespace berth::relay

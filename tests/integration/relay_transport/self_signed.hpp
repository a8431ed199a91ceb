#pragma once

#include <filesystem>
#include <string>

namespace berth::relay::test {

/// A new key and a certificate by itself for relay.test, as PEM.
struct SelfSigned {
    SelfSigned();

    /// Writes both into `folder`, in one step each, the key for its owner only.
    void Save(const std::filesystem::path& folder) const;

    std::string certificate;
    std::string key;
};

}  // namespace berth::relay::test

#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "akash/sandbox/chain/keys.hpp"

namespace berth::sandbox {

struct NamedKey {
    std::string name;
    AccountKey key;
};

/// The keys below `--home`: one file a key, mode 0600, in a format of the sandbox's own.
class Keyring {
public:
    Keyring(const std::filesystem::path& home, const std::string& backend);

    std::optional<NamedKey> Find(const std::string& name_or_address) const;
    std::vector<NamedKey> List() const;  ///< By name.
    void Store(const NamedKey& key) const;
    bool Remove(const std::string& name) const;

private:
    std::filesystem::path folder_;
};

}  // namespace berth::sandbox

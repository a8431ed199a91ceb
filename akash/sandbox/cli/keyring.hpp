#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "akash/sandbox/chain/keys.hpp"

namespace berth::sandbox {

/// A key and what its owner calls it.
struct NamedKey {
    std::string name;
    AccountKey key;
};

/// The keys below `--home`: one file a key, mode 0600, in a format of the sandbox's own. The
/// backend `file` asks for a passphrase on stdin, once a command, and seals the keys with it.
class Keyring {
public:
    Keyring(const std::filesystem::path& home, const std::string& backend);

    /// Errors of all: CommandFailed, in the real program's words.
    std::optional<NamedKey> Find(const std::string& name_or_address) const;
    std::vector<NamedKey> List() const;  ///< By name.
    void Store(const NamedKey& key) const;
    bool Remove(const std::string& name) const;

private:
    void Unlock() const;
    bool Opens(const Secret& passphrase) const;

    std::filesystem::path folder_;
    bool sealed_ = false;
    mutable Secret passphrase_;
};

}  // namespace berth::sandbox

#include "akash/sandbox/cli/keyring.hpp"

#include <algorithm>

#include "akash/sandbox/cli/node_client.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::sandbox {

namespace fs = std::filesystem;

Keyring::Keyring(const fs::path& home, const std::string& backend)
    : folder_{home / ("keyring-" + backend)}
{
}

std::vector<NamedKey> Keyring::List() const
{
    std::vector<NamedKey> keys;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator{folder_, missing}) {
        if (entry.path().extension() != ".key") continue;
        const auto text = ReadFile(entry.path());
        const auto secret = text ? FromHex(*text) : std::nullopt;
        if (!secret || secret->size() != 32) continue;
        keys.push_back({.name = entry.path().stem(), .key = KeyFromSecret(Secret{*secret})});
    }
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return keys;
}

std::optional<NamedKey> Keyring::Find(const std::string& name_or_address) const
{
    for (auto& key : List()) {
        if (key.name == name_or_address || key.key.address == name_or_address) return key;
    }
    return std::nullopt;
}

void Keyring::Store(const NamedKey& key) const
{
    if (key.name.find('/') != key.name.npos) throw CommandFailed{"invalid key name", {}};
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    const auto written =
        WriteFileAtomically(folder_ / (key.name + ".key"), ToHex(key.key.secret.Expose()), 0600);
    if (!written) throw CommandFailed{written.error().message, {}};
}

bool Keyring::Remove(const std::string& name) const
{
    std::error_code ignored;
    return fs::remove(folder_ / (name + ".key"), ignored);
}

}  // namespace berth::sandbox

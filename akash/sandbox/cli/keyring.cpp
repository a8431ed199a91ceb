#include "akash/sandbox/cli/keyring.hpp"

#include <algorithm>
#include <iostream>

#include "akash/sandbox/cli/node_client.hpp"
#include "core/base/digest.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"

namespace berth::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr int kAttempts = 3;
constexpr std::size_t kSaltBytes = 16;
constexpr const char* kCheckFile = "passphrase.check";

/// A pad of 32 bytes that only the passphrase gives; each salt is used once.
std::string PadOf(const Secret& passphrase, const std::string& salt)
{
    auto pad = Sha256(salt + passphrase.Expose());
    for (int round = 0; round < 10'000; ++round) {
        pad = Sha256(std::string{pad.begin(), pad.end()} + salt);
    }
    return {pad.begin(), pad.end()};
}

std::string Xor(std::string text, const std::string& pad)
{
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ pad[i]);
    return text;
}

Secret ReadPassphrase()
{
    std::string line;
    if (!std::getline(std::cin, line)) throw CommandFailed{"EOF", {}};
    return Secret{line};
}

}  // namespace

Keyring::Keyring(const fs::path& home, const std::string& backend)
    : folder_{home / ("keyring-" + backend)}, sealed_{backend == "file"}
{
}

bool Keyring::Opens(const Secret& passphrase) const
{
    const auto text = ReadFile(folder_ / kCheckFile);
    const auto stored = text ? FromHex(*text) : std::nullopt;
    return stored && stored->size() > kSaltBytes &&
           PadOf(passphrase, stored->substr(0, kSaltBytes)) == stored->substr(kSaltBytes);
}

void Keyring::Unlock() const
{
    if (!sealed_ || !passphrase_.Expose().empty()) return;
    if (fs::exists(folder_ / kCheckFile)) {
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            const auto passphrase = ReadPassphrase();
            if (Opens(passphrase)) {
                passphrase_ = passphrase;
                return;
            }
            std::cerr << "incorrect passphrase\n";
        }
        throw CommandFailed{"too many failed passphrase attempts", {}};
    }
    const auto passphrase = ReadPassphrase();
    if (ReadPassphrase().Expose() != passphrase.Expose()) {
        throw CommandFailed{"passphrases do not match", {}};
    }
    fs::create_directories(folder_);
    const auto salt = RandomBytes(kSaltBytes);
    const auto written =
        WriteFileAtomically(folder_ / kCheckFile, ToHex(salt + PadOf(passphrase, salt)), 0600);
    if (!written) throw CommandFailed{written.error().message, {}};
    passphrase_ = passphrase;
}

std::vector<NamedKey> Keyring::List() const
{
    Unlock();
    std::vector<NamedKey> keys;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator{folder_, missing}) {
        if (entry.path().extension() != ".key") continue;
        const auto text = ReadFile(entry.path());
        auto secret = text ? FromHex(*text) : std::nullopt;
        if (secret && sealed_ && secret->size() == kSaltBytes + 32) {
            const auto salt = secret->substr(0, kSaltBytes);
            secret = Xor(secret->substr(kSaltBytes), PadOf(passphrase_, salt + "key"));
        }
        if (!secret || secret->size() != 32) continue;
        keys.push_back({.name = entry.path().stem(), .key = KeyFromSecret(Secret{*secret})});
    }
    std::sort(keys.begin(), keys.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
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
    Unlock();
    auto content = key.key.secret.Expose();
    if (sealed_) {
        const auto salt = RandomBytes(kSaltBytes);
        content = salt + Xor(content, PadOf(passphrase_, salt + "key"));
    }
    const auto written = WriteFileAtomically(folder_ / (key.name + ".key"), ToHex(content), 0600);
    if (!written) throw CommandFailed{written.error().message, {}};
}

bool Keyring::Remove(const std::string& name) const
{
    std::error_code ignored;
    return fs::remove(folder_ / (name + ".key"), ignored);
}

}  // namespace berth::sandbox

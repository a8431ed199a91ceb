#include <filesystem>

#include "cli/commands.hpp"
#include "core/base/encoding.hpp"
#include "core/base/file.hpp"
#include "core/rails/xrp_key.hpp"

namespace berth::cli {
namespace {

std::string Npub(const std::string& pubkey)
{
    const auto bytes = FromHex(pubkey);
    Bytes32 key;
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return nostr::ToBech32("npub", key);
}

void ShowKey(const Session& session, const nostr::SecretKey& key)
{
    const auto npub = Npub(key.pubkey());
    session.Print(
        {{"pubkey", key.pubkey()}, {"npub", npub}, {"key_file", session.options.key_file.string()}},
        "public key  " + key.pubkey() + "\nnpub        " + npub + "\nkept in     " +
            session.options.key_file.string() + "\n");
}

/// Never overwrites: a key is money.
Result<void> WriteNewSecret(const std::filesystem::path& path, const Secret& secret)
{
    if (std::filesystem::exists(path)) {
        return Fail(ErrorCode::kPrecondition, "KEY_EXISTS",
                    path.string() + " exists already and is not overwritten.");
    }
    std::error_code ignored;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
    return WriteFileAtomically(path, secret.Expose() + "\n");
}

Result<void> CreateKey(Session& session)
{
    const auto key = nostr::SecretKey::Generate();
    const auto written =
        WriteNewSecret(session.options.key_file, Secret{ToHex(key.bytes().Expose())});
    if (!written) return written.error();
    ShowKey(session, key);
    return {};
}

Result<void> ShowStoredKey(Session& session)
{
    const auto key = session.Key();
    if (!key) return key.error();
    ShowKey(session, *key);
    return {};
}

Result<void> CreateXrplSeed(Session& session, const std::filesystem::path& path)
{
    const auto seed = rails::XrpKey::GenerateSeed();
    if (const auto written = WriteNewSecret(path, seed); !written) return written.error();
    const auto key = rails::XrpKey::FromSeed(seed.Expose());
    if (!key) return key.error();
    session.Print({{"address", key->address()},
                   {"public_key", key->public_key_hex()},
                   {"seed_file", path.string()}},
                  "XRP Ledger address  " + key->address() + "\npublic key          " +
                      key->public_key_hex() + "\nseed kept in        " + path.string() + "\n");
    return {};
}

}  // namespace

void AddKeyCommands(CLI::App& app, Session& session)
{
    auto* keys = app.add_subcommand("keys", "Make and show keys")->require_subcommand(1);
    keys->add_subcommand("create", "Make the key that signs your orders")->callback([&session] {
        Run(session, [&] { return CreateKey(session); });
    });
    keys->add_subcommand("show", "Show your public key")->callback([&session] {
        Run(session, [&] { return ShowStoredKey(session); });
    });
    auto* xrpl = keys->add_subcommand("xrpl", "Make a key of the XRP Ledger");
    const auto path = Slot<std::string>();
    xrpl->add_option("seed-file", *path, "Where to keep its seed")->required();
    xrpl->callback(
        [&session, path] { Run(session, [&] { return CreateXrplSeed(session, *path); }); });
}

}  // namespace berth::cli

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/stack/child.hpp"
#include "core/nostr/keys.hpp"
#include "tests/fakes/private_postgres.hpp"

namespace berth::test {

/// The real program berth-marketplace over a private PostgreSQL, both ended with the object. Throws
/// std::runtime_error if it does not come up.
class RunningMarketplace {
public:
    using Settings = std::map<std::string, std::string>;

    /// `settings` go on top of what it needs to run on loopback.
    explicit RunningMarketplace(Settings settings = {},
                                Durability durability = Durability::kProcess);
    RunningMarketplace(const RunningMarketplace&) = delete;
    RunningMarketplace& operator=(const RunningMarketplace&) = delete;
    ~RunningMarketplace();

    const std::string& address() const { return address_; }
    std::string DatabaseUrl() const { return database_url_; }
    PrivatePostgres& postgres() { return postgres_; }
    stack::Child& process() { return *process_; }
    const nostr::SecretKey& key() const { return key_; }
    const nostr::SecretKey& admin() const { return admin_; }
    const nostr::SecretKey& finance() const { return finance_; }
    std::string Log() const;

    /// Starts the program again, on another port.
    void Restart();

private:
    void Start();

    PrivatePostgres postgres_;
    const nostr::SecretKey key_ = nostr::SecretKey::Generate();
    const nostr::SecretKey admin_ = nostr::SecretKey::Generate();
    const nostr::SecretKey finance_ = nostr::SecretKey::Generate();
    std::filesystem::path folder_;
    std::string database_url_;
    std::string address_;
    std::unique_ptr<stack::Child> process_;
};

}  // namespace berth::test

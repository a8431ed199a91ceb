#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::conformance {

using test::EventDraft;
using test::Now;
using test::RelayClient;
using test::Sign;

/// A running relay and those who use it: one who has not said who he is, two whom the relay knows,
/// and one whom it does not know.
class World {
public:
    World();

    unsigned short port() const { return relay_.port(); }

    const nostr::SecretKey known = nostr::SecretKey::Generate();
    const nostr::SecretKey other = nostr::SecretKey::Generate();
    const nostr::SecretKey unknown = nostr::SecretKey::Generate();

    /// Connections that stay open: not authenticated, and authenticated as the key of that name.
    RelayClient& Visitor() { return *visitor_; }
    RelayClient& Known() { return *known_; }
    RelayClient& Unknown() { return *unknown_; }
    /// Not authenticated; subscribed to kind 4242 since the beginning, and silent from then on.
    RelayClient& Patient() { return *patient_; }

    /// Whether the relay takes an event on a connection.
    static bool Accepts(RelayClient& client, const nostr::Event& event);
    /// The same for an event's JSON as it stands, with the id that its OK names.
    static bool AcceptsRaw(RelayClient& client, const std::string& json, const std::string& id);
    /// Publishes and hands the event back. Throws if the relay does not take it.
    nostr::Event Publish(const nostr::SecretKey& key, EventDraft draft);
    /// The ids that a filter finds for the known user.
    std::vector<std::string> Find(const std::string& filters) { return Known().Query(filters); }
    bool Finds(const std::string& filters, const nostr::Event& event);

private:
    std::unique_ptr<RelayClient> Connect(const nostr::SecretKey& key);

    /// Where a relay without a server beside it keeps its events.
    struct Folder {
        Folder();
        Folder(const Folder&) = delete;
        Folder& operator=(const Folder&) = delete;
        ~Folder();

        std::filesystem::path path;
    };

    Folder folder_;
    test::RelayProcess relay_;
    std::unique_ptr<RelayClient> visitor_, known_, unknown_, patient_;
};

/// A filter by one list of texts: `{"ids":["..."]}`.
std::string By(const std::string& field, const std::string& value);

}  // namespace berth::relay::conformance

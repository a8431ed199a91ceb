#include "tests/conformance/relay/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "tests/fakes/private_postgres.hpp"

namespace berth::relay::conformance {
namespace {

constexpr auto kRelayUrl = "wss://relay.example";

/// The storage that is asked of the relay: `postgres`, or `lmdb` in the environment.
bool OnLmdb()
{
    const auto* storage = std::getenv("BERTH_TEST_STORAGE");
    return storage && std::string_view{storage} == "lmdb";
}

std::string NewDatabase()
{
    if (OnLmdb()) return {};
    static berth::test::PrivatePostgres server;
    return server.CreateDatabase("conformance");
}

test::RelayProcess::Settings SettingsIn(const std::filesystem::path& folder)
{
    test::RelayProcess::Settings settings{{"URL", kRelayUrl}};
    if (OnLmdb()) settings.insert({{"STORAGE", "lmdb"}, {"LMDB_FOLDER", folder / "events"}});
    return settings;
}

std::filesystem::path NewFolder()
{
    char name[] = "/tmp/berth-conformance-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
    return name;
}

}  // namespace

World::Folder::Folder() : path{NewFolder()} {}

World::Folder::~Folder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

World::World() : relay_{NewDatabase(), SettingsIn(folder_.path)}
{
    visitor_ = std::make_unique<RelayClient>(port());
    patient_ = std::make_unique<RelayClient>(port());
    patient_->Send(R"(["REQ","patient",{"kinds":[4242],"limit":0}])");
    patient_->ReceiveOnly("EOSE");
    known_ = Connect(known);
    unknown_ = Connect(unknown);
}

std::unique_ptr<RelayClient> World::Connect(const nostr::SecretKey& key)
{
    auto client = std::make_unique<RelayClient>(port());
    if (client->Authenticate(key, kRelayUrl) != "true") throw std::runtime_error{"no AUTH"};
    return client;
}

bool World::Accepts(RelayClient& client, const nostr::Event& event)
{
    return client.Publish(event) == "true";
}

bool World::AcceptsRaw(RelayClient& client, const std::string& json, const std::string& id)
{
    client.Send("[\"EVENT\"," + json + "]");
    while (true) {
        const auto answer = client.Receive();
        if (answer.at(0) == "NOTICE") return false;  // It could not tell the event's id.
        if (answer.at(0) == "OK" && answer.at(1).as_string() == id) return answer.at(2).as_bool();
    }
}

nostr::Event World::Publish(const nostr::SecretKey& key, EventDraft draft)
{
    auto event = Sign(key, std::move(draft));
    if (!Accepts(Known(), event)) throw std::runtime_error{"An event was not taken."};
    return event;
}

bool World::Finds(const std::string& filters, const nostr::Event& event)
{
    const auto ids = Find(filters);
    return std::ranges::find(ids, event.id) != ids.end();
}

std::string By(const std::string& field, const std::string& value)
{
    return "{\"" + field + "\":[\"" + value + "\"]}";
}

}  // namespace berth::relay::conformance

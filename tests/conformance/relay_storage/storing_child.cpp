/// A process that stores batches until it is killed: `storing_child lmdb FOLDER` or `storing_child
/// postgres URL`. It prints the number of each batch once that is durable. Batch n holds kBatch
/// events of kind n, and one of kind 0, which replaces that of the batch before.
#include <iostream>
#include <memory>

#include "relay-image/storage/lmdb_event_store.hpp"
#include "relay-image/storage/postgres_event_store.hpp"
// PG#include "relay-image/storage/postgres_event_store.hpp"
#include "tests/conformance/relay_storage/event_maker.hpp"
#include "tests/conformance/relay_storage/storing_child.hpp"

namespace berth::relay::test {
namespace {

std::unique_ptr<EventStore> Open(const std::string& kind, const std::string& where)
{
    if (kind == "postgres") return std::make_unique<PostgresEventStore>(Secret{where});
    return std::make_unique<LmdbEventStore>(std::make_shared<LmdbEnvironment>(where));
}

int StoreForever(EventStore& store)
{
    if (!store.Migrate()) return 1;
    for (int batch = 1;; ++batch) {
        std::vector<EventPtr> events;
        for (int i = 0; i < kBatch; ++i) {
            events.push_back(Make(
                {.kind = 1'000 + batch, .content = std::to_string(i), .tags = {{"t", "crash"}}}));
        }
        events.push_back(Make({.created_at = batch, .kind = 0, .content = std::to_string(batch)}));
        if (!store.Store(events)) return 1;
        std::cout << batch << std::endl;
    }
}

}  // namespace
}  // namespace berth::relay::test

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    const auto store = berth::relay::test::Open(argv[1], argv[2]);
    return berth::relay::test::StoreForever(*store);
}

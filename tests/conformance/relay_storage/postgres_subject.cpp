#include <stdexcept>

#include "relay-image/storage/postgres_event_store.hpp"
#include "tests/conformance/relay_storage/storage_subject.hpp"
#include "tests/fakes/private_postgres.hpp"

namespace berth::relay::test {
namespace {

berth::test::PrivatePostgres& Server()
{
    static berth::test::PrivatePostgres server;
    return server;
}

}  // namespace

PostgresSubject::PostgresSubject()
{
    static int last = 0;
    url_ = Server().CreateDatabase("storage_" + std::to_string(++last));
}

std::unique_ptr<EventStore> PostgresSubject::Open()
{
    auto store = std::make_unique<PostgresEventStore>(Secret{url_});
    if (const auto ready = store->Migrate(); !ready)
        throw std::runtime_error{ready.error().message};
    return store;
}

std::vector<std::string> PostgresSubject::Arguments() const { return {"postgres", url_}; }

}  // namespace berth::relay::test

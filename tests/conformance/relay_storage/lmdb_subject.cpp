#include <stdexcept>

#include <stdlib.h>

#include "relay-image/storage/lmdb_event_store.hpp"
#include "tests/conformance/relay_storage/storage_subject.hpp"

namespace berth::relay::test {
namespace {

constexpr std::size_t kSmallMap = 1 << 20;  ///< So that the suite makes it grow.

}  // namespace

LmdbSubject::LmdbSubject()
{
    char name[] = "/tmp/berth-lmdb-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error{"No temporary folder could be made."};
    folder_ = name;
    environment_ = std::make_shared<LmdbEnvironment>(folder_, kSmallMap);
}

LmdbSubject::~LmdbSubject()
{
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<EventStore> LmdbSubject::Open()
{
    auto store = std::make_unique<LmdbEventStore>(environment_);
    if (const auto ready = store->Migrate(); !ready)
        throw std::runtime_error{ready.error().message};
    return store;
}

std::vector<std::string> LmdbSubject::Arguments() const { return {"lmdb", folder_}; }

}  // namespace berth::relay::test

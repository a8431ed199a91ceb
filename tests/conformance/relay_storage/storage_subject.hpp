#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "relay-image/storage/event_store.hpp"
#include "relay-image/storage/lmdb_environment.hpp"
#include "tests/conformance/relay_storage/event_maker.hpp"

namespace berth::relay::test {

/// A fresh, empty database of one kind of storage, deleted with the object.
class Subject {
public:
    virtual ~Subject() = default;
    /// One more store of the same database; its schema is there.
    virtual std::unique_ptr<EventStore> Open() = 0;
    /// What the storing child is told to find the same database.
    virtual std::vector<std::string> Arguments() const = 0;
};

class LmdbSubject final : public Subject {
public:
    LmdbSubject();
    ~LmdbSubject() override;
    std::unique_ptr<EventStore> Open() override;
    std::vector<std::string> Arguments() const override;

private:
    std::filesystem::path folder_;
    std::shared_ptr<LmdbEnvironment> environment_;
};

class PostgresSubject final : public Subject {
public:
    PostgresSubject();
    std::unique_ptr<EventStore> Open() override;
    std::vector<std::string> Arguments() const override;

private:
    std::string url_;
};

/// A store of each kind, with short ways to put in and to ask.
template <typename S>
class StorageTest : public testing::Test {
protected:
    Verdict Put(const EventPtr& event) { return store_->Store({&event, 1}).value().front(); }
    Verdict Put(const Draft& draft) { return Put(Make(draft)); }
    std::vector<Verdict> PutAll(const std::vector<EventPtr>& events)
    {
        return store_->Store(events).value();
    }
    /// The contents of what a REQ would get.
    std::vector<std::string> Find(const Filter& filter, std::int64_t limit = 100,
                                  std::int64_t now = 2'000)
    {
        return Contents(store_->Find(filter, limit, now).value());
    }

    S subject_;
    std::unique_ptr<EventStore> store_ = subject_.Open();
};

/// The kinds of storage that pass the suite.
using Subjects = testing::Types<LmdbSubject, PostgresSubject>;

/// Their names in the names of the tests.
struct SubjectNames {
    template <typename S>
    static std::string GetName(int)
    {
        return std::is_same_v<S, LmdbSubject> ? "Lmdb" : "Postgres";
    }
};

}  // namespace berth::relay::test

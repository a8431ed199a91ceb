#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/base/clock.hpp"
#include "core/nostr/event.hpp"
#include "tests/fakes/private_postgres.hpp"
#include "tests/integration/relay/relay_client.hpp"
#include "tests/integration/relay/relay_process.hpp"

namespace berth::relay::test {

inline std::int64_t Now() { return ToUnixSeconds(SystemClock{}.Now()); }

struct EventDraft {
    int kind = 1;
    std::string content = "hello";
    std::vector<nostr::Tag> tags = {};
    std::int64_t created_at = Now();
};

inline nostr::Event Sign(const nostr::SecretKey& key, EventDraft draft = {})
{
    nostr::Event event{.id = {},
                       .pubkey = {},
                       .created_at = draft.created_at,
                       .kind = draft.kind,
                       .tags = std::move(draft.tags),
                       .content = std::move(draft.content),
                       .sig = {}};
    nostr::SignEvent(event, key);
    return event;
}

inline std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

/// Folders for the databases of a program's tests, deleted at its end.
class LmdbFolders {
public:
    LmdbFolders()
    {
        if (!::mkdtemp(root_.data()))
            throw std::runtime_error{"No temporary folder could be made."};
    }
    ~LmdbFolders()
    {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    LmdbFolders(const LmdbFolders&) = delete;
    LmdbFolders& operator=(const LmdbFolders&) = delete;

    std::string New() { return "lmdb:" + root_ + "/" + std::to_string(++count_); }

private:
    std::string root_ = "/tmp/berth-lmdb-XXXXXX";
    int count_ = 0;
};

/// The settings under which a program of the relay opens a database as NewDatabase names it.
inline std::map<std::string, std::string> EnvironmentOf(const std::string& database)
{
    constexpr std::string_view kLmdb = "lmdb:";
    if (!database.starts_with(kLmdb)) return {{"BERTH_RELAY_DATABASE_URL", database}};
    return {{"BERTH_RELAY_STORAGE", "lmdb"},
            {"BERTH_RELAY_LMDB_FOLDER", database.substr(kLmdb.size())}};
}

/// One PostgreSQL for the whole program, and an empty database for each test. With
/// `BERTH_TEST_STORAGE=lmdb` in the environment the databases are folders of LMDB instead.
class RelayTest : public testing::Test {
protected:
    static berth::test::PrivatePostgres& Postgres()
    {
        static berth::test::PrivatePostgres server;
        return server;
    }
    static std::string NewDatabase()
    {
        const auto* storage = std::getenv("BERTH_TEST_STORAGE");
        if (storage && std::string_view{storage} == "lmdb") return NewLmdb();
        static int count = 0;
        return Postgres().CreateDatabase("relay" + std::to_string(++count));
    }

    static std::string NewLmdb()
    {
        static LmdbFolders folders;
        return folders.New();
    }

    const nostr::SecretKey alice_ = nostr::SecretKey::Generate();
    const nostr::SecretKey bob_ = nostr::SecretKey::Generate();
};

}  // namespace berth::relay::test

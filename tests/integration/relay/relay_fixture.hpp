#pragma once

#include <string>

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

/// One PostgreSQL for the whole program, and an empty database for each test.
class RelayTest : public testing::Test {
protected:
    static berth::test::PrivatePostgres& Postgres()
    {
        static berth::test::PrivatePostgres server;
        return server;
    }
    static std::string NewDatabase()
    {
        static int count = 0;
        return Postgres().CreateDatabase("relay" + std::to_string(++count));
    }

    const nostr::SecretKey alice_ = nostr::SecretKey::Generate();
    const nostr::SecretKey bob_ = nostr::SecretKey::Generate();
};

}  // namespace berth::relay::test

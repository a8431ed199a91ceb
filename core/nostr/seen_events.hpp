#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_set>

#include "core/base/clock.hpp"
#include "core/base/error.hpp"

namespace berth::nostr {

/// Remembers the ids of authorisation events while their window lasts, so that each is used once.
/// In memory and bounded: when it is full, new ids are refused rather than old ones forgotten.
/// Thread-safe.
class SeenEvents {
public:
    /// `window` is how long an id can be presented; twice 60 s for NIP-98.
    explicit SeenEvents(std::chrono::seconds window = std::chrono::seconds{120},
                        std::size_t capacity = 1'000'000)
        : window_{window}, capacity_{capacity}
    {
    }

    /// Takes an id for the first time. Errors: kUnauthenticated `AUTH_REPLAYED`; kExhausted
    /// `TOO_MANY_AUTHORISATIONS`.
    Result<void> Admit(const std::string& id, Time now);

private:
    struct Entry {
        Time until;
        std::string id;
    };

    const std::chrono::seconds window_;
    const std::size_t capacity_;
    std::mutex mutex_;
    std::deque<Entry> by_age_;
    std::unordered_set<std::string> ids_;
};

}  // namespace berth::nostr

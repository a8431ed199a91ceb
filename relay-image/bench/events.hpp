#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace berth::bench {

/// A signed event, ready to be sent.
struct SignedEvent {
    std::string id;  ///< Hex.
    std::string json;
};

/// The load: notes of 1,000 authors on 200 topics, both skewed, 803 bytes each in the mean; and
/// beside them events of a kind of their own, to which nobody listens by chance.
struct Load {
    std::vector<SignedEvent> stored;
    std::vector<SignedEvent> live;
    std::vector<std::string> authors;  ///< Public keys, the busiest first.
    std::int64_t first_second = 0;     ///< created_at of the first stored event.
    std::int64_t last_second = 0;
};

constexpr int kLiveKind = 4242;
constexpr std::size_t kLiveEvents = 2000;
constexpr std::size_t kTopics = 200;

/// Signs a load with keys made for it. With `expires_at` (Unix seconds) all of it expires then.
Load SignLoad(std::size_t stored, std::optional<std::int64_t> expires_at = {});

/// Reads the load from `cache`, or signs it with keys made for it and writes it there; an empty
/// path is none.
Load PrepareLoad(std::size_t stored, const std::filesystem::path& cache);

}  // namespace berth::bench

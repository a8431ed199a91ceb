#include "relay-image/bench/events.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <random>

#include "core/base/clock.hpp"
#include "core/nostr/event.hpp"

namespace berth::bench {
namespace {

constexpr std::size_t kAuthors = 1000;
constexpr std::size_t kContentBytes = 300;
constexpr std::uint64_t kSeed = 20260101;

/// Low places more often than high ones, about as followers are spread.
std::size_t Skewed(std::mt19937_64& random, std::size_t end)
{
    const double part = std::uniform_real_distribution<double>{0, 1}(random);
    return std::min(end - 1, static_cast<std::size_t>(static_cast<double>(end) * part * part));
}

std::string Content(std::mt19937_64& random, std::size_t bytes)
{
    static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz      ";
    std::string text;
    while (text.size() < bytes) text += kLetters[random() % kLetters.size()];
    return text;
}

class Signer {
public:
    Signer(Load& load, std::optional<std::int64_t> expires_at)
        : load_{load}, expires_at_{expires_at}
    {
        for (std::size_t i = 0; i < kAuthors; ++i) keys_.push_back(nostr::SecretKey::Generate());
    }

    SignedEvent Note(std::int64_t created_at)
    {
        const auto& answered = load_.stored.empty()
                                   ? std::string(64, '0')
                                   : load_.stored[random_() % load_.stored.size()].id;
        nostr::Event event;
        event.created_at = created_at;
        event.kind = random_() % 4 == 0 ? 7 : 1;
        event.tags = {{"e", answered},
                      {"p", keys_[Skewed(random_, kAuthors)].pubkey()},
                      {"t", "topic" + std::to_string(Skewed(random_, kTopics))}};
        event.content = Content(random_, kContentBytes);
        return Sign(std::move(event));
    }
    SignedEvent Live(std::int64_t created_at)
    {
        nostr::Event event;
        event.created_at = created_at;
        event.kind = kLiveKind;
        event.content = Content(random_, kContentBytes + 180);
        return Sign(std::move(event));
    }

private:
    SignedEvent Sign(nostr::Event event)
    {
        if (expires_at_) event.tags.push_back({"expiration", std::to_string(*expires_at_)});
        nostr::SignEvent(event, keys_[Skewed(random_, kAuthors)]);
        return {event.id, nostr::ToJson(event)};
    }

    Load& load_;
    const std::optional<std::int64_t> expires_at_;
    std::mt19937_64 random_{kSeed};
    std::vector<nostr::SecretKey> keys_;
};

void Write(const Load& load, const std::filesystem::path& cache)
{
    auto unfinished = cache;
    unfinished += ".new";
    std::ofstream out{unfinished};
    for (const auto& event : load.stored) out << event.json << '\n';
    for (const auto& event : load.live) out << event.json << '\n';
    out.close();
    std::filesystem::rename(unfinished, cache);
}

bool Read(std::size_t stored, const std::filesystem::path& cache, Load& load)
{
    std::ifstream in{cache};
    for (std::string line; std::getline(in, line);) {
        auto& list = load.stored.size() < stored ? load.stored : load.live;
        list.push_back({line.substr(7, 64), line});
    }
    return load.stored.size() == stored && load.live.size() == kLiveEvents;
}

/// The authors of a part of the events, the busiest first, and from when to when these are.
void Describe(Load& load)
{
    std::map<std::string, std::size_t> events_of;
    for (const auto& event : load.stored) ++events_of[event.json.substr(83, 64)];
    for (const auto& [author, events] : events_of) load.authors.push_back(author);
    std::ranges::sort(load.authors, std::ranges::greater{},
                      [&](const auto& author) { return events_of[author]; });
    const auto time = [](const SignedEvent& event) {
        return nostr::ParseEvent(event.json)->created_at;
    };
    load.first_second = time(load.stored.front());
    load.last_second = time(load.stored.back());
}

}  // namespace

Load SignLoad(std::size_t stored, std::optional<std::int64_t> expires_at)
{
    Load load;
    Signer signer{load, expires_at};
    const auto end = ToUnixSeconds(SystemClock{}.Now());
    const auto start = end - static_cast<std::int64_t>(stored) / 10;  // Ten in a second.
    for (std::size_t i = 0; i < stored; ++i) {
        load.stored.push_back(signer.Note(start + static_cast<std::int64_t>(i) / 10));
    }
    for (std::size_t i = 0; i < kLiveEvents; ++i) load.live.push_back(signer.Live(end));
    Describe(load);
    return load;
}

Load PrepareLoad(std::size_t stored, const std::filesystem::path& cache)
{
    Load load;
    if (!Read(stored, cache, load)) {
        load = SignLoad(stored);
        if (!cache.empty()) Write(load, cache);
        return load;
    }
    Describe(load);
    return load;
}

}  // namespace berth::bench

#pragma once

#include <filesystem>
#include <string>

namespace berth::bench {

/// What `nostr-bench`, a load program that is not ours, found.
struct NostrBenchResult {
    double per_second = 0;
    double mean_millis = 0;
};

/// Runs its subcommand (`event`: publish and await the OK; `req`: a tag's newest event until EOSE)
/// with 32 clients for some seconds, one message under way on each. Throws std::runtime_error if it
/// cannot be run or the relay refused something.
NostrBenchResult RunNostrBench(const std::filesystem::path& program, const std::string& subcommand,
                               unsigned short port);

}  // namespace berth::bench

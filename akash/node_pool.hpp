#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include <boost/json/value.hpp>

#include "akash/chain.hpp"
#include "akash/programs.hpp"

namespace berth::akash {

/// Asks the configured nodes in turn through the program `akash`. Remembers the greatest height
/// seen and refuses a node that is behind it. Thread-safe.
class NodePool {
public:
    NodePool(CommandRunner& runner, const AkashPrograms& programs);

    /// What a node's program said: JSON, or its error text (which is the chain's own word).
    struct Answer {
        std::optional<boost::json::value> json;
        std::string error;
    };

    /// Runs `akash ARGV --node NODE -o json`. The chain's refusals are an Answer.
    /// Errors: as of ChainReader.
    Result<Answer> Ask(const std::vector<std::string>& argv, Deadline deadline);
    /// The status of a node that is not behind.
    Result<ChainStatus> Status(Deadline deadline);
    /// The node that answered last, for programs that take one node.
    std::string CurrentNode() const;

    const AkashPrograms& programs() const { return programs_; }
    CommandRunner& runner() const { return runner_; }

private:
    Result<Answer> AskOne(std::size_t node, const std::vector<std::string>& argv,
                          Deadline deadline);
    Result<ChainStatus> StatusOf(std::size_t node, Deadline deadline);
    Result<void> EnsureFresh(std::size_t node, Deadline deadline);
    template <typename Try>
    auto InTurn(Deadline deadline, Try attempt) -> decltype(attempt(std::size_t{}));

    CommandRunner& runner_;
    const AkashPrograms programs_;
    std::atomic<std::size_t> current_{0};
    std::mutex mutex_;
    std::int64_t highest_seen_ = 0;
    std::vector<Deadline::Steady::time_point> fresh_until_;
};

}  // namespace berth::akash

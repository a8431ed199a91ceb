#include "akash/node_pool.hpp"

#include <iomanip>
#include <sstream>

#include "akash/cli_output.hpp"
#include "core/base/assert.hpp"
#include "core/base/encoding.hpp"

namespace berth::akash {
namespace {

using namespace std::chrono_literals;

// A node's height is looked at again after this time; blocks take some six seconds.
constexpr auto kFreshFor = 5s;
// A node may be this many blocks behind another one's last word without being stale.
constexpr std::int64_t kToleratedLag = 2;

Error TimedOut()
{
    return Fail(ErrorCode::kTimeout, "NODE_TIMEOUT", "The node did not answer in time.");
}

Error Unavailable(const std::string& why)
{
    return Fail(ErrorCode::kUnavailable, "NODE_UNAVAILABLE", "The node cannot be asked: " + why);
}

/// RFC 3339 with `Z` and up to nine decimals, as nodes write it.
std::optional<Time> ParseTime(const std::string& text)
{
    const auto second = text.substr(0, 19);
    std::tm parts{};
    std::istringstream in{second};
    in >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
    if (in.fail() || second.size() != 19 || !text.ends_with('Z')) return std::nullopt;
    auto fraction = text.substr(19, text.size() - 20);
    if (fraction.starts_with('.')) fraction.erase(0, 1);
    if (fraction.find_first_not_of("0123456789") != fraction.npos) return std::nullopt;
    fraction.resize(6, '0');
    return FromUnixSeconds(::timegm(&parts)) + std::chrono::microseconds{std::stol(fraction)};
}

}  // namespace

NodePool::NodePool(CommandRunner& runner, const AkashPrograms& programs)
    : runner_{runner}, programs_{programs}, fresh_until_(programs.nodes.size())
{
    BERTH_ASSERT(!programs.nodes.empty());
}

std::string NodePool::CurrentNode() const { return programs_.nodes[current_]; }

Result<NodePool::Answer> NodePool::AskOne(std::size_t node, const std::vector<std::string>& argv,
                                          Deadline deadline)
{
    Command command;
    command.argv = {programs_.akash};
    command.argv.insert(command.argv.end(), argv.begin(), argv.end());
    command.argv.insert(command.argv.end(), {"--node", programs_.nodes[node]});
    if (argv.front() != "status") command.argv.insert(command.argv.end(), {"-o", "json"});
    if (!programs_.home.empty()) command.environment["AKASH_HOME"] = programs_.home;
    const auto output = runner_.Run(command, deadline.AtMost(programs_.query_limit));
    if (!output) {
        if (output.error().code == ErrorCode::kUnknown) return TimedOut();
        return Unavailable(output.error().message);
    }
    if (output->exit_code == 0) {
        auto json = ParseOutput(*output);
        if (!json) return json.error();
        return Answer{.json = std::move(*json), .error = {}};
    }
    const auto text = ErrorText(*output);
    if (IsTransportTrouble(text)) return Unavailable(text);
    if (output->exit_code != 1 || text.empty() || output->truncated) {
        return Fail(ErrorCode::kInternal, "NODE_GARBAGE",
                    "akash ended with code " + std::to_string(output->exit_code) + ".");
    }
    return Answer{.json = std::nullopt, .error = text};
}

Result<ChainStatus> NodePool::StatusOf(std::size_t node, Deadline deadline)
{
    auto answer = AskOne(node, {"status"}, deadline);
    if (!answer) return answer.error();
    if (!answer->json) return Unavailable(answer->error);
    const auto status = ReadFields(*answer->json, [](const Fields& fields) {
        const auto sync = fields.at("sync_info");
        const auto time = ParseTime(sync.at("latest_block_time").text());
        if (!time) throw FieldMissing{"a block time"};
        return ChainStatus{.chain_id = fields.at("node_info").at("network").text(),
                           .height = sync.at("latest_block_height").signed64(),
                           .block_time = *time,
                           .catching_up = sync.at("catching_up").flag()};
    });
    if (!status) return status.error();
    const std::scoped_lock lock{mutex_};
    if (status->catching_up || status->height + kToleratedLag < highest_seen_) {
        return Unavailable("it is behind at height " + std::to_string(status->height) + ".");
    }
    highest_seen_ = std::max(highest_seen_, status->height);
    fresh_until_[node] = Deadline::Steady::now() + kFreshFor;
    return *status;
}

Result<void> NodePool::EnsureFresh(std::size_t node, Deadline deadline)
{
    {
        const std::scoped_lock lock{mutex_};
        if (programs_.nodes.size() == 1 || Deadline::Steady::now() < fresh_until_[node]) return {};
    }
    const auto status = StatusOf(node, deadline);
    if (!status) return status.error();
    return {};
}

template <typename Try>
auto NodePool::InTurn(Deadline deadline, Try attempt) -> decltype(attempt(std::size_t{}))
{
    const auto count = programs_.nodes.size();
    const auto first = current_.load();
    auto result = attempt(first);
    for (std::size_t i = 1; i < count && !result && !deadline.Passed(); ++i) {
        const auto node = (first + i) % count;
        result = attempt(node);
        if (result) current_ = node;
    }
    return result;
}

Result<NodePool::Answer> NodePool::Ask(const std::vector<std::string>& argv, Deadline deadline)
{
    return InTurn(deadline, [&](std::size_t node) -> Result<Answer> {
        if (auto fresh = EnsureFresh(node, deadline); !fresh) return fresh.error();
        return AskOne(node, argv, deadline);
    });
}

Result<ChainStatus> NodePool::Status(Deadline deadline)
{
    return InTurn(deadline, [&](std::size_t node) { return StatusOf(node, deadline); });
}

}  // namespace berth::akash

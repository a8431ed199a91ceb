#include "relay-image/session/counting.hpp"

#include <algorithm>

#include "relay-image/protocol/hyperloglog.hpp"
#include "relay-image/protocol/relay_message.hpp"

namespace berth::relay {
namespace {

constexpr std::int64_t kMaxCount = 1'000'000;  ///< Of one filter; what is more is not looked at.
constexpr std::int64_t kMaxUnion = 100'000;    ///< Of each of several filters that may overlap.
constexpr std::int64_t kMaxAuthors = 100'000;  ///< Looked at for an estimate.

struct Tally {
    std::int64_t count = 0;
    bool approximate = false;
};

Result<Tally> CountOne(EventStore& store, const Filter& filter, std::int64_t now)
{
    if (filter.MatchesNothing()) return Tally{};
    const auto count = store.Count(filter, kMaxCount, now);
    if (!count) return count.error();
    return Tally{*count, *count >= kMaxCount};
}

/// The sum over the filters: what fits several is counted several times.
Result<Tally> CountEach(EventStore& store, const std::vector<Filter>& filters, std::int64_t now)
{
    Tally sum{.count = 0, .approximate = true};
    for (const auto& filter : filters) {
        const auto tally = CountOne(store, filter, now);
        if (!tally) return tally.error();
        sum.count += tally->count;
    }
    return sum;
}

Result<Tally> CountUnion(EventStore& store, const std::vector<Filter>& filters, std::int64_t now)
{
    std::vector<EventKey> all;
    for (const auto& filter : filters) {
        if (filter.MatchesNothing()) continue;
        auto keys = store.Keys(filter, kMaxUnion, now);
        if (!keys && keys.error().code == ErrorCode::kExhausted) {
            return CountEach(store, filters, now);
        }
        if (!keys) return keys.error();
        std::ranges::move(*keys, std::back_inserter(all));
    }
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return Tally{std::ssize(all), false};
}

/// The registers in hex; empty if the filter is not eligible or too many events match.
Result<std::string> Estimate(EventStore& store, const CountRequest& request, std::int64_t count,
                             std::int64_t now)
{
    if (!request.hll_offset || count > kMaxAuthors) return std::string{};
    HyperLogLog registers{*request.hll_offset};
    if (count > 0) {
        const auto authors = store.Authors(request.filters.front(), kMaxAuthors, now);
        if (!authors) return authors.error();
        for (const auto& pubkey : *authors) registers.Add(pubkey);
    }
    return registers.ToHex();
}

}  // namespace

std::string AnswerCount(EventStore& store, const CountRequest& request, std::int64_t now)
{
    const auto refuse = [&] {
        return ClosedMessage(request.query, "error: the stored events cannot be counted now");
    };
    const auto tally = request.filters.size() == 1 ? CountOne(store, request.filters.front(), now)
                                                   : CountUnion(store, request.filters, now);
    if (!tally) return refuse();
    const auto estimate = Estimate(store, request, tally->count, now);
    if (!estimate) return refuse();
    return CountMessage(request.query, tally->count, tally->approximate, *estimate);
}

}  // namespace berth::relay

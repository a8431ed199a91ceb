#include "relay-image/session/traffic.hpp"

#include <algorithm>

namespace berth::relay {
namespace {

/// The place among kVerbs of what a message such as `["REQ",...` starts with.
std::size_t VerbOf(std::string_view message)
{
    constexpr auto kOther = Traffic::kVerbs.size() - 1;
    const auto open = message.find('"');
    if (open == std::string_view::npos) return kOther;
    const auto close = message.find('"', open + 1);
    const auto verb = message.substr(open + 1, close - open - 1);
    const auto* found = std::ranges::find(Traffic::kVerbs, verb);
    return found == Traffic::kVerbs.end() ? kOther
                                          : static_cast<std::size_t>(found - &Traffic::kVerbs[0]);
}

}  // namespace

void Histogram::Add(Duration duration)
{
    const std::chrono::duration<double, std::milli> took = duration;
    const auto* bound = std::ranges::lower_bound(kBoundsMs, took.count());
    ++counts_[static_cast<std::size_t>(bound - kBoundsMs.begin())];
    ++count_;
    seconds_ += took.count() / 1000;
}

void Traffic::CountFromClient(std::string_view message) { ++from_clients_[VerbOf(message)]; }

void Traffic::CountToClient(std::string_view message) { ++to_clients_[VerbOf(message)]; }

void Traffic::CountEvent(int kind)
{
    const auto known = kinds_.find(kind);
    if (known != kinds_.end()) {
        ++known->second;
    } else {
        ++kinds_[kinds_.size() < kMaxKinds ? kind : kOtherKind];
    }
}

}  // namespace berth::relay

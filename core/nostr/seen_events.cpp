#include "core/nostr/seen_events.hpp"

namespace berth::nostr {

Result<void> SeenEvents::Admit(const std::string& id, Time now)
{
    const std::lock_guard lock{mutex_};
    while (!by_age_.empty() && by_age_.front().until < now) {
        ids_.erase(by_age_.front().id);
        by_age_.pop_front();
    }
    if (ids_.contains(id)) {
        return Fail(ErrorCode::kUnauthenticated, "AUTH_REPLAYED",
                    "The authorisation was used before; sign a new one.");
    }
    if (ids_.size() >= capacity_) {
        return Fail(ErrorCode::kExhausted, "TOO_MANY_AUTHORISATIONS", "Try again in a minute.");
    }
    ids_.insert(id);
    by_age_.push_back({.until = now + window_, .id = id});
    return {};
}

}  // namespace berth::nostr

#include "marketplace/rpc/turns.hpp"

namespace berth::rpc {

void Turns::Wake()
{
    auto seen = State::kResting;
    if (state_.compare_exchange_strong(seen, State::kRunning)) return Begin();
    seen = State::kRunning;
    if (state_.compare_exchange_strong(seen, State::kRunningAndWoken)) return;
    if (seen == State::kResting) Wake();  // It has just come to rest.
}

void Turns::Rest()
{
    auto seen = State::kRunning;
    if (state_.compare_exchange_strong(seen, State::kResting)) return;
    state_ = State::kRunning;
    Begin();
}

void Turns::Begin()
{
    const bool posted = pool_.TryPost([self = shared_from_this()] { self->turn_(); });
    if (!posted) state_ = State::kResting;
}

}  // namespace berth::rpc

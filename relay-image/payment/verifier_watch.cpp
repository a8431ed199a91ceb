#include "relay-image/payment/verifier_watch.hpp"

namespace berth::relay {

std::string_view NameOf(VerifierState state)
{
    switch (state) {
        case VerifierState::kDisabled: return "disabled";
        case VerifierState::kStarting: return "starting";
        case VerifierState::kUp: return "ok";
        case VerifierState::kDown: return "down";
    }
    return "down";
}

VerifierState VerifierWatch::state() const
{
    const std::scoped_lock lock{mutex_};
    return state_;
}

std::optional<PaymentTerms> VerifierWatch::terms() const
{
    const std::scoped_lock lock{mutex_};
    return terms_;
}

bool VerifierWatch::ShouldAsk(Steady::time_point now) const
{
    const std::scoped_lock lock{mutex_};
    return state_ != VerifierState::kDown || now >= failed_at_ + kLeftAlone;
}

bool VerifierWatch::ShouldCheck(Steady::time_point now)
{
    const std::scoped_lock lock{mutex_};
    if (now < next_check_) return false;
    next_check_ = now + (terms_ ? kCheckEvery : kLeftAlone);
    return true;
}

void VerifierWatch::Answered(Steady::time_point)
{
    const std::scoped_lock lock{mutex_};
    state_ = VerifierState::kUp;
}

void VerifierWatch::Told(PaymentTerms terms, Steady::time_point now)
{
    const std::scoped_lock lock{mutex_};
    state_ = VerifierState::kUp;
    terms_ = std::move(terms);
    next_check_ = now + kCheckEvery;
}

void VerifierWatch::Failed(Steady::time_point now)
{
    const std::scoped_lock lock{mutex_};
    state_ = VerifierState::kDown;
    failed_at_ = now;
    next_check_ = now + kLeftAlone;
}

}  // namespace berth::relay

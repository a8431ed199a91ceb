#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "relay-image/payment/payment_verifier.hpp"

namespace berth::relay {

/// How the payment verifier is.
enum class VerifierState { kDisabled, kStarting, kUp, kDown };
/// `disabled`, `starting`, `ok` or `down`, as /health writes it.
std::string_view NameOf(VerifierState state);

/// What is known of the verifier. After an outage it is left alone for a second, so that a dead
/// verifier does not hold every event for its whole deadline. Thread-safe.
class VerifierWatch {
public:
    using Steady = std::chrono::steady_clock;

    static constexpr std::chrono::seconds kLeftAlone{1};
    static constexpr std::chrono::seconds kCheckEvery{15};

    VerifierState state() const;
    /// The terms that the verifier told last.
    std::optional<PaymentTerms> terms() const;

    /// Whether to ask it now.
    bool ShouldAsk(Steady::time_point now) const;
    /// Whether nothing was heard of it for a while; true for one caller at a time.
    bool ShouldCheck(Steady::time_point now);
    /// It answered, if only by a refusal.
    void Answered(Steady::time_point now);
    void Told(PaymentTerms terms, Steady::time_point now);
    void Failed(Steady::time_point now);

private:
    mutable std::mutex mutex_;
    VerifierState state_ = VerifierState::kStarting;
    std::optional<PaymentTerms> terms_;
    Steady::time_point failed_at_{};
    Steady::time_point next_check_{};
};

}  // namespace berth::relay

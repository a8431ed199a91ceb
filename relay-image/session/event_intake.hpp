#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "core/base/clock.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/governance/membership.hpp"
#include "relay-image/protocol/limits.hpp"
#include "relay-image/storage/event_writer.hpp"
#include "relay-image/transport/throttle.hpp"

namespace berth::relay {

class Paywall;

/// Where a message came from.
struct Origin {
    Throttle::Address address;
    std::shared_ptr<const Authenticated> keys;  ///< That the connection has proved.
    std::string relay_url;                      ///< Under which the client knows the relay.
    bool fetched = false;  ///< By the relay itself, from another: nobody has to be allowed to.
};

/// Parses and verifies EVENT messages on a pool of threads, since a signature costs some 45 us, and
/// hands what is sound and paid for to the writer. Publishers are called back on the pool, or on a
/// thread of the paywall's. Thread-safe.
class EventIntake {
public:
    EventIntake(const Limits& limits, const AccessPolicy& access, const Clock& clock,
                Throttle& throttle, Paywall& paywall, EventWriter& writer, unsigned threads);
    /// Finishes what was submitted, and stops the paywall: what still waits there is refused.
    ~EventIntake();

    /// Takes the text of one EVENT message.
    void Submit(std::string message, Origin origin, std::weak_ptr<Publisher> publisher);
    /// Who answers the requests of NIP-43; to be said before anything is submitted.
    void AnswerRequestsBy(Membership& membership, Governor& governor);
    /// Puts new limits in force for what is submitted from now on.
    void Use(const Limits& limits);

private:
    using LimitsPtr = std::shared_ptr<const Limits>;

    void Process(const std::string& message, const Origin& origin, const Limits& limits,
                 const std::weak_ptr<Publisher>& publisher);
    void TakePaid(const EventPtr& event, const std::weak_ptr<Publisher>& publisher);
    void Keep(const EventPtr& event, const std::weak_ptr<Publisher>& publisher);
    std::string WhyNotTake(const nostr::Event& event, const Origin& origin) const;

    LimitsPtr limits_;  ///< Used by the thread that submits.
    const AccessPolicy& access_;
    const Clock& clock_;
    Throttle& throttle_;
    Paywall& paywall_;
    EventWriter& writer_;
    Membership* membership_ = nullptr;
    Governor* governor_ = nullptr;
    boost::asio::thread_pool pool_;
};

}  // namespace berth::relay

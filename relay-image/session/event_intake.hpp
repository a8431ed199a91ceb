#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "core/base/clock.hpp"
#include "relay-image/governance/access_policy.hpp"
#include "relay-image/protocol/limits.hpp"
#include "relay-image/storage/event_writer.hpp"

namespace berth::relay {

/// Parses and verifies EVENT messages on a pool of threads, since a signature costs some 45 us, and
/// hands what is sound to the writer. Publishers are called back on the pool. Thread-safe.
class EventIntake {
public:
    EventIntake(const Limits& limits, const AccessPolicy& access, const Clock& clock,
                EventWriter& writer, unsigned threads);
    /// Finishes what was submitted.
    ~EventIntake();

    /// Takes the text of one EVENT message from a connection that proved `keys`.
    void Submit(std::string message, std::shared_ptr<const Authenticated> keys,
                std::weak_ptr<Publisher> publisher);

private:
    void Process(const std::string& message, const Authenticated& keys,
                 const std::weak_ptr<Publisher>& publisher);

    const Limits& limits_;
    const AccessPolicy& access_;
    const Clock& clock_;
    EventWriter& writer_;
    boost::asio::thread_pool pool_;
};

}  // namespace berth::relay

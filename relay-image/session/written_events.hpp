#pragma once

#include <functional>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "relay-image/fanout/fanout.hpp"
#include "relay-image/session/sessions.hpp"
#include "relay-image/storage/event_writer.hpp"
#include "relay-image/storage/hot_tail.hpp"

namespace berth::relay {

class Paywall;

/// Tells everybody what the writer has written: the paywall at once, on the writer's thread; the
/// hot tail, the publishers, the subscribers and the other replicas on the I/O thread.
class WrittenEvents {
public:
    /// All outlive it.
    struct Parts {
        boost::asio::io_context& io;
        HotTail& tail;
        Sessions& sessions;
        Paywall& paywall;
        Fanout& fanout;
        /// Takes each stored event, on the I/O thread.
        std::function<void(const EventPtr&)> offer;
    };

    explicit WrittenEvents(Parts parts) : parts_{std::move(parts)} {}

    /// The EventWriter's Report.
    void Tell(std::vector<Written> batch);

private:
    void Settle(const Written& written);
    void TellTail(const std::vector<Written>& batch);

    const Parts parts_;
};

}  // namespace berth::relay

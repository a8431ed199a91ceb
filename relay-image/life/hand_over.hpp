#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/base/error.hpp"

namespace berth::relay {

/// Starts the program anew, as it stands on the disk now, with the same arguments and the listening
/// sockets of this process, so that no client is ever refused. Used on the I/O thread only.
class HandOver {
public:
    explicit HandOver(boost::asio::io_context& io) : reading_{io}, timer_{io} {}

    /// What became of the successor: none, and why, or it serves.
    using Done = std::function<void(Result<int> pid)>;

    /// Starts a successor; `done` is called when it serves or gives up, after a minute at most.
    /// Errors: kInvalid `HAND_OVER_UNDER_WAY`, `HAND_OVER_AS_INIT` (its end would end the
    /// container); kUnavailable `HAND_OVER_NOT_STARTED`.
    Result<void> Start(const std::vector<int>& listening, Done done);
    /// Whether a successor serves.
    bool done() const { return done_; }

private:
    Result<void> Spawn(const std::vector<int>& listening, int told_by);
    void AwaitWord(Done done);
    void GiveUp(const Done& done);

    boost::asio::posix::stream_descriptor reading_;
    boost::asio::steady_timer timer_;
    char word_ = 0;
    bool done_ = false;
    int pid_ = -1;
};

/// What a process got from the one before it, or from systemd.
struct Inheritance {
    int sockets = 0;   ///< Listening ones, as descriptors from 3 on.
    int told_by = -1;  ///< Where to write a byte once it serves; -1 if nobody waits.

    /// Settings may have changed since a relay opened its sockets; systemd's are all meant.
    bool all_are_needed() const { return told_by < 0; }
};

/// Looks whether this process is a successor, or systemd holds its sockets. To be called once,
/// early. Errors: those of SocketsFromSystemd.
Result<Inheritance> TakeInheritance();

/// Tells the process before this one that it can go.
void TellPredecessor(const Inheritance& inheritance);

}  // namespace berth::relay

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "relay-image/negentropy/reconciliation.hpp"
#include "relay-image/protocol/client_message.hpp"
#include "relay-image/session/filter_room.hpp"
#include "relay-image/storage/event_readers.hpp"

namespace berth::relay {

/// Events that open reconciliations hold in memory, all connections together. Used on the I/O
/// thread only.
class SyncRoom {
public:
    explicit SyncRoom(std::size_t most) : left_{most} {}

    bool Take(std::size_t events);
    void GiveBack(std::size_t events) { left_ += events; }

private:
    std::size_t left_;
};

/// The reconciliations (NIP-77) that one connection has open. Sets are read and compared on the
/// reader threads; everything else happens on the I/O thread.
class Syncs : public std::enable_shared_from_this<Syncs> {
public:
    using Steady = std::chrono::steady_clock;

    struct Ports {
        const Limits& limits;
        EventReaders& readers;
        std::string client;  ///< As ClientName calls him.
        SyncRoom& room;
        boost::asio::any_io_executor executor;
        std::function<void(std::string_view)> send;  ///< To the client; lives as long as this.
    };

    explicit Syncs(Ports ports) : ports_{std::move(ports)} {}
    ~Syncs();

    /// Opens one over the events of the filter that have not expired at `now`; one of the same name
    /// is closed first. `room` is what the filter takes until its events are read.
    void Take(OpenSyncRequest request, FilterRoom::Part room, std::int64_t now);
    void Take(ContinueSyncRequest request);
    void Take(const CloseSyncRequest& request);
    /// Closes those whose client has been silent for too long.
    void CloseIdle(Steady::time_point now);

private:
    using Set = std::shared_ptr<const negentropy::Reconciliation>;

    /// What a reader thread has made of a message.
    struct Outcome {
        Set set;                  ///< None if it could not be read.
        std::string reply;        ///< To be sent.
        bool open = false;        ///< Whether the client may go on.
        FilterRoom::Part room{};  ///< That the filter took.
    };
    struct Sync {
        std::uint64_t serial = 0;
        Set set;           ///< None until it has been read.
        bool busy = true;  ///< A message is being answered.
        Steady::time_point last_heard = Steady::now();
    };

    static Outcome Open(EventStore& store, const OpenSyncRequest& request, std::int64_t most,
                        std::int64_t now);
    static Outcome Answer(const std::string& name, Set set, const std::string& message);
    void Work(const std::string& name, std::uint64_t serial,
              std::function<Outcome(EventStore&)> work);
    void OnDone(const std::string& name, std::uint64_t serial, Outcome outcome);
    void Close(const std::string& name);

    Ports ports_;
    std::map<std::string, Sync> syncs_;
    std::uint64_t last_serial_ = 0;
};

}  // namespace berth::relay

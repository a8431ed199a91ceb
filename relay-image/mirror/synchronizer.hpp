#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "core/base/clock.hpp"
#include "core/base/log.hpp"
#include "relay-image/mirror/remote_relay.hpp"
#include "relay-image/negentropy/reconciliation.hpp"
#include "relay-image/protocol/limits.hpp"
#include "relay-image/storage/event_store.hpp"

namespace berth::relay {

/// Which way events go.
enum class SyncDirection { kUp, kDown, kBoth };

/// What a synchronisation did.
struct SyncReport {
    std::int64_t stored = 0;   ///< Came from the other relay and are new here.
    std::int64_t sent = 0;     ///< The other relay took them.
    std::int64_t refused = 0;  ///< Either side did not want them.
};

/// Brings the events of this store and of another relay together by NIP-77: finds out what either
/// lacks and moves that alone. A set that is too large for the other relay is halved by time; from
/// a relay that does not know NIP-77 everything is read, page by page.
class Synchronizer {
public:
    /// `relay_url` is this relay's own address, for requests to vanish.
    struct Rules {
        const Limits& limits;
        const Clock& clock;
        std::string relay_url;
    };

    Synchronizer(EventStore& store, RemoteRelay& remote, Rules rules)
        : store_{store}, remote_{remote}, rules_{std::move(rules)}
    {
    }

    /// Over the events that match `filter`, as NIP-01 writes it. What it stores passes the checks
    /// of Admit. Errors: those of the store and of RemoteRelay; kInvalid `BAD_FILTER`.
    Result<SyncReport> Run(const boost::json::object& filter, SyncDirection direction);

private:
    Result<void> Reconcile(const boost::json::object& filter, int halvings,
                           negentropy::Differences& found);
    Result<void> ReconcileWhole(const boost::json::object& filter, negentropy::Differences& found);
    Result<SyncReport> RunPlainly(const boost::json::object& filter, SyncDirection direction);
    /// Reads all that the other relay has; stores it if `keep`. The ids of what it has.
    Result<std::vector<negentropy::Id>> ReadPages(boost::json::object filter, bool keep,
                                                  SyncReport& report);
    Result<void> Download(const std::vector<negentropy::Id>& ids, SyncReport& report);
    Result<void> Upload(const std::vector<negentropy::Id>& ids, SyncReport& report);
    /// Adds an event of the other relay to those to be stored, if it is sound.
    void Collect(nostr::Event event, std::vector<EventPtr>& admitted, SyncReport& report);
    Result<void> StoreAll(const std::vector<EventPtr>& events, SyncReport& report);

    EventStore& store_;
    RemoteRelay& remote_;
    Rules rules_;
};

}  // namespace berth::relay

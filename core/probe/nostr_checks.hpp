#pragma once

#include <memory>
#include <string>

#include "core/nostr/event.hpp"
#include "core/probe/check_list.hpp"
#include "core/probe/relay_client.hpp"

namespace berth::probe {

/// The part of a probe that speaks Nostr over one WebSocket: REQ, AUTH where it is demanded, EVENT,
/// read back, CLOSE, deletion.
class NostrChecks {
public:
    NostrChecks(Endpoint endpoint, std::string relay_url, const nostr::SecretKey& key, Time now);

    /// True when every check was made; `list` says which passed.
    bool Run(CheckList& list);
    const std::string& nonce_event_id() const { return event_.id; }

private:
    Result<std::string> Connect(Deadline deadline);
    Result<std::string> Request(Deadline deadline);
    Result<std::string> Authenticate(Deadline deadline);
    Result<std::string> Publish(Deadline deadline);
    Result<std::string> ReadBack(Deadline deadline);
    Result<std::string> CloseSubscription(Deadline deadline);
    Result<std::string> Delete(Deadline deadline);

    nostr::Event MakeEvent(int kind, std::vector<nostr::Tag> tags, std::string content) const;

    const Endpoint endpoint_;
    const std::string relay_url_;
    const nostr::SecretKey& key_;
    const Time now_;
    std::unique_ptr<RelayClient> client_;
    nostr::Event event_;
    bool must_authenticate_ = false;
};

}  // namespace berth::probe

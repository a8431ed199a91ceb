#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "core/nostr/event.hpp"
#include "relay-image/governance/rules.hpp"

namespace berth::relay {

/// Keys (hex) that a connection proved by NIP-42.
using Authenticated = std::set<std::string>;

constexpr int kJoinKind = 28934;    ///< NIP-43: asks to become a member, with a code.
constexpr int kInviteKind = 28935;  ///< NIP-43: carries a code; made by the relay only.
constexpr int kLeaveKind = 28936;   ///< NIP-43: asks to be a member no longer.

/// What the configuration says about who may do what.
struct AccessSettings {
    bool auth_required = false;      ///< Nothing is served before NIP-42.
    bool restricted_writes = false;  ///< Only members and `writers` may publish.
    bool restricted_reads = false;   ///< Only they may read, too.
    std::string owner;               ///< Key (hex); may do everything. Empty if there is none.
    std::set<std::string> writers;   ///< Keys (hex) that count as members, whatever the rules say.
};

/// Who may do what, by the configuration and the rules of the moment. The answers are empty for
/// yes, else the text to refuse with. Thread-safe.
class AccessPolicy {
public:
    explicit AccessPolicy(AccessSettings settings);

    /// Takes new rules; they hold for whatever is asked from now on.
    void Adopt(std::shared_ptr<const Rules> rules);
    /// The rules of the moment.
    std::shared_ptr<const Rules> rules() const;
    /// The configuration, with what the owner changed since.
    AccessSettings Current() const;

    /// Whether `event` may be published on a connection that proved `keys`.
    std::string WhyNotPublish(const nostr::Event& event, const Authenticated& keys) const;
    /// Whether `event` may be kept here, whoever brings it.
    std::string WhyNotStore(const nostr::Event& event) const;
    std::string WhyNotRead(const Authenticated& keys) const;
    /// Whether a key may prove itself (NIP-42).
    std::string WhyNotKnow(std::string_view pubkey) const;
    /// Whether a client at `address` (as text) may connect.
    std::string WhyNotConnect(std::string_view address) const;

    bool IsOwner(std::string_view pubkey) const;
    /// Whether a key may call anything of the management API.
    bool HasPowers(std::string_view pubkey) const;
    /// The owner, who is configured as a writer, and the members by the rules.
    bool IsMember(std::string_view pubkey) const;

private:
    struct State {
        AccessSettings settings;
        std::shared_ptr<const Rules> rules;
    };

    bool IsMember(const State& state, std::string_view pubkey) const;

    const AccessSettings configured_;
    std::atomic<std::shared_ptr<const State>> state_;
};

}  // namespace berth::relay

#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/rails/xrp_key.hpp"
#include "tests/integration/payments/sandbox_ledger.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {

/// Somebody with a Nostr key and a key of the XRP Ledger.
struct PayingUser {
    nostr::SecretKey key = nostr::SecretKey::Generate();
    rails::XrpKey channel_key = rails::XrpKey::Generate();
};

/// A claim over `drops` in all, as an event's tag.
nostr::Tag ClaimTag(const PayingUser& user, const std::string& channel, std::int64_t drops,
                    std::uint64_t nonce);

/// What `/payments` shows to a key.
boost::json::object AccountOf(const RelayProcess& relay, const nostr::SecretKey& key);
std::string BalanceOf(const RelayProcess& relay, const nostr::SecretKey& key);
/// The body of a page, as JSON.
boost::json::object Page(const RelayProcess& relay, const std::string& path);
/// One line of `/metrics`, which has to be public; empty if it is not there.
std::string MetricOf(const RelayProcess& relay, const std::string& name);

/// A string of JSON.
std::string Text(const boost::json::value& value);

/// Waits for what another process brings about; false after ten seconds.
bool Becomes(const std::function<bool()>& condition);

/// Relays whose owner has an address on a ledger of the test's own.
class PaymentsTest : public RelayTest {
protected:
    /// Settings of a relay that asks this ledger itself, with `more` on top.
    RelayProcess::Settings Local(RelayProcess::Settings more = {}) const;
    /// Opens a channel of `drops` from a user to the owner; returns its id.
    std::string OpenChannel(const PayingUser& user, std::int64_t drops,
                            const boost::json::object& changes = {}) const;
    /// An event that carries a claim.
    static nostr::Event Paid(const PayingUser& user, const std::string& channel, std::int64_t drops,
                             std::uint64_t nonce, EventDraft draft = {});

    berth::test::SandboxLedger chain_;
    const rails::XrpKey owner_ = rails::XrpKey::Generate();
    const PayingUser payer_, other_;
};

}  // namespace berth::relay::test

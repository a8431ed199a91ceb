#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

#include "core/nostr/event.hpp"
#include "core/rails/xrp_key.hpp"
#include "tests/integration/access/world.hpp"
#include "tests/integration/payments/sandbox_ledger.hpp"

namespace berth::test {

/// A marketplace with the xrp rail over a stand-in ledger, a customer with a channel that a claim
/// was accepted on, and a stranger with a channel of his own.
class BadInputWorld {
public:
    BadInputWorld();

    /// An event of `key` with `content`, changed by `spoil` before it is signed, as JSON.
    std::string Event(int kind, const std::string& content, const nostr::SecretKey& key,
                      const std::function<void(nostr::Event&)>& spoil = {}) const;
    std::string Event(int kind, const boost::json::object& terms,
                      const nostr::SecretKey& key) const;
    /// A claim on the customer's channel; where the amount is none, signed for another.
    boost::json::object Claim(const std::string& cumulative) const;
    /// A request of any signed method: each has its event in field 1.
    static std::string Request(const std::string& event);
    /// All rows that a signed request could change, as text.
    std::string Everything() const;
    std::string marketplace_key() const { return world.marketplace().key().pubkey(); }

    SandboxLedger ledger;
    rails::XrpKey payee = rails::XrpKey::Generate();
    mutable World world{{{"rails.xrp.url", ledger.url()}, {"rails.xrp.account", payee.address()}}};
    rails::XrpKey own_key = rails::XrpKey::Generate();
    rails::XrpKey strangers_key = rails::XrpKey::Generate();
    std::string own_channel;
    std::string strangers_channel;

private:
    std::string Register(const nostr::SecretKey& customer, const rails::XrpKey& key);
    void Accept(const char* path, int kind, const nostr::SecretKey& key,
                const boost::json::object& terms) const;
};

}  // namespace berth::test

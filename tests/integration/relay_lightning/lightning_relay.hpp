#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

#include "tests/conformance/lightning/sandbox_lnd.hpp"
#include "tests/integration/relay/relay_fixture.hpp"

namespace berth::relay::test {

/// A relay whose owner has a Lightning node of the test's own: 5 sat for admission, 1 sat an event.
class LightningRelayTest : public RelayTest {
protected:
    RelayProcess::Settings Lightning(RelayProcess::Settings more = {}) const;

    /// Asks for an invoice as a program does; with a key by its proof.
    HttpAnswer Ask(const boost::json::object& wish, const nostr::SecretKey* key = nullptr) const;
    /// The same, which has to succeed.
    boost::json::object Made(const boost::json::object& wish,
                             const nostr::SecretKey* key = nullptr) const;
    HttpAnswer Look(const std::string& hash) const;
    std::string StateOf(const std::string& hash) const;
    std::string BalanceOf(const nostr::SecretKey& key) const;
    static bool Becomes(const std::function<bool()>& condition);
    std::string Publish(const nostr::SecretKey& key, const std::string& content = "hello") const;

    berth::test::SandboxLnd lnd_;
    const std::string database_ = NewDatabase();
    RelayProcess relay_{database_, Lightning()};
};

/// A member of a document as text.
std::string TextOf(const boost::json::object& document, std::string_view name);

}  // namespace berth::relay::test

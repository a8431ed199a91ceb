#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "core/nostr/event.hpp"
#include "core/rails/rippled/rippled_ledger.hpp"
#include "core/rails/xrp.hpp"
#include "core/rails/xrp_key.hpp"
#include "marketplace/call/call.hpp"
#include "marketplace/claims/payment_handlers.hpp"
#include "tests/integration/payments/fresh_database.hpp"
#include "tests/integration/payments/sandbox_ledger.hpp"

namespace berth::test {

/// A customer with a channel key of his own.
struct Payer {
    nostr::SecretKey key = nostr::SecretKey::Generate();
    rails::XrpKey channel_key = rails::XrpKey::Generate();

    std::string id() const { return key.pubkey(); }
};

/// The payment side of a marketplace on a real database, with the stand-in ledger as its chain.
/// Readings of the chain are never old: each claim asks again.
class PaymentWorld {
public:
    using Submitted = Result<v1::SubmitClaimResponse>;

    /// Opens a channel of `drops` on the ledger; returns its id.
    std::string OpenChannel(const Payer& payer, std::int64_t drops,
                            boost::json::object changes = {});
    Result<v1::RegisterChannelResponse> Register(const Payer& payer, const std::string& channel_id);
    std::string OpenAndRegister(const Payer& payer, std::int64_t drops);

    /// A claim event as its JSON text. Every event has another id.
    std::string ClaimEvent(const Payer& payer, const std::string& channel_id, std::int64_t drops,
                           const std::string& order_id = "");
    Submitted Submit(const std::string& event, bool validate_only = false);
    /// An order that awaits `due` drops until `expires_in` from now; returns its id.
    std::string PlaceOrder(const Payer& payer, std::int64_t due,
                           std::chrono::seconds expires_in = std::chrono::minutes{15});
    std::string StateOf(const std::string& order_id) const;

    call::Call CallOf(const Payer& payer) const;
    /// The books of the rail against the channels' own sums.
    void ExpectBooksAndChannelsAgree() const;

    FreshDatabase database;
    SandboxLedger chain;
    SystemClock clock;
    nostr::SecretKey marketplace = nostr::SecretKey::Generate();
    rails::XrpKey payee = rails::XrpKey::Generate();
    payments::Settings settings{.marketplace = marketplace.pubkey(),
                                .payee = payee.address(),
                                .observation_age_max = std::chrono::seconds{0}};
    rails::rippled::RippledLedger ledger{{.url = chain.url()}};
    payments::FreshChannels channels{ledger, settings};
    rails::XrpClaimVerifier verifier;
    claims::ClaimIntake intake{*database, settings.policy};
    claims::PaymentHandlers handlers{{*database, channels, verifier, intake}};

    /// An event of `kind` with `terms` as its content, as JSON text. Every event has another id.
    std::string Signed(const Payer& payer, int kind, const boost::json::object& terms);

private:
    int made_ = 0;
};

}  // namespace berth::test

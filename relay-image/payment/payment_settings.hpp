#pragma once

#include <optional>
#include <span>

#include "core/config/config.hpp"
#include "relay-image/payment/dassie_verifier.hpp"
#include "relay-image/payment/invoice_maker.hpp"
#include "relay-image/payment/lnd_node.hpp"
#include "relay-image/payment/local_verifier.hpp"
#include "relay-image/payment/marketplace_verifier.hpp"
#include "relay-image/payment/payment_desk.hpp"

namespace berth::relay {

/// Who verifies claims.
enum class VerifierKind { kNone, kLocal, kMarketplace, kDassie };

/// The owner's Lightning node, and the invoices that it makes for the relay.
struct LightningSettings {
    LndNode::Options lnd{};  ///< Without a URL there is none.
    InvoiceSettings invoices{};

    bool is_on() const { return !lnd.url.empty(); }
};

/// All that the relay is told about payment.
struct PaymentSettings {
    VerifierKind verifier = VerifierKind::kNone;
    PaywallSettings paywall{};
    LocalVerifier::Options local{};
    std::string ledger_url{};  ///< Of the node that the local verifier asks.
    MarketplaceVerifier::Options marketplace{};
    std::chrono::milliseconds report_interval{60'000};  ///< Of revenue, to the marketplace.
    Secret relay_key{};                                 ///< The relay's own, for the marketplace.
    std::string dassie_url{};
    Secret dassie_token{};
    LightningSettings lightning{};
};

/// The table of settings, for config::Load and --help.
std::span<const config::Setting> PaymentSettingsTable();

/// `owner` (hex, or empty) never pays; `relay_url` is how clients know the relay, for the address
/// of the payments page. Errors: kInvalid `CONFIG_BAD_VALUE`, `CONFIG_MISSING`.
Result<PaymentSettings> ReadPaymentSettings(const config::Config& config, const std::string& owner,
                                            const std::string& relay_url);

}  // namespace berth::relay

#pragma once

#include <optional>
#include <string>

#include "relay-image/http/html.hpp"
#include "relay-image/payment/invoices.hpp"
#include "relay-image/payment/paywall.hpp"

namespace berth::relay {

/// What the payments page tells.
struct PaymentPage {
    std::string relay_name;
    std::string owner;  ///< Public key, hex; empty if the owner does not say.
    const Fees& fees;
    std::optional<PaymentTerms> terms;  ///< Nothing until the verifier told them.
    VerifierState verifier = VerifierState::kDisabled;
    const Invoices* invoices = nullptr;  ///< Null where nobody pays by Lightning.

    /// Whether claims pay, too.
    bool TakesClaims() const { return !invoices || invoices->settings().beside_claims; }
};

/// What the relay keeps for a key that proved itself.
struct AccountView {
    std::string pubkey;
    PaymentAccount account;
    bool exempt = false;  ///< The owner or a member: never pays.
};

/// The page as JSON, for programs: fees as in NIP-11, where and how to pay, and the balance of
/// whoever asked.
std::string PaymentDocument(const PaymentPage& page, const std::optional<AccountView>& account);

/// The page for browsers. Its script asks for the balance by the browser's signer (NIP-07).
HtmlPage PaymentHtml(const PaymentPage& page);

/// The fees as a table, or a sentence where there are none.
std::string FeeTable(const Fees& fees);

}  // namespace berth::relay

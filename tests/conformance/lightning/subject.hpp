#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/conformance/lightning/sandbox_lnd.hpp"

namespace berth::test {

/// The node that the suite is put to: a real LND where `BERTH_LND_REST` (https://host:port),
/// `BERTH_LND_MACAROON` (file, hex) and `BERTH_LND_CERT` (file, PEM) name one, else the stand-in.
/// Its invoices are paid by the node of `BERTH_LND_PAYER_REST`, `_MACAROON` and `_CERT`, which has
/// a channel to it; the stand-in pays itself.
class Subject {
public:
    Subject();

    /// How to reach it.
    relay::LndNode::Options options() const { return payee_; }
    bool can_be_paid() const { return payer_.has_value(); }

    /// Pays an invoice by its text; what the payer says against it, if anything.
    std::string Pay(const std::string& request) const;
    /// Has the node cancel an open invoice.
    void Cancel(const std::string& payment_hash) const;

private:
    std::unique_ptr<SandboxLnd> sandbox_;
    relay::LndNode::Options payee_;
    std::optional<relay::LndNode::Options> payer_;
};

}  // namespace berth::test

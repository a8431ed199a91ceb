#pragma once

#include <memory>
#include <string>

#include "core/probe/http_client.hpp"
#include "relay-image/payment/lightning_node.hpp"

namespace berth::relay {

/// A node of LND, over its REST interface (0.15 and later). One connection a call, with a bounded
/// answer; follows no redirect.
class LndNode final : public LightningNode {
public:
    struct Options {
        std::string url;           ///< `https://host:port`.
        Secret macaroon;           ///< Hex; `info:read invoices:read invoices:write` will do.
        std::string ca_file;       ///< The node's tls.cert, PEM; it is trusted and nothing else is.
        bool is_private = false;   ///< Route hints for unannounced channels go into invoices.
        probe::HttpRoute route{};  ///< How to get there; `ca_file` above is put into it.
    };

    /// Connects at the first call. Errors: kInvalid `BAD_URL` (plain HTTP too), `BAD_MACAROON`.
    static Result<std::unique_ptr<LndNode>> Make(Options options);

    Result<std::string> MakeInvoice(const InvoiceToMake& invoice, Deadline deadline) override;
    Result<NodeInvoice> Look(const std::string& payment_hash, Deadline deadline) override;
    Result<NodeInformation> Check(Deadline deadline) override;

private:
    explicit LndNode(Options options) : options_{std::move(options)} {}
    Result<probe::HttpResponse> Ask(const std::string& method, const std::string& path,
                                    std::string body, Deadline deadline) const;

    const Options options_;
};

}  // namespace berth::relay

#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "core/probe/http_client.hpp"
#include "core/rails/channel_ledger.hpp"

namespace berth::rails::rippled {

/// The XRP Ledger through a rippled server's JSON-RPC. Reads validated ledgers only. Thread-safe.
class RippledLedger final : public ChannelLedger {
public:
    struct Options {
        std::string url;  ///< Of the JSON-RPC endpoint.
        probe::HttpRoute route{};
    };

    explicit RippledLedger(Options options) : options_{std::move(options)} {}

    std::string_view rail() const override { return "xrp"; }
    Result<std::string> Network(Deadline deadline) override;
    Result<std::optional<ChannelOnChain>> Read(const std::string& channel_id,
                                               Deadline deadline) override;

private:
    Result<boost::json::object> Ask(std::string_view method, boost::json::object parameters,
                                    Deadline deadline) const;
    /// The newest validated close time, of `ledger` or a later one.
    Result<Time> CloseTime(std::int64_t ledger, Deadline deadline) const;

    const Options options_;
};

}  // namespace berth::rails::rippled

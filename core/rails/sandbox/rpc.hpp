#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "core/rails/sandbox/ledger.hpp"

namespace berth::rails::sandbox {

/// What a request did.
struct RpcAnswer {
    std::string body;      ///< JSON: `{"result": {..., "status": "success" | "error"}}`.
    bool changed = false;  ///< The ledger has to be written before this is sent.
};

/// Answers one JSON-RPC request as the real server does: `server_info`, `ledger`, `ledger_entry`
/// (payment_channel), `account_channels`; and the control commands `sandbox_create_channel`,
/// `sandbox_fund`, `sandbox_request_close`, `sandbox_renew`, `sandbox_pay_out`,
/// `sandbox_close_channel`, `sandbox_advance_time`, `sandbox_set_network_id`, and `ledger_accept`.
RpcAnswer Answer(Ledger& ledger, std::string_view request);

}  // namespace berth::rails::sandbox

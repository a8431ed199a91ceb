#pragma once

#include <cstdint>
#include <string>

#include <boost/json/value.hpp>

#include "core/base/error.hpp"

namespace berth::sandbox {

/// A transaction's protobuf bytes.
struct EncodedTx {
    std::string body;
    std::string auth_info;
    std::string raw;   ///< TxRaw: what is hashed and sent.
    std::string hash;  ///< Upper-case hex.
};

/// Encodes the JSON of a transaction as protobuf. Errors: kInvalid `TX_PARSE_ERROR`.
Result<EncodedTx> EncodeTx(const boost::json::value& tx);
/// SIGN_MODE_DIRECT's SignDoc.
std::string SignBytes(const EncodedTx& tx, const std::string& chain_id,
                      std::uint64_t account_number);
/// TxMsgData of a successful transaction: one empty response a message, upper-case hex.
std::string ResponseData(const boost::json::array& messages);
/// Nanoseconds since 1970 of an RFC 3339 time with `Z`; negative if it is not one.
std::int64_t ParseNanoseconds(std::string_view text);

}  // namespace berth::sandbox

#pragma once

#include "akash/sandbox/chain/chain.hpp"

namespace berth::sandbox {

/// A question as the program `akash` puts it: `query market bid list --owner X`.
struct Question {
    std::vector<std::string> path;   ///< `market`, `bid`, `list`.
    std::vector<std::string> words;  ///< Arguments that are no flags.
    std::map<std::string, std::string> flags;

    std::string Flag(const std::string& name, const std::string& fallback = "") const;
};

/// Thrown with the text that the real program prints after `Error: `.
struct QueryRefused {
    std::string text;
};

/// Answers from the chain's state as the real node does. Throws QueryRefused.
boost::json::value Answer(const Chain& chain, const Question& question);

/// A time as nodes write it, with nine decimals or none.
std::string Rfc3339(std::int64_t time_ns, bool with_fraction);
boost::json::object StatusJson(const Chain& chain);
/// A transaction in a block as `query tx` (with_tx) or block-mode broadcast prints it.
boost::json::object TxJson(const StoredTx& stored, bool with_tx);
/// What `tx broadcast` prints about a transaction that is not in a block.
boost::json::object BroadcastJson(const std::string& hash, const TxResult& result);

}  // namespace berth::sandbox

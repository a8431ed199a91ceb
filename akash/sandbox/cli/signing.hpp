#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "akash/sandbox/cli/arguments.hpp"
#include "akash/sandbox/cli/keyring.hpp"

namespace berth::sandbox {

/// What a signature needs to know of the account.
struct AccountNumbers {
    std::string number = "0";
    std::string sequence = "0";
};

/// A transaction from a file, or from stdin for `-`. Throws CommandFailed.
boost::json::value ReadTx(const std::string& path);
/// The key that `--from` names. Throws CommandFailed.
NamedKey SigningKey(const Arguments& arguments, const std::string& name);
/// Number and sequence as the node has them. Throws CommandFailed.
AccountNumbers AskAccount(const Arguments& arguments, const std::string& address);
/// The account that has to sign a message.
std::string SignerOfMessage(const boost::json::object& message);

/// Puts the key and the sequence into a transaction, without a signature.
void SetSigner(boost::json::value& tx, const AccountKey& key, const std::string& sequence);
void Sign(boost::json::value& tx, const NamedKey& key, const AccountNumbers& account,
          const std::string& chain_id);

/// `akash tx sign FILE`.
void RunSign(const Arguments& arguments, const std::string& path);
/// `akash tx sign-batch FILE... [--append]`: one transaction a line; appended they become one,
/// whose fee is lost, as the real program loses it.
void RunSignBatch(const Arguments& arguments, const std::vector<std::string>& files);

}  // namespace berth::sandbox

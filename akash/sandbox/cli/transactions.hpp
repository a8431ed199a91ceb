#pragma once

#include <boost/json/value.hpp>

#include "akash/sandbox/cli/arguments.hpp"

namespace berth::sandbox {

/// `akash tx ...`. Prints to stdout; throws CommandFailed. `path` is what follows `tx`.
void RunTransaction(const Arguments& arguments, const std::vector<std::string>& path);

/// `akash keys ...`.
void RunKeys(const Arguments& arguments, const std::vector<std::string>& path);

/// The messages of a `tx MODULE COMMAND` line, signed by `signer`. Throws CommandFailed.
boost::json::value MessageOf(const Arguments& arguments, const std::vector<std::string>& path,
                             const std::string& signer);

/// What the flags, the environment or the defaults say.
std::string NodeOf(const Arguments& arguments);
std::string HomeOf(const Arguments& arguments);
std::string ReadStdin();

}  // namespace berth::sandbox

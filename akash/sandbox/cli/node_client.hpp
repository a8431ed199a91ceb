#pragma once

#include <string>

#include <boost/json/object.hpp>

namespace berth::sandbox {

/// What ends a command: printed after `Error: ` with exit code 1.
struct CommandFailed {
    std::string text;
    std::string detail;  ///< Printed before it.
};

/// Asks the node behind a `--node` URL. Throws CommandFailed with the node's error, or in the words
/// of the real program where the node cannot be reached or answers rubbish. Waits without limit, as
/// the real program does.
boost::json::value AskNode(const std::string& node_url, const std::string& method,
                           const boost::json::object& params, const std::string& target = "/");

}  // namespace berth::sandbox

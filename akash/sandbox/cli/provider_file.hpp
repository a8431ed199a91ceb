#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace berth::sandbox {

/// MsgCreateProvider from the YAML file of `akash tx provider create FILE`. Throws CommandFailed.
boost::json::value ProviderMessage(const std::string& path, const std::string& owner);

}  // namespace berth::sandbox

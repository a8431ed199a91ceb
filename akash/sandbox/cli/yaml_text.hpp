#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace berth::sandbox {

/// An answer as the real program prints it without `-o json`: YAML with sorted keys, where texts
/// that would read as something else are quoted.
std::string YamlText(const boost::json::value& value);

}  // namespace berth::sandbox
